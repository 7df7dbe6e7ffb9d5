import { dirname } from "@std/path";
import { Limit, Unavailable } from "../errors.ts";
import { begin, type Begun, correctedName, leftBy } from "./begin.ts";
import { firstBytes } from "./first_bytes.ts";
import { createPast, type Past } from "./past.ts";
import type { TakeState } from "./state.ts";
import type { TakeRoom } from "./desk.ts";
import type { TakeOutcome } from "./outcome.ts";
import { POLL_MS, type Take } from "./take.ts";
import { createWake, type Wake } from "./wake.ts";

/** A recording to upload, as it was asked for. */
export interface Target {
  /** Absolute path without links; the file may not exist yet. */
  readonly path: string;
  /** Name of the asset. */
  readonly name: string;
  /** MIME type of the asset. */
  readonly filetype: string;
}

/** How to watch. */
export interface WatchOptions {
  readonly stay: boolean;
  readonly correct: boolean;
}

/** What a watch shows of itself. */
export interface Stage {
  /** A recording is waited for; `trouble` says what is in the way, or is null. */
  waiting(takeId: string, trouble: string | null): void;
  /** A take begins, or goes on. */
  begun(takeId: string, take: Take): void;
  /** What was waited for does not come any more. */
  nothing(takeId: string): void;
  /** The recording was finalized before and is unchanged. */
  already(state: TakeState): void;
  /** The take came to its end. */
  over(takeId: string, outcome: TakeOutcome): void;
  /** What was changed after this take is whole in another asset, whose take stands for both. */
  corrected(takeId: string): void;
}

/** A path that is watched. */
export interface Watch {
  /** How its last take came out. */
  readonly done: Promise<TakeOutcome>;
  /**
   * Takes up again what it has done with.
   *
   * @param underId Under this id it is waited for; by default one is drawn.
   * @returns False when the watch is over.
   */
  again(underId?: string): boolean;
}

/**
 * Watches one path: waits for the recording, finds out whether it is known, and carries its take to
 * the end. Another recording that takes the name meanwhile is taken up at once, beside it: its recorder
 * may give it another name as soon as it ends.
 *
 * @param options `stay` goes on waiting for further recordings under the name until the signal is
 * aborted; `correct` uploads a recording that was changed after its finalization once more, as a new
 * asset that is named as the corrected version.
 * @param firstId Under this id the first recording is waited for; by default one is drawn.
 */
export function watchPath(
  room: TakeRoom,
  target: Target,
  options: WatchOptions,
  stage: Stage,
  signal: AbortSignal,
  firstId?: string,
): Watch {
  const past = createPast();
  const wake = createWake(room.clock);
  let isOver = false;
  const waiting = { id: firstId };
  const over = () => void (isOver = true);
  const done = follow(room, target, options, stage, signal, { past, wake, waiting, over });
  return {
    done,
    again(underId) {
      past.again = true;
      waiting.id = underId ?? waiting.id;
      wake.ring();
      return !isOver;
    },
  };
}

/**
 * Takes of one name that go on side by side at most: a recorder that gives its files other names at
 * their end may be far ahead of the uplink, and each take keeps its file open.
 */
const MOST_BESIDE = 32;

/** A recording that was changed after its finalization: its takes so far, which one more is to mend. */
interface Corrected {
  readonly fileId: string;
  readonly takeIds: readonly string[];
}

async function follow(
  room: TakeRoom,
  target: Target,
  options: WatchOptions,
  stage: Stage,
  signal: AbortSignal,
  { past, wake, waiting, over }: {
    readonly past: Past;
    readonly wake: Wake;
    /** Under which id the next recording is waited for, once that is known. */
    readonly waiting: { id: string | undefined };
    readonly over: () => void;
  },
): Promise<TakeOutcome> {
  const { disk } = room;
  const hints = new AbortController();
  const takes = new Set<Take>();
  const carried = new Set<Promise<void>>();
  let corrected: Corrected | null = null;
  let outcome: TakeOutcome = { is: "suspended" };
  let isEnough = false;
  /** When a file had the name, and nothing was recorded into it yet, monotonic milliseconds. */
  let absentAtMs: number | null = null;
  const isAll = () => isEnough && !past.again;
  const waitingId = () => waiting.id ??= room.random.hex(8);
  const nameOf = (fileId: string) =>
    correctedName(target.name, corrected?.fileId === fileId ? corrected.takeIds.length : 0);

  /** A take has ended, or none came about: unless others go on, or another file has the name, that was all. */
  async function hasEnded(take: Take | null): Promise<void> {
    const now = options.stay ? null : await disk.stat(target.path).catch(() => null);
    if (take !== null) takes.delete(take); // not before: meanwhile nothing is shown as waited for
    if (options.stay || past.again || takes.size > 0) return;
    isEnough = now === null || past.knows(now.fileId);
    wake.ring();
  }

  /** Carries a take to its end, while another file may take the name. */
  async function carry({ id, fileId }: Begun, take: Take): Promise<void> {
    const ended = outcome = await take.run();
    stage.over(id, ended);
    if (options.correct && ended.is === "failed" && ended.changedLate) {
      const before = corrected?.fileId === fileId ? corrected.takeIds : [];
      corrected = { fileId, takeIds: [...before, id] };
      past.ends(fileId, null);
      takes.delete(take);
      return wake.ring();
    }
    past.ends(fileId, leftBy(take, ended));
    if (corrected?.fileId === fileId && ended.is === "done") {
      corrected.takeIds.forEach(stage.corrected);
      corrected = null;
      const message =
        `${target.name} was changed after it had been finalized. This asset holds it as ` +
        "it is now; the earlier one stays in Frame.io";
      room.bus.publish(id, { type: "take.warned", message });
    }
    await hasEnded(take);
  }

  disk.watch(dirname(target.path), () => {
    wake.ring();
    for (const take of takes) take.hint();
  }, AbortSignal.any([signal, hints.signal]));
  try {
    while (!signal.aborted) {
      if (takes.size >= MOST_BESIDE) {
        await wake.rest(POLL_MS, signal).catch(() => {});
        continue;
      }
      const found = await firstBytes(room, target, past, wake, signal, {
        onNothing(isThere) {
          // A name that comes to a file later says nothing of when that was recorded; its times do.
          absentAtMs = isThere ? room.clock.monotonicMs() : null;
          if (isThere || corrected === null || options.stay || past.again || takes.size > 0) return;
          // The changed recording that is to go up once more lost its name before it was opened.
          isEnough = true;
          stage.nothing(waitingId());
        },
        onWait(trouble) {
          if (takes.size === 0 && !isAll()) stage.waiting(waitingId(), trouble);
        },
        isEnough: isAll,
      });
      if (found === null) {
        if (signal.aborted || !past.again) break;
        continue;
      }
      isEnough = false;
      const takeId = waitingId();
      const begun = found instanceof Limit ? found : await begin(
        room,
        target,
        { nameOf, newId: takeId, isBeside: takes.size > 0, absentAtMs },
        found,
        stage,
        signal,
      )
        .catch(async (error: Error) => {
          await found.close();
          if (!signal.aborted && !(error instanceof Unavailable)) return error;
          if (!signal.aborted) stage.waiting(takeId, error.message); // the disk may come back
          return null;
        });
      if (begun === null) {
        await wake.rest(POLL_MS, signal).catch(() => {});
        continue;
      }
      waiting.id = undefined;
      if (begun instanceof Error) {
        outcome = { is: "failed", message: begun.message, changedLate: false };
        stage.waiting(takeId, begun.message);
        room.bus.publish(takeId, { type: "take.failed", message: begun.message });
        stage.over(takeId, outcome);
        await leaveAsItIs(begun instanceof Limit);
      } else if (begun.take === null) {
        outcome = { is: "done" };
        await leaveAsItIs(true);
      } else {
        const { take } = begun;
        past.begins(begun.fileId);
        takes.add(take);
        const carrying = carry(begun, take).finally(() => carried.delete(carrying));
        carried.add(carrying);
        continue;
      }
      await hasEnded(null);
    }
    over(); // in the same breath: from now on nothing is taken up again
    await Promise.all(carried);
    return signal.aborted && !isEnough ? { is: "suspended" } : outcome;
  } finally {
    over();
    hints.abort();
  }

  /** No take came of the file that has the name. @param untilChanged Any change makes it another one. */
  async function leaveAsItIs(untilChanged: boolean): Promise<void> {
    const now = await disk.stat(target.path).catch(() => null);
    if (now === null) return;
    const { fileId, sizeBytes, modifiedMs } = now;
    past.ends(fileId, { sizeBytes, modifiedMs: untilChanged ? modifiedMs : null });
  }
}
