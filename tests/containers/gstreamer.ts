import { type FedRecorder, feed, PICTURE } from "./fed_recorder.ts";
import { isInstalled } from "./ffmpeg.ts";

/** Why tests with GStreamer are ignored on this machine, for their names; empty where they run. */
export const noGstreamer = isInstalled("gst-launch-1.0")
  ? ""
  : " [ignored: no gst-launch-1.0 on this machine's PATH]";

const PICTURES = [
  ...["fdsrc", `blocksize=${PICTURE.width * PICTURE.height * 3}`, "!"],
  ...["rawvideoparse", `width=${PICTURE.width}`, `height=${PICTURE.height}`, "format=rgb"],
  ...["framerate=25/1", "!", "videoconvert"],
];

/** What to give as `input` for a recording of sound: two channels of noise, 1.2 s a frame. */
export const SOUND_PIPELINE = [
  ...["fdsrc", "blocksize=230400", "!"],
  ...["rawaudioparse", "pcm-format=s16le", "sample-rate=48000", "num-channels=2", "!"],
  "audioconvert",
];

/**
 * Starts a GStreamer pipeline that ends in a file at `path`. The end of the input is the end of the
 * stream, as `gst-launch-1.0 -e` makes it of an interrupt.
 *
 * @param pipeline Encoder and muxer, such as `["jpegenc", "!", "matroskamux"]`.
 * @param input Source and its parser. Default: pictures, 25 a second.
 */
export function recordWithGstreamer(
  path: string,
  pipeline: string[],
  input: string[] = PICTURES,
): FedRecorder {
  const sink = ["!", "filesink", `location=${path}`];
  return feed("gst-launch-1.0", ["-q", ...input, "!", ...pipeline, ...sink]);
}
