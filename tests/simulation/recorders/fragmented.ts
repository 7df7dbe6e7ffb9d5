/** Fragmented MP4: containers.md, rows "fMP4". */
import { join } from "../../containers/bytes.ts";
import { emptyContent } from "../content.ts";
import { filledBox, fragmentedMoov, ftypMp4, headerOf, mfraFor, moof } from "./isobmff_bytes.ts";
import { moveUp } from "./move_up.ts";
import { AFTER_FINAL_MS, appendWhole, pause, type Piece, piecesOf } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** Media of a fragment: a second of video. */
export const fragmentsOf = (tools: RecorderTools): Piece[] => piecesOf(tools, 500_000, 5_000_000);

/** What stands in front of a fragment's media. */
const frontOf = ({ sizeBytes }: Piece) => join(moof(), headerOf("mdat", 8 + sizeBytes));

/** Appends fragments, each at once when it is whole: between two of them the boxes tile. */
export async function recordFragments(tools: RecorderTools, file: RecorderFile): Promise<Piece[]> {
  const fragments = fragmentsOf(tools);
  for (const fragment of fragments) {
    await appendWhole(tools, file, frontOf(fragment), fragment);
  }
  return fragments;
}

/** ffmpeg `frag_keyframe+empty_moov`: append-only, `mfra` at the end. */
export const fmp4Ffmpeg: Recorder = {
  name: "fmp4_ffmpeg",
  extension: ".mp4",
  hasEndRule: true,
  isUndecidableWhileOpen: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(ftypMp4, fragmentedMoov(null)));
    const fragments = await recordFragments(tools, file);
    await pause(tools);
    file.writeBytes(file.sizeBytes, mfraFor(fragments.length));
  },
};

/** ffmpeg `+dash+skip_trailer`: without `mfra`, so nothing says that it is over. */
export const fmp4SkipTrailer: Recorder = {
  name: "fmp4_skip_trailer",
  extension: ".mp4",
  hasEndRule: false,
  isUndecidableWhileOpen: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(ftypMp4, fragmentedMoov(null)));
    await recordFragments(tools, file);
  },
};

/** ffmpeg `+global_sidx`: all fragments move up by the length of `sidx`, then `sidx`, then `mfra`. */
export const fmp4GlobalSidx: Recorder = {
  name: "fmp4_global_sidx",
  extension: ".mp4",
  hasEndRule: true,
  isUndecidableWhileOpen: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    const front = join(ftypMp4, fragmentedMoov(null));
    file.writeBytes(0, front);
    const fragments = await recordFragments(tools, file);
    await pause(tools);
    const sidx = filledBox("sidx", 32 + 12 * fragments.length);
    const moved = emptyContent();
    for (const fragment of fragments) {
      moved.writeBytes(moved.sizeBytes, frontOf(fragment));
      moved.writeMedia(moved.sizeBytes, fragment.sizeBytes, tools.media, fragment.from);
    }
    await moveUp(tools, file, moved, front.length + sidx.length);
    file.writeBytes(front.length, sidx);
    await pause(tools);
    file.writeBytes(file.sizeBytes, mfraFor(fragments.length));
  },
};

/**
 * GStreamer `fragment-duration`: after `mfra`, which says `final`, the durations in the first `moov`,
 * [32,1438) in containers.md (§2.4).
 */
export const fmp4Gst: Recorder = {
  name: "fmp4_gst",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.writeBytes(0, join(ftypMp4, fragmentedMoov(0)));
    const fragments = fragmentsOf(tools);
    for (const fragment of fragments) {
      file.writeBytes(file.sizeBytes, frontOf(fragment));
      await tools.roll(file, file.sizeBytes, fragment.sizeBytes, fragment.from);
    }
    await pause(tools);
    file.writeBytes(file.sizeBytes, mfraFor(fragments.length));
    await pause(tools, AFTER_FINAL_MS);
    file.writeBytes(ftypMp4.length, fragmentedMoov(1_000 * fragments.length));
  },
};
