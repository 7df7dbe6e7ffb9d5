import type { Journal, KeptUrl } from "../journal/journal.ts";
import type { FileFacts, RecordingSource } from "../runtime/disk.ts";
import { isBornAlike } from "../runtime/file_id.ts";
import type { TakeRoom } from "./desk.ts";
import { holdsStoredBytes, isSameByContent } from "./same_recording.ts";
import { apply, replayState, type TakeState } from "./state.ts";

/** What the journal knows of the recording at hand. */
export type Recall =
  /** Nothing, or only of other recordings under this name; `unfinished` is what the newest left. */
  | { readonly is: "new"; readonly unfinished: string | null }
  /** It was begun; go on with it. */
  | {
    readonly is: "begun";
    readonly state: TakeState;
    readonly urls: ReadonlyMap<number, KeptUrl>;
  }
  /** It is finalized and verified, and the file is as it was then. */
  | { readonly is: "done"; readonly state: TakeState };

type Room = Pick<TakeRoom, "journal" | "digests" | "clock" | "destination">;

/**
 * Takes of a path that are looked through. Cards come and go under one mount path and number their
 * files alike; a set has fewer of them (our choice).
 */
const MOST_TAKES = 64;

/**
 * Looks the recording up in the journal: the newest take under its path that was begun with the same
 * file and goes here. Where none was, one whose file was born in the same moment and holds the same: see
 * {@linkcode isBornAlike}.
 *
 * @param path Absolute, without links.
 * @throws Unavailable if the recording or the journal cannot be read now.
 */
export async function recall(
  room: Room,
  source: RecordingSource,
  path: string,
  signal: AbortSignal,
): Promise<Recall> {
  const { journal } = room;
  const takes = journal.takesOf(path).slice(0, MOST_TAKES);
  if (takes.length === 0) return { is: "new", unfinished: null };
  const unfinished = leftUnfinished(known(journal, takes[0]!.id).state, room);
  const facts = await source.stat();
  const same = takes.filter(({ fileId }) => fileId === facts.fileId);
  const alike = takes.filter(({ fileId }) => isBornAlike(fileId, facts.fileId));
  for (const { id, fileId } of same.length > 0 ? same : alike) {
    const take = known(journal, id);
    const { state } = take;
    if (isElsewhere(state, room.destination)) continue;
    // What a cancelled take leaves was told when it was cancelled; no older one counts instead.
    if (state.cancelled) return { is: "new", unfinished };
    if (fileId === facts.fileId) {
      if (!(await goesOn(state, room, source, facts, signal))) break;
      return entryOf(take);
    }
    if (state.changedLate || !(await isSameByContent(state, room, source, signal))) continue;
    // Its time may be coarser by now than it was remembered: only that has changed.
    const { modifiedMs } = facts;
    if (state.finalized !== null) {
      apply(state, { type: "take.finalized", ...state.finalized, modifiedMs });
    }
    return entryOf(take);
  }
  return { is: "new", unfinished };
}

/** A take with what the journal keeps beside it. */
type Known = Omit<Recall & { is: "begun" }, "is">;

function known(journal: Journal, id: string): Known {
  const { events, urls } = journal.replay(id);
  return { state: replayState(id, events), urls };
}

function entryOf({ state, urls }: Known): Recall {
  return state.verified ? { is: "done", state } : { is: "begun", state, urls };
}

/** The asset that is never finished if another take begins; null where none is, or it was told. */
function leftUnfinished(state: TakeState, { destination }: Room): string | null {
  if (state.finalized !== null || state.cancelled || isElsewhere(state, destination)) return null;
  return state.asset.at === "created" ? state.asset.id : null;
}

/** Whether the file of a take is still its recording. */
async function goesOn(
  state: TakeState,
  room: Room,
  source: RecordingSource,
  facts: FileFacts,
  signal: AbortSignal,
): Promise<boolean> {
  if (state.finalized === null) return await holdsStoredBytes(state, room, source, signal);
  const { sizeBytes, modifiedMs } = state.finalized;
  const isAsItWas = sizeBytes === facts.sizeBytes && modifiedMs === facts.modifiedMs;
  return isAsItWas && !state.changedLate;
}

/** Whether the take went to another service; once it is finalized, to another folder as well. */
function isElsewhere(
  { destination: before, finalized }: TakeState,
  now: TakeRoom["destination"],
): boolean {
  if (before === null || now === undefined) return false;
  return before.service !== now.service || (finalized !== null && before.place !== now.place);
}
