/** So many calls in a window, refilled continuously (V2 and V4 guides, rate limits). */
export interface RateLimit {
  readonly calls: number;
  readonly windowMs: number;
}

/** One leaky bucket for each key: a call fills it by one, and it drains all the time. */
export interface LeakyBuckets {
  /**
   * Lets a call in where its bucket has room for it. A call that is not let in fills nothing.
   *
   * @returns `remaining`: how many more calls would be let in at this moment.
   */
  take(key: string, limit: RateLimit, nowMs: number): { isIn: boolean; remaining: number };
}

/** Most buckets that are kept; the one unused for longest goes first. */
const MOST_BUCKETS = 10_000;

/** What sums of fractions may be off by, in calls. */
const SLACK = 1e-6;

/** Makes an empty set of {@linkcode LeakyBuckets}. */
export function leakyBuckets(): LeakyBuckets {
  const buckets = new Map<string, { level: number; atMs: number }>();
  return {
    take(key, { calls, windowMs }, nowMs) {
      const { level: before, atMs } = buckets.get(key) ?? { level: 0, atMs: nowMs };
      // A clock that a test sets back drains nothing.
      const level = Math.max(0, before - Math.max(0, nowMs - atMs) * calls / windowMs);
      const isIn = level + 1 <= calls + SLACK;
      const filled = isIn ? level + 1 : level;
      buckets.delete(key); // to be the newest again
      buckets.set(key, { level: filled, atMs: nowMs });
      if (buckets.size > MOST_BUCKETS) buckets.delete(buckets.keys().next().value!);
      return { isIn, remaining: Math.max(0, Math.floor(calls - filled + SLACK)) };
    },
  };
}
