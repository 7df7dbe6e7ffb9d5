/** A bound on how many PUTs run at once, shared by all takes of this process. */
export interface Lanes {
  /** How many may run at once. */
  readonly count: number;
  /**
   * Runs `work` when a lane is free, in the order of asking.
   *
   * @throws What `work` throws; the signal's reason if it is aborted while waiting.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** Makes `count` lanes. */
export function createLanes(count: number): Lanes {
  let free = count;
  const waiting = new Set<() => void>();

  function acquire(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (free > 0) {
      free--;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener("abort", leave);
        resolve();
      };
      const leave = () => {
        waiting.delete(enter);
        reject(signal.reason);
      };
      waiting.add(enter);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function release(): void {
    const [next] = waiting; // a Set keeps the order of asking
    if (next === undefined) free++;
    else {
      waiting.delete(next);
      next(); // the lane passes on without ever being free
    }
  }

  return {
    count,
    async run(work, signal) {
      await acquire(signal);
      try {
        return await work();
      } finally {
        release();
      }
    },
  };
}
