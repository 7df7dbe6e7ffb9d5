import type { Clock } from "../../src/runtime/clock.ts";
import type { Life } from "./life.ts";

/** Wall clock at the world's beginning: 2026-03-01. */
export const FIRST_MOMENT_MS = Date.UTC(2026, 2, 1, 9, 0, 0);

/** Clock of a simulated process. @param shiftMs How far the wall clock has been set off. */
export function twinClock(life: Life, shiftMs: () => number): Clock {
  return {
    now: () => FIRST_MOMENT_MS + life.schedule.nowMs + shiftMs(),
    monotonicMs: () => life.schedule.nowMs - life.bornMs,
    // Timers of the system are whole milliseconds, and never none.
    sleep: (delayMs, signal) => life.pause(Math.max(1, Math.ceil(delayMs)), signal),
  };
}
