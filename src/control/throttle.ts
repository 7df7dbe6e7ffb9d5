import type { Clock } from "../runtime/clock.ts";

/** Wrong tries that cost nothing: a person mistypes. */
export const FREE_TRIES = 5;

/** Longest wait after a wrong try, in milliseconds. */
export const MOST_WAIT_MS = 60_000;

/** Places that are remembered; the one that tried longest ago is forgotten first. */
export const MOST_PLACES = 1024;

/** A place that made no try for so long starts anew, in milliseconds. */
const FORGET_AFTER_MS = 15 * 60_000;

/** Makes guessing slow: after a few wrong tries each further one costs twice the wait. */
export interface Throttle {
  /** Seconds until `from` may try again; 0 for now. */
  waitSeconds(from: string): number;
  failed(from: string): void;
  forget(from: string): void;
}

/** Counts wrong tries by where they come from. */
export function createThrottle(clock: Clock): Throttle {
  const places = new Map<string, { failures: number; lastMs: number; untilMs: number }>();

  return {
    waitSeconds(from) {
      const untilMs = places.get(placeOf(from))?.untilMs ?? -Infinity;
      return Math.max(0, Math.ceil((untilMs - clock.monotonicMs()) / 1000));
    },
    failed(from) {
      const place = placeOf(from);
      const nowMs = clock.monotonicMs();
      const before = places.get(place);
      const isFresh = before === undefined || nowMs - before.lastMs > FORGET_AFTER_MS;
      const failures = isFresh ? 1 : before.failures + 1;
      const waitMs = failures < FREE_TRIES
        ? 0
        : Math.min(MOST_WAIT_MS, 1000 * 2 ** (failures - FREE_TRIES));
      places.delete(place); // the newest stands last
      places.set(place, { failures, lastMs: nowMs, untilMs: nowMs + waitMs });
      if (places.size > MOST_PLACES) places.delete(places.keys().next().value!);
    },
    forget: (from) => void places.delete(placeOf(from)),
  };
}

/** One site has a whole /64 of IPv6 addresses (RFC 6177): all of them are one place. */
function placeOf(from: string): string {
  const groups = from.split(":");
  if (groups.length < 3 || from.includes(".")) return from;
  const [front = "", back = ""] = from.split("::");
  const first = front === "" ? [] : front.split(":");
  const last = back === "" ? [] : back.split(":");
  const zeros = from.includes("::") ? Math.max(0, 8 - first.length - last.length) : 0;
  return [...first, ...Array(zeros).fill("0"), ...last].slice(0, 4).join(":");
}
