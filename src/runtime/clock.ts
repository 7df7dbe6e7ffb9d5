import { delay } from "@std/async/delay";

/** The door to time. Nothing in `src/` outside `runtime/` reads a clock or sets a timer itself. */
export interface Clock {
  /** Wall clock in milliseconds since 1970; may jump. For file times and for people. */
  now(): number;
  /** Milliseconds since some fixed moment; never jumps back. For durations. */
  monotonicMs(): number;
  /** Resolves after `delayMs`; rejects with the signal's reason when it is aborted. */
  sleep(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** The clock of this machine. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  sleep: (delayMs, signal) => delay(delayMs, signal === undefined ? {} : { signal }),
};
