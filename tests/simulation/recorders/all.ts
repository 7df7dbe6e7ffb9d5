import { mp4FaststartFfmpeg, mp4FaststartGst } from "./faststart.ts";
import { mkvCuesToFront, mkvFfmpeg, mkvGst, mkvLive } from "./matroska.ts";
import {
  movFfmpeg,
  movGst,
  mp4Ffmpeg,
  mp4LargeIndex,
  mp4MoovSize,
  mp4MoovSizeBeyondSight,
} from "./mov.ts";
import type { Recorder } from "./recorder.ts";
import { ps, ts } from "./streams.ts";
import { wild } from "./wild.ts";

/** Every recorder there is. */
export const recorders: readonly Recorder[] = [
  ...[movFfmpeg, mp4Ffmpeg, mp4LargeIndex, movGst, mp4MoovSize, mp4MoovSizeBeyondSight],
  ...[mp4FaststartFfmpeg, mp4FaststartGst],
  ...[mkvFfmpeg, mkvCuesToFront, mkvGst, mkvLive],
  ...[ts, ps, wild],
];

/** The recorder of a name. @throws RangeError if there is none. */
export function recorderNamed(name: string): Recorder {
  const found = recorders.find((recorder) => recorder.name === name);
  if (found === undefined) throw new RangeError(`no recorder ${name}`);
  return found;
}
