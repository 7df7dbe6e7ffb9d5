import { aviFfmpeg, aviGst } from "./avi.ts";
import { movOnBoundary, oneByte, tsOnBoundary } from "./edges.ts";
import { mp4FaststartFfmpeg, mp4FaststartGst } from "./faststart.ts";
import { flvFfmpeg, flvGst, flvIndexed, flvStream } from "./flv.ts";
import { fmp4Ffmpeg, fmp4GlobalSidx, fmp4Gst, fmp4SkipTrailer } from "./fragmented.ts";
import { hybridFfmpeg, hybridGst } from "./hybrid.ts";
import { mkvCuesToFront, mkvFfmpeg, mkvGst, mkvLive, mkvReservedIndex } from "./matroska.ts";
import {
  movFfmpeg,
  movGst,
  mp4Ffmpeg,
  mp4LargeIndex,
  mp4MoovSize,
  mp4MoovSizeBeyondSight,
} from "./mov.ts";
import { mxfCbr, mxfVbr } from "./mxf.ts";
import { movPartThenRename, movRenamedAway, mp4Recreated, tsRenamedAway } from "./names.ts";
import { ogg } from "./ogg.ts";
import { flac, mp3 } from "./packed_sound.ts";
import {
  movPreallocated,
  tsPreallocated,
  tsPreallocatedInSteps,
  wildPreallocated,
} from "./preallocated.ts";
import type { Recorder } from "./recorder.ts";
import { movRobust } from "./robust.ts";
import { aiff, caf, rf64, w64, wavFfmpeg, wavGst, wavUnpatched, wavWithRoom } from "./sound.ts";
import { ps, ts } from "./streams.ts";
import { wild } from "./wild.ts";

/** Every recorder there is. */
export const recorders: readonly Recorder[] = [
  ...[movFfmpeg, mp4Ffmpeg, mp4LargeIndex, movGst, mp4MoovSize, mp4MoovSizeBeyondSight],
  ...[mp4FaststartFfmpeg, mp4FaststartGst, movRobust],
  ...[fmp4Ffmpeg, fmp4SkipTrailer, fmp4GlobalSidx, fmp4Gst, hybridGst, hybridFfmpeg],
  ...[mkvFfmpeg, mkvReservedIndex, mkvCuesToFront, mkvGst, mkvLive],
  ...[aviFfmpeg, aviGst, wavFfmpeg, wavWithRoom, wavGst, wavUnpatched],
  ...[rf64, w64, aiff, caf, flac, mp3],
  ...[mxfVbr, mxfCbr, flvFfmpeg, flvIndexed, flvGst, flvStream, ogg, ts, ps, wild],
  ...[tsPreallocated, tsPreallocatedInSteps, wildPreallocated, movPreallocated],
  ...[mp4Recreated, movPartThenRename, movRenamedAway, tsRenamedAway],
  ...[oneByte, tsOnBoundary, movOnBoundary],
];

/** The recorder of a name. @throws RangeError if there is none. */
export function recorderNamed(name: string): Recorder {
  const found = recorders.find((recorder) => recorder.name === name);
  if (found === undefined) throw new RangeError(`no recorder ${name}`);
  return found;
}
