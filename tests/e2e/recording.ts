import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { noise } from "../support/bytes.ts";
import type { Recorder } from "./recorders.ts";

/** A recorder at work, as a process. Disposing of it kills it. */
export interface Recording extends AsyncDisposable {
  readonly pid: number;
  /** Bytes on disk; 0 while there is no file. */
  sizeBytes(): Promise<number>;
  /**
   * Interrupts it as Ctrl-C does, once: told twice, ffmpeg gives its file up.
   *
   * @returns When, wall clock in milliseconds.
   */
  interrupt(): number;
  /** Halts it where it is, or lets it go on. @returns False if it has left already. */
  signal(name: "SIGSTOP" | "SIGCONT"): boolean;
  /** Resolves when it has left as it should. @returns When, wall clock in milliseconds. */
  left(): Promise<number>;
  /** Ends it as a crash does. @returns When it was gone, wall clock in milliseconds. */
  kill(): Promise<number>;
}

/** What the recorders record, made in a temporary folder: 150 frames of noise, and noise as MP3. */
export async function makeSources(): Promise<{ folder: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-sources-" });
  const dispose = () => Deno.remove(folder, { recursive: true });
  try {
    await Deno.writeFile(join(folder, "noise.raw"), noise(150 * 320 * 240 * 2));
    const input = ["-f", "s16le", "-ar", "48000", "-ac", "2", "-t", "30", "-i", "noise.raw"];
    const { success, stderr } = await new Deno.Command("ffmpeg", {
      args: ["-nostdin", "-v", "error", ...input, "-b:a", "320k", "noise.mp3"],
      cwd: folder,
    }).output();
    assertEquals(success, true, new TextDecoder().decode(stderr));
    return { folder, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Starts a recorder on a path, in the folder of the sources. */
export function record(recorder: Recorder, sourceFolder: string, path: string): Recording {
  const command = recorder.writer === "ffmpeg" ? "ffmpeg" : "gst-launch-1.0";
  const child = new Deno.Command(command, {
    args: [...recorder.args(path)],
    cwd: sourceFolder,
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  let interrupted = false;
  let exitMs: number | null = null;
  const status = child.status.then((status) => {
    exitMs = Date.now();
    return status;
  });
  return {
    pid: child.pid,
    async sizeBytes() {
      return (await Deno.stat(path).catch(() => null))?.size ?? 0;
    },
    interrupt() {
      interrupted = true;
      const atMs = Date.now();
      child.kill("SIGINT");
      return atMs;
    },
    signal(name) {
      try {
        child.kill(name);
        return true;
      } catch (error) { // so says Deno of a process that is no more
        if (error instanceof TypeError) return false;
        throw error;
      }
    },
    async left() {
      const { code } = await status;
      // ffmpeg tells with 255 that it was interrupted.
      assertEquals(code, interrupted && command === "ffmpeg" ? 255 : 0, `${command} for ${path}`);
      return exitMs!;
    },
    async kill() {
      if (exitMs === null) child.kill("SIGKILL");
      await status;
      return exitMs!;
    },
    async [Symbol.asyncDispose]() {
      await this.kill();
    },
  };
}
