import { type Outage, RecordingChanged, Unavailable, UrlExpired } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { retryDelayMs } from "../transfer/retry.ts";

/** An errand that did not succeed and waits for its next attempt. */
export interface Delay {
  readonly errand: string;
  readonly message: string;
  readonly retryInMs: number;
  /** What was out of reach. */
  readonly cause: Outage;
}

/** What is under way for one take: each errand has a name and runs at most once at a time. */
export interface Errands {
  /** Begins an errand unless it is busy. */
  start(name: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Whether it runs, or waits for its next attempt. */
  busy(name: string): boolean;
  /** Milliseconds until the first waiting errand may be tried again, or null where none waits. */
  nextAttemptInMs(): number | null;
  /** What went wrong last and still stands in the way, or null. */
  trouble(): string | null;
  /** Throws what ended an errand for good, if anything did. */
  throwIfFailed(): void;
  /** Ends those that run and fit; what waits goes on waiting, and nothing of it counts as a failure. */
  drop(fits: (name: string) => boolean): void;
  /** Has everything that waits tried again now. @returns False where nothing waits. */
  rouse(): boolean;
  /** Ends everything that runs, forgets what waits, and resolves when all is quiet. */
  cancel(): Promise<void>;
}

/** An errand not begun again this long after its wait is not wanted any more; a take decides each 250 ms. */
const GIVEN_UP_MS = 1000;

/**
 * Runs errands and repeats them while their error says that it helps: Unavailable after the wait of
 * its outage, an expired URL or a changed recording after a short one, since the next decision mends
 * what was wrong. Anything else is kept and thrown to the take.
 *
 * @param onChange Called whenever an errand ends, to have the take decide again.
 * @param onDelay Told of each failed attempt.
 */
export function createErrands(
  clock: Clock,
  random: Random,
  onChange: () => void,
  onDelay: (delay: Delay) => void,
): Errands {
  const running = new Map<
    string,
    { readonly abort: AbortController; readonly over: Promise<void> }
  >();
  const waiting = new Map<string, { attempts: number; untilMs: number; message: string }>();
  let failure: { error: unknown } | null = null;

  function onError(name: string, error: unknown): void {
    const passing = asPassing(error);
    if (passing === null) {
      failure ??= { error };
      return;
    }
    const attempts = (waiting.get(name)?.attempts ?? 0) + 1;
    const retryInMs = retryDelayMs(passing, attempts, random);
    const { message } = passing;
    waiting.delete(name); // the newest trouble stands last
    waiting.set(name, { attempts, untilMs: clock.monotonicMs() + retryInMs, message });
    onDelay({ errand: name, message, retryInMs, cause: passing.outage });
  }

  return {
    start(name, work) {
      if (this.busy(name)) return;
      const abort = new AbortController();
      const { signal } = abort;
      const over = work(signal).then(
        () => void waiting.delete(name),
        (error) => signal.aborted ? undefined : onError(name, error),
      ).finally(() => {
        running.delete(name);
        onChange();
      });
      running.set(name, { abort, over });
    },
    busy(name) {
      const wait = waiting.get(name);
      return running.has(name) || (wait !== undefined && wait.untilMs > clock.monotonicMs());
    },
    nextAttemptInMs() {
      let soonest: number | null = null;
      for (const { untilMs } of waiting.values()) {
        const inMs = Math.max(0, untilMs - clock.monotonicMs());
        if (inMs > 0 && (soonest === null || inMs < soonest)) soonest = inMs;
      }
      return soonest;
    },
    trouble() {
      const inTheWay = [...waiting].filter(([name, { untilMs }]) =>
        running.has(name) || clock.monotonicMs() < untilMs + GIVEN_UP_MS
      );
      return inTheWay.at(-1)?.[1].message ?? null;
    },
    throwIfFailed() {
      if (failure !== null) throw failure.error;
    },
    drop(fits) {
      for (const [name, { abort }] of running) if (fits(name)) abort.abort();
    },
    rouse() {
      const nowMs = clock.monotonicMs();
      let hasRoused = false;
      for (const [name, wait] of waiting) {
        if (wait.untilMs <= nowMs) continue;
        waiting.set(name, { ...wait, untilMs: nowMs });
        hasRoused = true;
      }
      if (hasRoused) onChange();
      return hasRoused;
    },
    async cancel() {
      const all = [...running.values()];
      for (const { abort } of all) abort.abort();
      await Promise.allSettled(all.map(({ over }) => over));
      waiting.clear();
    },
  };
}

/** The error as an outage to wait out, or null where waiting does not help. */
function asPassing(error: unknown): Unavailable | null {
  if (error instanceof Unavailable) return error;
  if (error instanceof UrlExpired) {
    return new Unavailable(error.message, "storage", { cause: error });
  }
  if (error instanceof RecordingChanged) {
    return new Unavailable(error.message, "disk", { cause: error });
  }
  return null;
}
