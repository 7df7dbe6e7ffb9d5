/** Real recordings: ffmpeg fed by hand, so that it waits for us and no test waits for time. */

/** Why tests of real recordings are ignored on this machine, for their names; empty where they run. */
export const noFfmpeg = ["ffmpeg", "ffprobe"].every(isInstalled)
  ? ""
  : " [ignored: no ffmpeg and ffprobe on this machine's PATH]";

function isInstalled(program: string): boolean {
  try {
    return new Deno.Command(program, { args: ["-version"], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

const WIDTH = 320;
const HEIGHT = 240;
const FRAME_BYTES = WIDTH * HEIGHT * 3;

/** An ffmpeg that records the frames it is given, until it is stopped. */
export interface FfmpegRecording extends AsyncDisposable {
  /** Gives one frame of noise; resolves when ffmpeg has taken most of it. */
  frame(): Promise<void>;
  /** Ends the input; resolves when ffmpeg has finished its file. */
  stop(): Promise<void>;
}

/** Starts ffmpeg on `path` with the muxer's options; a key frame every five frames. */
export function recordWithFfmpeg(path: string, muxer: string[]): FfmpegRecording {
  const input = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", `${WIDTH}x${HEIGHT}`, "-i", "-"];
  const encoder = ["-c:v", "mpeg4", "-q:v", "1", "-g", "5"];
  const child = new Deno.Command("ffmpeg", {
    args: ["-v", "error", "-y", ...input, ...encoder, ...muxer, path],
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  let noise = 1;
  let isStopped = false;
  async function stop(): Promise<void> {
    if (isStopped) return;
    isStopped = true;
    await writer.close();
    const { success } = await child.status;
    if (!success) throw new Error(`ffmpeg failed on ${path}`);
  }
  return {
    async frame() {
      const pixels = new Uint8Array(FRAME_BYTES);
      for (let at = 0; at < FRAME_BYTES; at++) {
        noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
        pixels[at] = noise >>> 24;
      }
      await writer.write(pixels);
    },
    stop,
    [Symbol.asyncDispose]: stop,
  };
}
