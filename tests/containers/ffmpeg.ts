/** Real recordings: ffmpeg fed by hand, so that it waits for us and no test waits for time. */
import { type FedRecorder, feed, PICTURE } from "./fed_recorder.ts";

/** Why tests of real recordings are ignored on this machine, for their names; empty where they run. */
export const noFfmpeg = ["ffmpeg", "ffprobe"].every((program) => isInstalled(program, "-version"))
  ? ""
  : " [ignored: no ffmpeg and ffprobe on this machine's PATH]";

/** Whether a program can be started; `versionFlag` makes it end at once. */
export function isInstalled(program: string, versionFlag = "--version"): boolean {
  try {
    return new Deno.Command(program, { args: [versionFlag], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const VIDEO_INPUT = [
  ...["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${PICTURE.width}x${PICTURE.height}`],
  ...["-i", "-"],
];

/** What to give as `input` for a recording of sound: two channels of noise, 1.2 s a frame. */
export const SOUND_INPUT = ["-f", "s16le", "-ar", "48000", "-ac", "2", "-i", "-"];

/** A key frame every five frames, and no frame smaller than the noise makes it. */
const VIDEO_ENCODER = ["-c:v", "mpeg4", "-q:v", "1", "-g", "5"];

/**
 * Starts ffmpeg on `path` with the muxer's options; codecs among them replace those of the default.
 *
 * @param input What the fed bytes are. Default: pictures, 25 a second, with a key frame every five.
 */
export function recordWithFfmpeg(
  path: string,
  muxer: string[],
  input: string[] = VIDEO_INPUT,
): FedRecorder {
  const encoder = input === VIDEO_INPUT ? VIDEO_ENCODER : [];
  return feed("ffmpeg", ["-v", "error", "-y", ...input, ...encoder, ...muxer, path]);
}
