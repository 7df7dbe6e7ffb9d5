import { delay } from "@std/async/delay";
import { settled } from "./hand_clock.ts";
import type { Clock } from "../../src/runtime/clock.ts";

/**
 * A clock for hours with real files and real HTTP: it stands still while anything real is under way, and
 * jumps to the next sleep that is due when nothing is.
 */
export interface DrivenClock extends Clock {
  /** Real work: time stands still until it is done. */
  real<T>(work: () => Promise<T>): Promise<T>;
  /** The same door, with every call of these names being real work. */
  door<D extends object>(door: D, ...calls: readonly (keyof D)[]): D;
  /** Lets time pass until this is done. @throws Error when nothing is left that could end it. */
  until<T>(work: Promise<T>): Promise<T>;
}

/** Turns of the event loop without real work after which nothing more will come of itself. */
const QUIET_TURNS = 3;

/** How long untold real work may take once nothing sleeps any more, in real milliseconds. */
const PATIENCE_MS = 20_000;

/**
 * @param startMs Where the wall clock stands at first, in milliseconds since 1970.
 * @param leastJumpMs How far it jumps at least, as on a machine that is busy: hours of looks take long.
 */
export function drivenClock(startMs: number, leastJumpMs = 0): DrivenClock {
  let elapsedMs = 0;
  let busy = 0;
  const sleeps = new Set<{ readonly dueMs: number; wake(): void }>();

  async function real<T>(work: () => Promise<T>): Promise<T> {
    busy++;
    try {
      return await work();
    } finally {
      busy--;
    }
  }

  function sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        sleeps.delete(own);
        reject(signal!.reason);
      };
      const own = {
        dueMs: elapsedMs + delayMs,
        wake() {
          signal?.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      sleeps.add(own);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  function jump(): void {
    const next = [...sleeps].reduce((a, b) => b.dueMs < a.dueMs ? b : a);
    sleeps.delete(next);
    elapsedMs = Math.max(elapsedMs + leastJumpMs, next.dueMs);
    next.wake();
  }

  return {
    now: () => startMs + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep,
    real,
    door(door, ...calls) {
      const tracked = calls.map((call) => {
        const own = door[call] as (...args: unknown[]) => Promise<unknown>;
        return [call, (...args: unknown[]) => real(() => own.apply(door, args))] as const;
      });
      return { ...door, ...Object.fromEntries(tracked) };
    },
    async until(work) {
      let isOver = false;
      const over = () => void (isOver = true);
      work.then(over, over);
      let wokeMs = performance.now();
      for (let quietTurns = 0; !isOver;) {
        await (busy === 0 ? settled() : delay(1)); // sockets need the event loop to come to rest
        quietTurns = busy === 0 ? quietTurns + 1 : 0;
        if (quietTurns < QUIET_TURNS || isOver) continue;
        quietTurns = 0;
        if (sleeps.size > 0) jump();
        else if (performance.now() - wokeMs > PATIENCE_MS) {
          throw new Error("nothing is left that could end this");
        }
        if (sleeps.size > 0) wokeMs = performance.now();
      }
      return await work;
    },
  };
}
