/** Size of the pictures that a recorder is fed with, in pixels of three bytes. */
export const PICTURE = { width: 320, height: 240 };

/** A recorder that records what it is given, until it is stopped. Disposal stops it. */
export interface FedRecorder extends AsyncDisposable {
  /** Gives one frame of noise; resolves when the recorder has taken most of it. */
  frame(): Promise<void>;
  /** Ends the input; resolves when the recorder has finished its file. Rejects when it failed. */
  stop(): Promise<void>;
  /** As a crash ends it; resolves when it is gone. */
  kill(): Promise<void>;
}

/** Starts a program that records the frames on its standard input. */
export function feed(program: string, args: string[]): FedRecorder {
  const child = new Deno.Command(program, {
    args,
    stdin: "piped",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const writer = child.stdin.getWriter();
  let noise = 1;
  let isOver = false;
  async function stop(): Promise<void> {
    if (isOver) return;
    isOver = true;
    // A recorder that failed has closed its input already; its status tells more than that.
    await writer.close().catch(() => {});
    const { success } = await child.status;
    if (!success) throw new Error(`${program} failed: ${args.join(" ")}`);
  }
  return {
    async frame() {
      const pixels = new Uint8Array(PICTURE.width * PICTURE.height * 3);
      for (let at = 0; at < pixels.length; at++) {
        noise = (Math.imul(noise, 1664525) + 1013904223) | 0;
        pixels[at] = noise >>> 24;
      }
      await writer.write(pixels).catch(stop);
    },
    stop,
    async kill() {
      isOver = true;
      child.kill("SIGKILL");
      await child.status;
      await writer.abort().catch(() => {});
    },
    [Symbol.asyncDispose]: stop,
  };
}
