/** A bound on how many PUTs run at once, shared by all takes of this process. */
export interface Lanes {
  /** How many may run at once now. */
  readonly count: number;
  /**
   * Runs `work` when a lane is free, in the order of asking, but for those of the prioritised take.
   *
   * @param takeId Whose work it is.
   * @throws What `work` throws; the signal's reason if it is aborted while waiting.
   */
  run<T>(work: () => Promise<T>, signal: AbortSignal, takeId?: string): Promise<T>;
  /** From now on so many may run at once. Those under way beyond that are left to end. */
  resize(count: number): void;
  /** Free lanes go to this take first; to everybody in the order of asking with null. */
  prioritise(takeId: string | null): void;
  /** The take that goes first, or null. */
  prioritised(): string | null;
}

/**
 * Lanes given out of turn one after the other, at most: then one goes to whoever has waited longest, so
 * that a take that never runs out of parts leaves the others a ninth.
 */
export const MOST_OUT_OF_TURN = 8;

interface Waiting {
  readonly takeId: string | undefined;
  readonly enter: () => void;
}

/** Makes `count` lanes. */
export function createLanes(count: number): Lanes {
  let most = count;
  let running = 0;
  let first: string | null = null;
  let outOfTurn = 0;
  const waiting = new Set<Waiting>();

  function acquire(signal: AbortSignal, takeId: string | undefined): Promise<void> {
    signal.throwIfAborted();
    if (running < most) {
      running++;
      return Promise.resolve();
    }
    return new Promise((resolve, reject) => {
      const one: Waiting = {
        takeId,
        enter() {
          signal.removeEventListener("abort", leave);
          resolve();
        },
      };
      const leave = () => {
        waiting.delete(one);
        reject(signal.reason);
      };
      waiting.add(one);
      signal.addEventListener("abort", leave, { once: true });
    });
  }

  function next(): Waiting | undefined {
    const [oldest] = waiting; // a Set keeps the order of asking
    if (first === null || oldest === undefined || outOfTurn >= MOST_OUT_OF_TURN) return oldest;
    return waiting.values().find(({ takeId }) => takeId === first) ?? oldest;
  }

  /** Gives out what is free. */
  function fill(): void {
    while (running < most) {
      const one = next();
      if (one === undefined) return;
      const [oldest] = waiting;
      outOfTurn = one === oldest ? 0 : outOfTurn + 1;
      waiting.delete(one);
      running++;
      one.enter();
    }
  }

  return {
    get count() {
      return most;
    },
    async run(work, signal, takeId) {
      await acquire(signal, takeId);
      try {
        return await work();
      } finally {
        running--;
        fill();
      }
    },
    resize(count) {
      most = count;
      fill();
    },
    prioritise(takeId) {
      first = takeId;
      outOfTurn = 0;
    },
    prioritised: () => first,
  };
}
