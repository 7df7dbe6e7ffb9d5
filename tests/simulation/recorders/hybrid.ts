/**
 * Fragmented while it records, plain at the end: one `mdat` then covers all fragments. containers.md,
 * rows "Hybrid MP4".
 */
import { box, header, join } from "../../containers/bytes.ts";
import { fragmentsOf, recordFragments } from "./fragmented.ts";
import {
  filledBox,
  fragmentedMoov,
  ftypMp4,
  mdatHeader,
  moof,
  moovSize,
  streamMoov,
  writeMoov,
} from "./isobmff_bytes.ts";
import { appendWhole, pause } from "./pace.ts";
import type { Recorder } from "./recorder.ts";

/** 8 bytes kept free, and the header of an `mdat` whose size is to come. */
const openMdat = join(box("free"), header("mdat", 0));

/**
 * GStreamer `first-moov-then-finalise`. The first fragment is a plain `mdat` with its `moov` behind;
 * each further one gets its size when the next is whole. At the stop that first `moov` is renamed
 * `hoov` (one byte in the middle of the file), the first `mdat` gets the size of all, and the last
 * `moov` comes behind: in this order (traced with GStreamer 1.22 by system calls), so the last
 * fragment's own size stays 0.
 */
export const hybridGst: Recorder = {
  name: "hybrid_gst",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(ftypMp4, openMdat));
    const mediaStart = file.sizeBytes;
    const [first, ...others] = fragmentsOf(tools);
    await tools.roll(file, mediaStart, first!.sizeBytes, first!.from);
    const patchSize = (payload: number, sizeBytes: number) =>
      file.writeBytes(payload - 16, mdatHeader("free", sizeBytes));
    const moovStart = file.sizeBytes;
    let last = { payload: mediaStart, sizeBytes: first!.sizeBytes };
    for (const [index, fragment] of others.entries()) {
      if (index === 0) file.writeBytes(moovStart, fragmentedMoov(0));
      const front = join(moof(), openMdat);
      const before = last;
      await appendWhole(tools, file, front, fragment, () => {
        patchSize(before.payload, before.sizeBytes);
        last = { payload: file.sizeBytes + front.length, sizeBytes: fragment.sizeBytes };
      });
    }
    await pause(tools);
    if (others.length > 0) {
      file.writeBytes(moovStart + 4, Uint8Array.of(0x68));
      await pause(tools);
    }
    patchSize(mediaStart, file.sizeBytes - mediaStart);
    await pause(tools);
    writeMoov(file, file.sizeBytes, moovSize(tools, tools.mediaBytes), tools.media);
  },
};

/**
 * ffmpeg 8.1 `hybrid_fragmented+frag_keyframe+empty_moov`: 8 bytes at 36 become the header of an
 * `mdat` over all fragments (over 4 GiB 16 bytes at 28: not measured), then `moov` behind.
 */
export const hybridFfmpeg: Recorder = {
  name: "hybrid_ffmpeg",
  extension: ".mp4",
  hasEndRule: true,
  isUndecidableWhileOpen: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    const front = join(filledBox("ftyp", 28), box("free"), box("free"));
    file.writeBytes(0, join(front, fragmentedMoov(null)));
    await recordFragments(tools, file);
    await pause(tools);
    const coveredBytes = file.sizeBytes - front.length;
    const sizes = mdatHeader("free", coveredBytes);
    if (sizes[3] === 1) file.writeBytes(front.length - 16, sizes);
    else file.writeBytes(front.length - 8, sizes.subarray(8));
    await pause(tools);
    await streamMoov(tools, file, file.sizeBytes, moovSize(tools, tools.mediaBytes));
  },
};
