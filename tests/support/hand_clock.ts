import type { Clock } from "../../src/runtime/clock.ts";

/** A clock that moves only when a test moves it. */
export interface HandClock extends Clock {
  /** Moves both clocks on and ends the sleeps that are due, in the order they are due. */
  advance(ms: number): Promise<void>;
  /** How many sleeps are under way; zero at the end shows that nothing is left behind. */
  sleeping(): number;
}

/** Creates a {@linkcode HandClock} whose wall clock stands at `startMs`. */
export function handClock(startMs = Date.UTC(2024, 5, 12, 14, 0, 0)): HandClock {
  let elapsedMs = 0;
  const sleeps = new Set<{ dueMs: number; wake: () => void }>();
  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          sleeps.delete(sleep);
          reject(signal!.reason);
        };
        const sleep = {
          dueMs: elapsedMs + delayMs,
          wake: () => {
            signal?.removeEventListener("abort", onAbort);
            resolve();
          },
        };
        sleeps.add(sleep);
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
    async advance(ms) {
      elapsedMs += ms;
      const due = [...sleeps].filter((sleep) => sleep.dueMs <= elapsedMs);
      for (const sleep of due.sort((a, b) => a.dueMs - b.dueMs)) {
        sleeps.delete(sleep);
        sleep.wake();
      }
      await settled();
    },
    sleeping: () => sleeps.size,
  };
}

/** Lets everything that can run now run: promises first, then one turn of the event loop. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      port2.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
