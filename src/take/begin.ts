import { extname } from "@std/path";
import type { RecordingSource } from "../runtime/disk.ts";
import type { TakeRoom } from "./desk.ts";
import type { Left } from "./past.ts";
import { recall } from "./recall.ts";
import { emptyState, type TakeState } from "./state.ts";
import type { TakeOutcome } from "./outcome.ts";
import { createTake, type Take } from "./take.ts";
import type { Stage, Target } from "./watch.ts";

/**
 * How a take leaves its recording. As it was finalized, it is dealt with until it changes. One that was
 * given up, ended by the operator's word, or failed, is so for as long as its recorder only goes on.
 */
export function leftBy(take: Take, { is }: TakeOutcome): Left {
  const { state, sight } = take.snapshot();
  const { finalized, ended } = state;
  const isWhole = is === "done" && ended?.by !== "operator";
  return {
    // Where nothing was seen of it: it had a byte when it was opened.
    sizeBytes: finalized?.sizeBytes ?? sight?.facts.sizeBytes ?? 1,
    modifiedMs: isWhole ? finalized!.modifiedMs : null,
  };
}

/** What came of a recording that was opened. */
export interface Begun {
  readonly id: string;
  readonly fileId: string;
  /** Null where nothing is left to do. */
  readonly take: Take | null;
}

/**
 * Opens the take of a recording: a new one, one from the journal, or none where nothing is left.
 *
 * @param nameOf The asset's name, for a new take of the file with this id.
 * @param isBeside Whether an earlier recording of the name is still on its way in this process.
 * @param absentAtMs When nothing of it was recorded yet, monotonic milliseconds; null where nobody saw that.
 */
export async function begin(
  room: TakeRoom,
  { path, filetype }: Target,
  { nameOf, newId, isBeside, absentAtMs }: {
    readonly nameOf: (fileId: string) => string;
    readonly newId: string;
    readonly isBeside: boolean;
    readonly absentAtMs: number | null;
  },
  source: RecordingSource,
  stage: Stage,
  signal: AbortSignal,
): Promise<Begun> {
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
    known.is === "begun" ? null : absentAtMs,
    signal,
  );
  if (known.is === "begun") take.resumed();
  else {
    const name = nameOf(fileId);
    const unfinished = isBeside ? null : known.unfinished;
    take.started({ type: "take.started", path, name, filetype, fileId }, unfinished);
  }
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
export function correctedName(name: string, corrections: number): string {
  if (corrections === 0) return name;
  const extension = extname(name);
  const count = corrections === 1 ? "" : ` ${corrections}`;
  return `${name.slice(0, name.length - extension.length)} (corrected${count})${extension}`;
}
