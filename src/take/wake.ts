import type { Clock } from "../runtime/clock.ts";

/** Lets one loop rest until something happened or a time has passed. */
export interface Wake {
  /** Something happened; the present or the next rest ends at once. */
  ring(): void;
  /** Rests; rejects with the signal's reason when it is aborted. */
  rest(mostMs: number, signal: AbortSignal): Promise<void>;
}

/** Why a rest is over: an error made anew each time would cost more than the rest. */
const RUNG = new Error("Something happened");

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
        // Four times a second and take: one listener costs a fraction of AbortSignal.any().
        const up = new AbortController();
        ring = () => up.abort(RUNG);
        signal.addEventListener("abort", ring, { once: true });
        if (signal.aborted) ring();
        await clock.sleep(mostMs, up.signal).catch(() => {});
        signal.removeEventListener("abort", ring);
        ring = () => {};
      }
      rung = false;
      signal.throwIfAborted();
    },
  };
}
