/** Ends an exchange that makes no progress. */
export interface StallWatchdog {
  /** Bytes moved: counts from now on. */
  progress(): void;
  /** Waits for our own side count as no stall: not watched until what is awaited here has come. */
  hold<T>(wait: Promise<T>): Promise<T>;
  /** From now on, the longest time without progress is another one. */
  allow(mostMs: number): void;
  /** No more watching, whatever is told later. */
  stop(): void;
  /** The time that passed without progress, in milliseconds, or null while all is well. */
  stalledMs(): number | null;
}

/**
 * Watches one exchange. The timeout option of node:http fires at twice its value on a stalled write, and
 * also while the peer still takes what was written, so progress is watched here.
 *
 * @param mostMs Longest time without progress.
 * @param onStall Called once when it has passed.
 */
export function stallWatchdog(mostMs: number, onStall: () => void): StallWatchdog {
  let stopped = false;
  let stalledMs: number | null = null;
  let holds = 0;
  let timer = setTimeout(bark, mostMs);

  function bark(): void {
    stopped = true;
    stalledMs = mostMs;
    onStall();
  }

  function progress(): void {
    if (stopped) return; // a write may call back long after its request is over
    clearTimeout(timer);
    if (holds > 0) return; // and an earlier one while we wait by our own will
    timer = setTimeout(bark, mostMs);
  }

  return {
    progress,
    async hold(wait) {
      holds++;
      clearTimeout(timer);
      try {
        return await wait;
      } finally {
        holds--;
        progress();
      }
    },
    allow(ms) {
      mostMs = ms;
      progress();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
    stalledMs: () => stalledMs,
  };
}
