import { recordingOf } from "../config.ts";
import { Config } from "../errors.ts";
import type { RecordingLock } from "../runtime/lock.ts";
import type { TakeRoom } from "./desk.ts";
import { lockAll, lockOne } from "./locks.ts";
import type { FinishAnswer, OperationAnswer } from "./operations.ts";
import { type Shown, still } from "./shown.ts";
import type { TakeOutcome, TakeSnapshot } from "./outcome.ts";
import type { Take } from "./take.ts";
import { type Stage, type Target, type Watch, type WatchOptions, watchPath } from "./watch.ts";

/** All takes of this process. What is asked of a take is answered, never thrown. */
export interface Studio {
  /**
   * Watches every target until each has ended, or for ever with `stay`.
   *
   * @returns The last outcome of each target, in their order.
   * @throws Config if another process uploads one of them.
   */
  run(): Promise<TakeOutcome[]>;
  /** Every take so far, oldest first, and the recordings that are waited for. */
  shown(): Shown[];
  /** Ends a take by the operator's word. */
  finish(takeId: string): FinishAnswer | "unknown";
  /** Registers and sends nothing more, by later processes neither, until resume(). */
  pause(takeId: string): OperationAnswer;
  resume(takeId: string): OperationAnswer;
  /** Gives a take up for good; what is stored stays in Frame.io, in an asset that is never complete. */
  cancel(takeId: string): OperationAnswer;
  /**
   * Goes on with a failed take, or tries at once what waits for its next attempt. A recording that was
   * changed after its finalization is no such take: `ended`.
   */
  retry(takeId: string): OperationAnswer;
  /** The take's parts go before those of others from now on; one take at a time. */
  prioritise(takeId: string): OperationAnswer;
  /**
   * Watches one more recording. One that is watched already is not watched twice; one that was given up
   * is taken up again.
   *
   * @returns Under which id it is shown; a take that an earlier run began goes on under its own id.
   * @throws Config if it cannot be watched.
   */
  add(path: string): { takeId: string };
}

/** Recordings that one process watches at most: each is looked at four times a second. */
export const MOST_WATCHED = 256;

/** What a studio needs beside its room. */
export interface StudioOptions extends WatchOptions {
  /** Takes the lock of a recording, or returns null where another process has it. */
  lock(path: string): RecordingLock | null;
  /** The path without links, of a file that may not be there yet. Default: the path as it is. */
  readonly realPath?: (path: string) => string;
}

/** What is shown of one take, and what can be asked of it. */
interface Entry {
  readonly shown: () => Shown;
  /** Null for a recording that is waited for, or dealt with by an earlier run. */
  readonly take: Take | null;
  /** Tells of an entry without a take: nothing is recorded yet, or it is over. */
  readonly without: "empty" | "ended";
  /** It has failed, and is about to begin again. */
  readonly isRetried?: true;
  readonly place: Place;
}

/** One target and its watch. */
interface Place {
  readonly target: Target;
  readonly lock: RecordingLock;
  watch: Watch;
  /** The newest entry of this target. */
  takeId: string | null;
}

/**
 * Takes side by side: one watch for each target, with lanes, journal and bus in common.
 *
 * @param room What they have in common.
 * @param signal Suspends every take.
 */
export function createStudio(
  room: TakeRoom,
  targets: readonly Target[],
  options: StudioOptions,
  signal: AbortSignal,
): Studio {
  const entries = new Map<string, Entry>();
  /** Ids that were given out for takes which turned out to have their own. */
  const formerIds = new Map<string, string>();
  const places: Place[] = [];
  let isRunning = false;

  const entryOf = (takeId: string) => entries.get(formerIds.get(takeId) ?? takeId);

  /** @param givenId An id that somebody was given for what is waited for. */
  function stageOf(place: Place, givenId?: string): Stage {
    let waitingId: string | null = null;
    const show = (
      takeId: string,
      snapshot: () => TakeSnapshot,
      take: Take | null,
      without: Entry["without"],
      already = false,
    ) => {
      if (waitingId !== null && waitingId !== takeId) {
        entries.delete(waitingId);
        if (waitingId === givenId) formerIds.set(givenId, takeId);
      }
      place.takeId = takeId;
      const { target } = place;
      entries.set(takeId, {
        shown() {
          const now = snapshot();
          const prioritised = now.outcome === null && room.lanes.prioritised() === takeId;
          return { takeId, target, snapshot: now, already, prioritised };
        },
        ...{ take, without, place },
      });
    };
    return {
      waiting(takeId, trouble) {
        show(takeId, () => still(takeId, trouble, null), null, "empty");
        waitingId = takeId;
      },
      begun(takeId, take) {
        show(takeId, take.snapshot, take, "empty");
        waitingId = null;
      },
      nothing: (takeId) => void (takeId === waitingId && entries.delete(takeId)),
      already(state) {
        const snapshot = { ...still(state.id, null, { is: "done" }), state };
        show(state.id, () => snapshot, null, "ended", true);
        waitingId = null;
      },
      over(takeId, outcome) {
        if (takeId !== waitingId) return; // the take shows its own outcome
        const trouble = outcome.is === "failed" ? outcome.message : null;
        show(takeId, () => still(takeId, trouble, outcome), null, "ended");
        waitingId = null;
      },
      corrected: (takeId) => void entries.delete(takeId),
    };
  }

  /** Begins to watch, for the first time or once more. */
  function watch(place: Place, firstId?: string): void {
    const stage = stageOf(place, firstId);
    if (firstId !== undefined) stage.waiting(firstId, null);
    place.watch = watchPath(room, place.target, options, stage, signal, firstId);
    place.watch.done.catch(() => {}); // run() hands it on
  }

  function open(target: Target, lock: RecordingLock, firstId: string): void {
    const place: Place = { target, lock, takeId: null, watch: NOT_YET };
    places.push(place);
    watch(place, firstId);
  }

  /** What a take answers, or what stands for it. */
  function ask(takeId: string, of: (take: Take) => OperationAnswer): OperationAnswer {
    const entry = entryOf(takeId);
    if (entry === undefined) return "unknown";
    return entry.take === null ? entry.without : of(entry.take);
  }

  function retry(takeId: string): OperationAnswer {
    const entry = entryOf(takeId);
    if (entry === undefined) return "unknown";
    const { outcome } = entry.shown().snapshot;
    if (outcome?.is !== "failed") return ask(takeId, (take) => take.rouse());
    if (entry.isRetried) return "already";
    if (outcome.changedLate || !isRunning || signal.aborted) return "ended";
    // An older one of several recordings under this name: its file is gone.
    if (entry.place.takeId !== takeId && isBusy(entry.place)) return "ended";
    // What failed before it was a take keeps the id that it is shown under.
    const { place, shown } = entry;
    // Until the new take is there nothing can be asked of it, and nothing of the failed one any more.
    entries.set(takeId, { place, shown, take: null, without: "empty", isRetried: true });
    const underId = entry.take === null ? takeId : undefined;
    if (!place.watch.again(underId)) watch(place, underId);
    return "accepted";
  }

  /** Whether another take runs under the name. */
  function isBusy({ takeId }: Place): boolean {
    const newest = takeId === null ? undefined : entries.get(takeId);
    return newest?.take != null && newest.shown().snapshot.outcome === null;
  }

  return {
    async run() {
      const locks = lockAll(targets, options.lock);
      try {
        // Shown at once: whoever adds one of them again is told under which id.
        targets.forEach((target, i) => open(target, locks[i]!, room.random.hex(8)));
        isRunning = true;
        for (;;) {
          const watches = places.map((place) => place.watch);
          const outcomes = await Promise.all(watches.map(({ done }) => done));
          const isSame = places.length === watches.length &&
            places.every((place, i) => place.watch === watches[i]);
          if (isSame) return outcomes;
        }
      } finally {
        isRunning = false;
        for (const { lock } of places) lock.release();
      }
    },
    shown: () => [...entries.values()].map((entry) => entry.shown()),
    finish(takeId) {
      const entry = entryOf(takeId);
      if (entry === undefined) return "unknown";
      return entry.take === null ? entry.without : entry.take.finish();
    },
    pause: (takeId) => ask(takeId, (take) => take.pause()),
    resume: (takeId) => ask(takeId, (take) => take.resume()),
    cancel: (takeId) => ask(takeId, (take) => take.cancel()),
    retry,
    prioritise: (takeId) =>
      ask(takeId, (take) => {
        const { state, outcome } = take.snapshot();
        if (outcome !== null) return "ended";
        if (room.lanes.prioritised() === state.id) return "already";
        room.lanes.prioritise(state.id);
        return "accepted";
      }),
    add(path) {
      if (!isRunning || signal.aborted) {
        throw new Config(`Cannot watch ${path}: reeltime is about to end. Start it again`);
      }
      const target = recordingOf(withoutLinks(path, options), undefined);
      const known = places.find((place) => place.target.path === target.path);
      const takeId = room.random.hex(8);
      if (known === undefined) {
        if (places.length >= MOST_WATCHED) {
          throw new Config(
            `Cannot watch ${path}: ${MOST_WATCHED} recordings are watched already. ` +
              "Start another reeltime with a state folder of its own",
          );
        }
        open(target, lockOne(target.path, options.lock), takeId);
        return { takeId };
      }
      if (!isBusy(known) && !known.watch.again()) watch(known, takeId);
      return { takeId: known.takeId ?? takeId };
    },
  };
}

function withoutLinks(path: string, { realPath }: StudioOptions): string {
  try {
    return realPath?.(path) ?? path;
  } catch (error) {
    throw new Config(`Cannot read ${path}: ${(error as Error).message}. Check its permissions`);
  }
}

/** Stands for a watch that has not begun. */
const NOT_YET: Watch = { done: Promise.resolve({ is: "suspended" }), again: () => false };
