import { Config } from "../errors.ts";
import type { RecordingLock } from "../runtime/lock.ts";
import { createMeter } from "./meter.ts";
import type { TakeRoom } from "./desk.ts";
import type { FinishAnswer, TakeOutcome, TakeSnapshot } from "./take.ts";
import { emptyState } from "./state.ts";
import { type Stage, type Target, type WatchOptions, watchPath } from "./watch.ts";

/** One take, or a recording that is waited for, as the views see it. */
export interface Shown {
  readonly takeId: string;
  readonly target: Target;
  readonly snapshot: TakeSnapshot;
  /** True when nothing had to be done: it was finalized by an earlier run. */
  readonly already: boolean;
}

/** All takes of this process. */
export interface Studio {
  /**
   * Watches every target until each has ended, or for ever with `stay`.
   *
   * @throws Config if another process uploads one of them.
   */
  run(): Promise<TakeOutcome[]>;
  /** Every take so far, oldest first, and the recordings that are waited for. */
  shown(): Shown[];
  /** Ends a take by the operator's word. */
  finish(takeId: string): FinishAnswer | "unknown";
}

/**
 * Takes side by side: one watch for each target, with lanes, journal and bus in common.
 *
 * @param lock Takes the lock of a recording, or returns null where another process has it.
 */
export function createStudio(
  room: TakeRoom,
  targets: readonly Target[],
  options: WatchOptions & { lock(path: string): RecordingLock | null },
  signal: AbortSignal,
): Studio {
  const shown = new Map<string, { shown: () => Shown; finish: () => FinishAnswer }>();

  function stageOf(target: Target): Stage {
    let waitingId: string | null = null;
    const show = (
      takeId: string,
      snapshot: () => TakeSnapshot,
      finish: () => FinishAnswer,
      already = false,
    ) => {
      if (waitingId !== null && waitingId !== takeId) shown.delete(waitingId);
      shown.set(takeId, {
        shown: () => ({ takeId, target, snapshot: snapshot(), already }),
        finish,
      });
    };
    return {
      waiting(takeId, trouble) {
        show(takeId, () => still(takeId, trouble, null), () => "empty");
        waitingId = takeId;
      },
      begun(takeId, take) {
        show(takeId, take.snapshot, take.finish);
        waitingId = null;
      },
      already(state) {
        const snapshot = { ...still(state.id, null, { is: "done" }), state };
        show(state.id, () => snapshot, () => "ended", true);
        waitingId = null;
      },
      over(takeId, outcome) {
        if (takeId !== waitingId) return; // the take shows its own outcome
        const trouble = outcome.is === "failed" ? outcome.message : null;
        show(takeId, () => still(takeId, trouble, outcome), () => "ended");
        waitingId = null;
      },
    };
  }

  return {
    async run() {
      const locks = lockAll(targets, options.lock);
      try {
        return await Promise.all(
          targets.map((target) => watchPath(room, target, options, stageOf(target), signal)),
        );
      } finally {
        for (const lock of locks) lock.release();
      }
    },
    shown: () => [...shown.values()].map((entry) => entry.shown()),
    finish: (takeId) => shown.get(takeId)?.finish() ?? "unknown",
  };
}

function lockAll(
  targets: readonly Target[],
  lock: (path: string) => RecordingLock | null,
): RecordingLock[] {
  const held: RecordingLock[] = [];
  for (const { path } of targets) {
    const one = lock(path);
    if (one === null) {
      for (const other of held) other.release();
      throw new Config(
        `Cannot upload ${path}: another reeltime process is uploading it already. ` +
          "Leave the take to that one, or stop it first",
      );
    }
    held.push(one);
  }
  return held;
}

/** The snapshot of a take that is not under way. */
function still(
  takeId: string,
  trouble: string | null,
  outcome: TakeOutcome | null,
): TakeSnapshot {
  return {
    state: emptyState(takeId),
    sight: null,
    sending: new Map(),
    isVerified: () => false,
    trouble,
    meter: createMeter(),
    outcome,
  };
}
