/** MOV and MP4 whose index comes behind the media: containers.md, rows "MOV, MP4 default". */
import { box, header, join, u32 } from "../../containers/bytes.ts";
import { ftypMov, ftypMp4, mdatHeader, moovSize, streamMoov, writeMoov } from "./isobmff_bytes.ts";
import { pause } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

const QUICKTIME = { ftyp: ftypMov, spare: "wide" } as const;
const MPEG4 = { ftyp: ftypMp4, spare: "free" } as const;

/** `ftyp`, 8 bytes to spare, `mdat` of size 0, media behind. @returns Where the media begin. */
function begin(file: RecorderFile, { ftyp, spare }: typeof QUICKTIME | typeof MPEG4): number {
  const front = join(ftyp, box(spare), header("mdat", 0));
  file.writeBytes(0, front);
  return front.length;
}

/** The size of `mdat` as ffmpeg patches it: 4 bytes, or 16 from 4 GiB on. */
function patchMdat(file: RecorderFile, mediaStart: number, mediaBytes: number): void {
  const sizes = mdatHeader("wide", mediaBytes);
  if (sizes[3] === 1) file.writeBytes(mediaStart - 16, sizes);
  else file.writeBytes(mediaStart - 8, u32(mediaBytes + 8));
}

/**
 * ffmpeg's take into a file of the caller's: at the stop the size of `mdat`, then `moov` behind.
 *
 * @param moovBytes Length of `moov`, given where the media begin.
 */
export async function recordMov(
  tools: RecorderTools,
  file: RecorderFile,
  options: { kind?: "mov" | "mp4"; moovBytes?: (mediaStart: number) => number } = {},
): Promise<void> {
  const { mediaBytes } = tools;
  const mediaStart = begin(file, options.kind === "mp4" ? MPEG4 : QUICKTIME);
  await tools.roll(file, mediaStart, mediaBytes, 0);
  await pause(tools);
  patchMdat(file, mediaStart, mediaBytes);
  await pause(tools);
  const moovBytes = options.moovBytes?.(mediaStart) ?? moovSize(tools, mediaBytes);
  await streamMoov(tools, file, mediaStart + mediaBytes, moovBytes);
}

/** ffmpeg's MOV: 4 bytes at 28, from 4 GiB on 16 at 20 over `wide`; `moov` comes last. */
export const movFfmpeg: Recorder = {
  name: "mov_ffmpeg",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record: (tools) => recordMov(tools, tools.create()),
};

/** ffmpeg's and OBS's MP4: 4 bytes at 40. */
export const mp4Ffmpeg: Recorder = {
  name: "mp4_ffmpeg",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record: (tools) => recordMov(tools, tools.create(), { kind: "mp4" }),
};

/** A long `moov`, written in pieces with sizes of 0, which are patched inside the tail. */
export const mp4LargeIndex: Recorder = {
  name: "mp4_large_index",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record(tools) {
    const moovBytes = moovSize(tools, tools.mediaBytes) + tools.chance.whole(2 ** 18, 2 ** 21);
    return recordMov(tools, tools.create(), { kind: "mp4", moovBytes: () => moovBytes });
  },
};

/** GStreamer's qtmux: `moov` behind, then 16 bytes at 20, the last write of all. */
export const movGst: Recorder = {
  name: "mov_gst",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { mediaBytes } = tools;
    const file = tools.create();
    const mediaStart = begin(file, { ftyp: ftypMov, spare: "wide" });
    await tools.roll(file, mediaStart, mediaBytes, 0);
    await pause(tools);
    const moovBytes = moovSize(tools, mediaBytes);
    writeMoov(file, mediaStart + mediaBytes, moovBytes, tools.media);
    await pause(tools);
    file.writeBytes(mediaStart - 16, mdatHeader("free", mediaBytes));
  },
};

/**
 * ffmpeg `-moov_size`: a hole of zeros in front, into which `moov` goes at the stop with `free` over
 * the rest, after the size of `mdat`. Row "MP4 `-moov_size N`".
 */
async function recordWithHole(tools: RecorderTools, holeBytes: number): Promise<void> {
  const { mediaBytes } = tools;
  const file = tools.create();
  file.writeBytes(0, ftypMp4);
  const mediaStart = ftypMp4.length + holeBytes + 16;
  file.writeBytes(mediaStart - 16, join(box("free"), header("mdat", 0)));
  await tools.roll(file, mediaStart, mediaBytes, 0);
  await pause(tools);
  patchMdat(file, mediaStart, mediaBytes);
  await pause(tools);
  const moovBytes = Math.min(moovSize(tools, mediaBytes), holeBytes - 8);
  file.writeBytes(ftypMp4.length + moovBytes, header("free", holeBytes - moovBytes));
  writeMoov(file, ftypMp4.length, moovBytes, tools.media);
}

/** `-moov_size` with a hole whose end a look can see. */
export const mp4MoovSize: Recorder = {
  name: "mp4_moov_size",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record: (tools) => recordWithHole(tools, tools.chance.pick([20_000, 100_000, 200_000])),
};

/** `-moov_size` with a hole that reaches further than a look does (224 KiB). */
export const mp4MoovSizeBeyondSight: Recorder = {
  name: "mp4_moov_size_beyond_sight",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record: (tools) => recordWithHole(tools, tools.chance.pick([400_000, 2_000_000, 9_000_000])),
};
