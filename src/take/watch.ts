import { dirname, extname } from "@std/path";
import { Limit, Unavailable } from "../errors.ts";
import type { RecordingSource } from "../runtime/disk.ts";
import { firstBytes, identity, type Past } from "./first_bytes.ts";
import { recall } from "./recall.ts";
import { emptyState, type TakeState } from "./state.ts";
import type { TakeRoom } from "./desk.ts";
import { createTake, POLL_MS, type Take, type TakeOutcome } from "./take.ts";
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
  /** The recording was finalized before and is unchanged. */
  already(state: TakeState): void;
  /** The take came to its end. */
  over(takeId: string, outcome: TakeOutcome): void;
}

/** A path that is watched. */
export interface Watch {
  /** How its last take came out. */
  readonly done: Promise<TakeOutcome>;
  /** Takes up again what it has done with. @returns False when the watch is over. */
  again(): boolean;
}

/**
 * Watches one path: waits for the recording, finds out whether it is known, and carries its take to
 * the end. Another recording that has taken the name meanwhile is the next take.
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
  const past: Past = { seen: null, cancelled: null, again: false };
  const wake = createWake(room.clock);
  let isOver = false;
  const done = follow(room, target, options, stage, signal, {
    ...{ past, wake, firstId, over: () => void (isOver = true) },
  });
  return {
    done,
    again() {
      past.again = true;
      wake.ring();
      return !isOver;
    },
  };
}

/** @param own What the watch and its following share; `over` is called at the end. */
async function follow(
  room: TakeRoom,
  target: Target,
  options: WatchOptions,
  stage: Stage,
  signal: AbortSignal,
  own: {
    readonly past: Past;
    readonly wake: Wake;
    firstId: string | undefined;
    over(): void;
  },
): Promise<TakeOutcome> {
  const { past, wake } = own;
  const hints = new AbortController();
  let take: Take | null = null;
  const hintSignal = AbortSignal.any([signal, hints.signal]);
  room.disk.watch(dirname(target.path), () => {
    wake.ring();
    take?.hint();
  }, hintSignal);
  try {
    let outcome: TakeOutcome = { is: "suspended" };
    let corrections = 0;
    while (!signal.aborted) {
      const takeId = own.firstId ?? room.random.hex(8);
      own.firstId = undefined;
      const found = await firstBytes(
        room,
        target,
        past,
        wake,
        signal,
        (trouble) => stage.waiting(takeId, trouble),
      );
      if (found === null) break;
      const name = correctedName(target.name, corrections);
      const begun = found instanceof Limit
        ? found
        : await begin(room, { ...target, name }, takeId, found, stage, signal)
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
      if (begun instanceof Error) {
        outcome = { is: "failed", message: begun.message, changedLate: false };
        stage.waiting(takeId, begun.message);
        room.bus.publish(takeId, { type: "take.failed", message: begun.message });
        stage.over(takeId, outcome);
        if (!options.stay && !past.again) return outcome;
        past.seen = identity(await room.disk.stat(target.path).catch(() => null));
        continue;
      }
      take = begun.take;
      outcome = take === null ? { is: "done" } : await take.run();
      take = null;
      stage.over(begun.id, outcome);
      if (outcome.is === "suspended") break;
      if (options.correct && outcome.is === "failed" && outcome.changedLate) {
        corrections++;
        continue;
      }
      const now = await room.disk.stat(target.path).catch(() => null);
      const replaced = now !== null && now.fileId !== begun.fileId;
      if (!options.stay && !replaced && !past.again) return outcome;
      past.seen = replaced ? null : identity(now);
      past.cancelled = outcome.is === "cancelled" && !replaced ? now : null;
    }
    return signal.aborted ? { is: "suspended" } : outcome;
  } finally {
    hints.abort();
    own.over();
  }
}

/** Opens the take of a recording: a new one, one from the journal, or none where nothing is left. */
async function begin(
  room: TakeRoom,
  target: Target,
  newId: string,
  source: RecordingSource,
  stage: Stage,
  signal: AbortSignal,
): Promise<{ id: string; fileId: string; take: Take | null }> {
  const { path, name, filetype } = target;
  const { fileId } = await source.stat();
  const known = await recall(room, source, path, signal);
  if (known.is === "done") {
    await source.close();
    stage.already(known.state);
    tellRecalled(room, known.state);
    return { id: known.state.id, fileId, take: null };
  }
  const state = known.is === "begun" ? known.state : emptyState(newId);
  const take = createTake(
    room,
    source,
    path,
    state,
    known.is === "begun" ? known.urls : new Map(),
    signal,
  );
  if (known.is === "begun") take.resumed();
  else take.started({ type: "take.started", path, name, filetype, fileId }, known.unfinished);
  stage.begun(state.id, take);
  return { id: state.id, fileId, take };
}

/** Tells that nothing is left to do, and which asset holds the recording. */
function tellRecalled(room: TakeRoom, { id, asset, finalized }: TakeState): void {
  if (asset.at !== "created" || finalized === null) return;
  const { sizeBytes } = finalized;
  room.bus.publish(id, { type: "take.recalled", assetId: asset.id, sizeBytes });
}

/** `take01.mov`, `take01 (corrected).mov`, `take01 (corrected 2).mov` … */
function correctedName(name: string, corrections: number): string {
  if (corrections === 0) return name;
  const extension = extname(name);
  const count = corrections === 1 ? "" : ` ${corrections}`;
  return `${name.slice(0, name.length - extension.length)} (corrected${count})${extension}`;
}
