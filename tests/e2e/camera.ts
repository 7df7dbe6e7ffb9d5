import { createMov } from "../support/mov_writer.ts";

/** A recorder that goes on by itself, in small steps, until it is stopped. */
export interface Camera extends AsyncDisposable {
  /** Bytes recorded so far. */
  sizeBytes(): number;
  /** Resolves when as much is recorded as it was told to at most; it stays open then. */
  readonly full: Promise<void>;
  /** Stops and finishes the file, with what is recorded by then; once, however often it is asked. */
  stop(): Promise<void>;
}

/** How a camera records. Its pace is a stimulus: no test waits by it. */
export interface Roll {
  readonly mostBytes: number;
  /** Bytes of one step, and the pause behind it in milliseconds; asked for each. */
  readonly step: () => { readonly bytes: number; readonly pauseMs: number };
}

/** Starts to record to `path`. */
export async function roll(path: string, { mostBytes, step }: Roll): Promise<Camera> {
  const mov = await createMov(path);
  let isStopped = false;
  let stopped: Promise<void> | null = null;
  async function run(): Promise<void> {
    while (!isStopped && mov.sizeBytes < mostBytes) {
      const { bytes, pauseMs } = step();
      await mov.roll(Math.min(bytes, mostBytes - mov.sizeBytes));
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  const full = run();
  return {
    full,
    sizeBytes: () => mov.sizeBytes,
    stop() {
      isStopped = true;
      return stopped ??= full.then(mov.stop);
    },
    async [Symbol.asyncDispose]() {
      isStopped = true;
      await full;
      mov.die();
    },
  };
}
