import type { Clock } from "../../src/runtime/clock.ts";

/** A clock on which every sleep is over at once, and has taken its time. */
export interface LeapingClock extends Clock {
  /** How long each sleep was, in milliseconds. */
  readonly sleeps: readonly number[];
  /** Moves on both clocks. */
  advance(ms: number): void;
  /** What a clock that nobody sets shows, in milliseconds since 1970: the service's. */
  trueMs(): number;
  /** Sets the wall clock alone, as a person or NTP does. */
  setWall(byMs: number): void;
}

/** Creates a {@linkcode LeapingClock}; `onSleep` runs when a sleep is over, before whoever slept. */
export function leapingClock(onSleep: () => unknown = () => {}): LeapingClock {
  let elapsedMs = 0;
  let wrongByMs = 0;
  const sleeps: number[] = [];
  const trueMs = () => Date.UTC(2024, 5, 12, 14) + elapsedMs;
  const advance = (ms: number) => {
    elapsedMs += ms;
  };
  return {
    sleeps,
    advance,
    trueMs,
    setWall(byMs) {
      wrongByMs += byMs;
    },
    now: () => trueMs() + wrongByMs,
    monotonicMs: () => elapsedMs,
    async sleep(delayMs, signal) {
      signal?.throwIfAborted();
      sleeps.push(delayMs);
      advance(delayMs);
      await onSleep();
      signal?.throwIfAborted();
    },
  };
}
