import type { Outage, Unavailable } from "../errors.ts";
import type { Random } from "../runtime/random.ts";

/** How waits grow for one kind of outage, in milliseconds. */
interface Waits {
  /** No wait is shorter. */
  readonly leastMs: number;
  /** Upper end of the first wait; doubles with each further attempt. */
  readonly firstMs: number;
  readonly mostMs: number;
}

/** Frame.io asks for ≥ 1 s after 429 and ≥ 30 s after its own 5xx; S3 for exponential backoff. */
const WAITS: Readonly<Record<Outage, Waits>> = {
  network: { leastMs: 100, firstMs: 500, mostMs: 15_000 },
  rate_limit: { leastMs: 1000, firstMs: 2000, mostMs: 60_000 },
  api_fault: { leastMs: 30_000, firstMs: 40_000, mostMs: 300_000 },
  storage: { leastMs: 100, firstMs: 1000, mostMs: 30_000 },
  disk: { leastMs: 250, firstMs: 500, mostMs: 5000 },
  // Our choice: that somebody un-paused shows within half a minute.
  paused: { leastMs: 5000, firstMs: 10_000, mostMs: 30_000 },
};

/** Longest wait that another side can ask of us, in milliseconds. */
const MOST_RETRY_AFTER_MS = 10 * 60 * 1000;

/**
 * How long to wait before the next attempt: full jitter below a bound that doubles each time, so that
 * many lanes do not come back at once ("Exponential Backoff And Jitter", AWS Architecture Blog).
 * There is no last attempt: a set may be offline for hours, and the take is still there.
 *
 * @param attempt Failed attempts so far, 1 or more.
 */
export function retryDelayMs(error: Unavailable, attempt: number, random: Random): number {
  const { leastMs, firstMs, mostMs } = WAITS[error.outage];
  if (error.retryAfterMs !== undefined) {
    return Math.min(Math.max(error.retryAfterMs, leastMs), MOST_RETRY_AFTER_MS);
  }
  const boundMs = Math.min(firstMs * 2 ** Math.min(attempt - 1, 20), mostMs);
  return Math.round(leastMs + random.fraction() * (boundMs - leastMs));
}
