import type { Clock } from "../runtime/clock.ts";

/** Lets one loop rest until something happened or a time has passed. */
export interface Wake {
  /** Something happened; the present or the next rest ends at once. */
  ring(): void;
  /** Rests; rejects with the signal's reason when it is aborted. */
  rest(mostMs: number, signal: AbortSignal): Promise<void>;
}

/** A wake for one loop. */
export function createWake(clock: Clock): Wake {
  let rung = false;
  let ring = () => {};
  return {
    ring() {
      rung = true;
      ring();
    },
    async rest(mostMs, signal) {
      if (!rung) {
        const up = new AbortController();
        ring = () => up.abort();
        await clock.sleep(mostMs, AbortSignal.any([signal, up.signal])).catch(() => {});
        ring = () => {};
      }
      rung = false;
      signal.throwIfAborted();
    },
  };
}
