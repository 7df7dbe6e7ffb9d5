/**
 * Simulated time: a list of what is due, and one loop that takes the next from it. Between two steps
 * every promise that can resolve has resolved, so the order of a world depends on its seed alone.
 */
import { setImmediate } from "node:timers";

/** Something that can halt, and end, with all that waits for it: a process of the program. */
export interface Owner {
  /** Nothing of a dead owner happens any more. */
  isDead: boolean;
  /** Until this moment everything of the owner waits, as under SIGSTOP or in a sleeping machine. */
  frozenUntilMs: number;
}

/** Takes something back that was scheduled. */
export type Cancel = () => void;

/** The time of one world. */
export interface Schedule {
  /** Milliseconds since the world began. */
  readonly nowMs: number;
  /** Steps taken so far. */
  readonly steps: number;
  /** Has `act` done after `delayMs`, unless its owner is dead by then. */
  after(delayMs: number, owner: Owner | null, act: () => void): Cancel;
  /** Resolves after `delayMs`; never, if its owner has died. */
  wait(delayMs: number, owner: Owner | null): Promise<void>;
  /** Scheduled and not yet due or taken back, of one owner. */
  pending(owner: Owner): number;
  /**
   * Takes steps until `isOver` says so, or nothing is left to happen.
   *
   * @param afterStep Called after each step, when everything is quiet.
   * @returns False if more than `mostSteps` were taken.
   */
  run(isOver: () => boolean, afterStep: () => void, mostSteps: number): Promise<boolean>;
}

interface Due {
  atMs: number;
  readonly order: number;
  readonly owner: Owner | null;
  readonly act: () => void;
  isCancelled: boolean;
}

/** Time that begins at 0. */
export function createSchedule(): Schedule {
  const heap: Due[] = [];
  const pending = new Map<Owner, number>();
  let nowMs = 0;
  let steps = 0;
  let orders = 0;

  const isBefore = (a: Due, b: Due) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
  const count = (owner: Owner | null, by: number) => {
    if (owner !== null) pending.set(owner, (pending.get(owner) ?? 0) + by);
  };

  function push(due: Due): void {
    let at = heap.push(due) - 1;
    for (; at > 0;) {
      const up = (at - 1) >> 1;
      if (!isBefore(due, heap[up]!)) break;
      heap[at] = heap[up]!;
      at = up;
    }
    heap[at] = due;
  }

  function pop(): Due | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let down = 2 * at + 1;
      if (down >= heap.length) break;
      if (down + 1 < heap.length && isBefore(heap[down + 1]!, heap[down]!)) down++;
      if (!isBefore(heap[down]!, last)) break;
      heap[at] = heap[down]!;
      at = down;
    }
    heap[at] = last;
    return first;
  }

  function after(delayMs: number, owner: Owner | null, act: () => void): Cancel {
    const due = {
      atMs: nowMs + Math.max(0, delayMs),
      order: orders++,
      owner,
      act,
      isCancelled: false,
    };
    push(due);
    count(owner, 1);
    return () => {
      if (due.isCancelled) return;
      due.isCancelled = true;
      count(owner, -1);
    };
  }

  /** The next that may happen, or undefined. */
  function next(): Due | undefined {
    for (let due = pop(); due !== undefined; due = pop()) {
      if (due.isCancelled) continue;
      const { owner } = due;
      if (owner !== null && owner.isDead) continue;
      if (owner === null || owner.frozenUntilMs <= due.atMs) return due;
      due.atMs = owner.frozenUntilMs; // keeps its place among what waits with it
      push(due);
    }
    return undefined;
  }

  return {
    get nowMs() {
      return nowMs;
    },
    get steps() {
      return steps;
    },
    after,
    wait: (delayMs, owner) =>
      new Promise((resolve) => {
        after(delayMs, owner, resolve);
      }),
    pending: (owner) => pending.get(owner) ?? 0,
    async run(isOver, afterStep, mostSteps) {
      await quiet(); // what was begun before the first step
      while (!isOver()) {
        const due = next();
        if (due === undefined) return true;
        if (++steps > mostSteps) return false;
        nowMs = due.atMs;
        due.isCancelled = true;
        count(due.owner, -1);
        due.act();
        await quiet();
        afterStep();
      }
      return true;
    },
  };
}

/** Resolves when every promise that can resolve has resolved: one turn of the event loop later. */
function quiet(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
