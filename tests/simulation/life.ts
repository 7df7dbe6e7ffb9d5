import type { Owner, Schedule } from "./schedule.ts";

/** One life of the program: from its start to its end, or to a crash at any door. */
export interface Life extends Owner {
  readonly schedule: Schedule;
  /** When it began, world milliseconds. */
  readonly bornMs: number;
  /** Resolves when it is dead. */
  readonly died: Promise<void>;
  /** Ends it at once: nothing it waits for ever comes. */
  die(): void;
  /** Ends it at the n-th call of a door from now on, before or after that took effect. */
  dieAtCall(calls: number, when: "before" | "after"): void;
  /** Passes a door. A dead process never comes back from it. */
  pass<T>(effect: () => Promise<T>): Promise<T>;
  /** The same for what cannot wait. @throws Dead in a process that has died. */
  passNow<T>(effect: () => T): T;
  /** Resolves after `delayMs`; rejects with the signal's reason when that is aborted. */
  pause(delayMs: number, signal?: AbortSignal): Promise<void>;
}

/** Ends what a dead process was about to do. Nobody is there to see it. */
class Dead extends Error {
  override readonly name = "Dead";
}

const never = new Promise<never>(() => {});

/** Calls of doors in one moment; more are a loop that never rests. */
const MOST_CALLS_A_MOMENT = 200_000;

/**
 * A process that begins now.
 *
 * @param onEndless Told of a process that goes on and on without any time passing; it dies of that.
 */
export function beginLife(schedule: Schedule, onEndless: () => void = () => {}): Life {
  const { promise: died, resolve } = Promise.withResolvers<void>();
  let end: { calls: number; when: "before" | "after" } | null = null;

  let moment = -1;
  let calls = 0;

  function isEndless(): boolean {
    if (schedule.steps !== moment) [moment, calls] = [schedule.steps, 0];
    if (++calls <= MOST_CALLS_A_MOMENT) return false;
    if (!life.isDead) onEndless();
    life.die();
    return true;
  }

  /** Counts a call; true if the process ends at it. */
  function isLast(when: "before" | "after"): boolean {
    if (life.isDead) return true;
    if (end === null || end.when !== when || --end.calls > 0) return false;
    life.die();
    return true;
  }

  const life: Life = {
    schedule,
    bornMs: schedule.nowMs,
    isDead: false,
    frozenUntilMs: 0,
    died,
    die() {
      life.isDead = true;
      resolve();
    },
    dieAtCall: (calls, when) => void (end = { calls, when }),
    async pass(effect) {
      if (isEndless() || isLast("before")) return await never;
      try {
        return await effect();
      } finally {
        if (isLast("after")) await never;
      }
    },
    passNow(effect) {
      if (isLast("before")) throw new Dead();
      const result = effect();
      if (isLast("after")) throw new Dead();
      return result;
    },
    pause(delayMs, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const onAbort = () => {
          cancel();
          if (!life.isDead) reject(signal!.reason);
        };
        const cancel = schedule.after(delayMs, life, () => {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        });
        signal?.addEventListener("abort", onAbort, { once: true });
      });
    },
  };
  return life;
}
