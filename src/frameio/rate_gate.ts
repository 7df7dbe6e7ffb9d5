import type { Clock } from "../runtime/clock.ts";

/** Keeps calls within the service's rate limits, so that 429 is rare. */
export interface RateGate {
  /**
   * Resolves when a call of this kind may go.
   *
   * @param kind Calls of one kind share a limit: method and path without ids.
   * @throws The signal's reason when it was aborted.
   */
  enter(kind: string, signal: AbortSignal): Promise<void>;
  /** Learns from an answer. */
  learn(kind: string, status: number, headers: Headers): void;
}

/** Lets everything through. */
export const openGate: RateGate = { enter: () => Promise.resolve(), learn() {} };

/** Most calls in a window that are believed; 100 a second is the highest documented (V2 guide, rate limits). */
const MOST_CALLS = 10_000;

/** Longest window that is believed, in milliseconds; a minute is the longest documented (same guide). */
const MOST_WINDOW_MS = 10 * 60_000;

/** After a 429, in milliseconds: 1 s at least, twice as long each time (V4 guide, rate limits), bounded. */
const LEAST_HOLD_MS = 1000;
const MOST_HOLD_MS = 60_000;

/** Kinds that are remembered; the API has fewer. The one unused for longest is forgotten first. */
const MOST_KINDS = 100;

/** What sums of fractions may be off by, in calls. */
const SLACK = 1e-6;

/** What is known of one kind of call. */
interface Bucket {
  /** Calls in the bucket at `atMs`; it drains all the time. */
  level: number;
  atMs: number;
  /** Null until an answer told. */
  limit: { readonly calls: number; readonly windowMs: number } | null;
  /** After a 429. */
  heldUntilMs: number;
  holdMs: number;
}

/**
 * A leaky bucket for each kind of call, as the service keeps it itself, learnt from `x-ratelimit-limit`
 * (calls), `-remaining` and `-window` (milliseconds) (V2 and V4 guides, rate limits). It is never taken
 * to be emptier than the service said, since others may use the same account. Before anything is learnt,
 * calls go.
 */
export function rateGate(clock: Clock): RateGate {
  const buckets = new Map<string, Bucket>();

  /** The bucket, drained up to now. */
  function bucketOf(kind: string): Bucket {
    const nowMs = clock.monotonicMs();
    const bucket = buckets.get(kind) ??
      { level: 0, atMs: nowMs, limit: null, heldUntilMs: nowMs, holdMs: 0 };
    buckets.delete(kind); // to be the newest again
    buckets.set(kind, bucket);
    if (buckets.size > MOST_KINDS) buckets.delete(buckets.keys().next().value!);
    if (bucket.limit !== null) {
      const drained = (nowMs - bucket.atMs) * bucket.limit.calls / bucket.limit.windowMs;
      bucket.level = Math.max(0, bucket.level - drained);
    }
    bucket.atMs = nowMs;
    return bucket;
  }

  return {
    async enter(kind, signal) {
      for (;;) {
        signal.throwIfAborted();
        const bucket = bucketOf(kind);
        const waitMs = Math.max(bucket.heldUntilMs - bucket.atMs, untilRoomMs(bucket));
        if (waitMs <= 0) {
          bucket.level = Math.min(bucket.level + 1, MOST_CALLS);
          return;
        }
        await clock.sleep(Math.ceil(waitMs), signal);
      }
    },

    learn(kind, status, headers) {
      const bucket = bucketOf(kind);
      const calls = wholeNumber(headers, "x-ratelimit-limit", 1, MOST_CALLS);
      const windowMs = wholeNumber(headers, "x-ratelimit-window", 1, MOST_WINDOW_MS);
      const remaining = wholeNumber(headers, "x-ratelimit-remaining", 0, calls ?? 0);
      if (calls !== null && windowMs !== null && remaining !== null) {
        bucket.limit = { calls, windowMs };
        bucket.level = Math.max(Math.min(bucket.level, calls), calls - remaining);
      }
      if (status !== 429) {
        bucket.holdMs = 0;
      } else if (bucket.heldUntilMs <= bucket.atMs) { // calls that went together are held once
        bucket.holdMs = Math.min(Math.max(2 * bucket.holdMs, LEAST_HOLD_MS), MOST_HOLD_MS);
        bucket.heldUntilMs = bucket.atMs + bucket.holdMs;
      }
    },
  };
}

/** Milliseconds until a call fits in. Where there is room for several, one place stays free: the two
 * sides' clocks do not round alike. */
function untilRoomMs({ level, limit }: Bucket): number {
  if (limit === null) return 0;
  const most = Math.max(1, limit.calls - 1);
  const excess = level + 1 - most;
  return excess <= SLACK ? 0 : excess * limit.windowMs / limit.calls;
}

/** A header's number; null where it is none or out of these bounds. */
function wholeNumber(headers: Headers, name: string, least: number, most: number): number | null {
  const text = headers.get(name) ?? "";
  const value = Number(text);
  return /^\d+$/.test(text) && value >= least && value <= most ? value : null;
}
