import { RecordingChanged } from "../errors.ts";
import type { KeptUrl } from "../journal/journal.ts";
import type { RecordingSource } from "../runtime/disk.ts";
import type { RangeDigest } from "../runtime/range_digest.ts";
import { HEAD_NUMBER } from "../parts/plan.ts";
import type { TakeRoom } from "./desk.ts";
import { lookAtBytes } from "./sight.ts";
import { partOf, rangeOf, replayState, type TakeState } from "./state.ts";

/** What the journal knows of the recording at hand. */
export type Recall =
  /** Nothing, or only of other recordings under this name; `unfinished` are assets those left. */
  | { readonly is: "new"; readonly unfinished: string | null }
  /** It was begun; go on with it. */
  | {
    readonly is: "begun";
    readonly state: TakeState;
    readonly urls: ReadonlyMap<number, KeptUrl>;
  }
  /** It is finalized and verified, and the file is as it was then. */
  | { readonly is: "done"; readonly state: TakeState };

/**
 * Looks the recording up in the journal: the newest take under its path, if it is the same file.
 *
 * @param path Absolute, without links.
 */
export async function recall(
  room: Pick<TakeRoom, "journal" | "digests" | "clock" | "destination">,
  source: RecordingSource,
  path: string,
  signal: AbortSignal,
): Promise<Recall> {
  const { journal } = room;
  const id = journal.takesOf(path)[0];
  if (id === undefined) return { is: "new", unfinished: null };
  const { events, urls } = journal.replay(id);
  const state = replayState(id, events);
  const unfinished = state.finalized === null && state.asset.at === "created"
    ? state.asset.id
    : null;
  const facts = await source.stat();
  // What a cancelled take leaves was told when it was cancelled.
  if (state.cancelled) return { is: "new", unfinished: null };
  if (isElsewhere(state, room.destination)) return { is: "new", unfinished: null };
  if (state.fileId !== facts.fileId) return { is: "new", unfinished };
  if (state.finalized !== null) {
    const { sizeBytes, modifiedMs } = state.finalized;
    const isAsItWas = sizeBytes === facts.sizeBytes && modifiedMs === facts.modifiedMs;
    if (!isAsItWas || state.changedLate) {
      return { is: "new", unfinished: null };
    }
    return state.verified ? { is: "done", state } : { is: "begun", state, urls };
  }
  if (!(await holdsStoredBytes(state, room, source, signal))) return { is: "new", unfinished };
  return { is: "begun", state, urls };
}

/** Whether the take went to another service; once it is finalized, to another folder as well. */
function isElsewhere(
  { destination: before, finalized }: TakeState,
  now: TakeRoom["destination"],
): boolean {
  if (before === null || now === undefined) return false;
  return before.service !== now.service || (finalized !== null && before.place !== now.place);
}

/** How long a file that is being rewritten is left alone before it is looked at again, in ms. */
const REWRITE_WAIT_MS = 500;

/** Times that a file may have grown without a stored part turning up in it again. */
const MOST_GROWTHS = 3;

/**
 * Whether the file still holds what was stored of it. A recorder that overwrites a file in place keeps
 * its identity, so two stored parts are read again: if neither is there any more, it is another
 * recording. Single changes are the business of verification. While the file is being rewritten at a
 * constant size, as when its media are moved to make room in front, nothing can be said yet.
 */
async function holdsStoredBytes(
  state: TakeState,
  { digests, clock }: Pick<TakeRoom, "digests" | "clock">,
  source: RecordingSource,
  signal: AbortSignal,
): Promise<boolean> {
  const stored = [...state.parts.values()]
    .filter((part) => part.at === "stored" && part.number !== HEAD_NUMBER)
    .map((part) => part.number);
  if (stored.length === 0) return true;
  const samples = [...new Set([Math.min(...stored), Math.max(...stored)])];
  for (let growths = 0; growths <= MOST_GROWTHS;) {
    const { facts, look } = await lookAtBytes(source);
    const known = state.head?.mediaStart ?? null;
    const byBytes = known === null || look.mediaStart === null ? 0 : look.mediaStart - known;
    // The container keeps back what is long stored: its recorder is in the middle of moving it.
    const { start } = rangeOf(state, Math.min(...stored));
    if (look.verdict === "open" && look.frontierBytes < start) return true;
    for (const number of samples) {
      if (await isThere(state, digests, source, number, byBytes, signal)) return true;
    }
    await clock.sleep(REWRITE_WAIT_MS, signal);
    const now = await source.stat();
    if (now.sizeBytes === facts.sizeBytes && now.modifiedMs === facts.modifiedMs) return false;
    if (now.sizeBytes !== facts.sizeBytes) growths++;
  }
  return false;
}

/** Whether a stored part's bytes are in the file, where the media lie now. */
async function isThere(
  state: TakeState,
  digests: RangeDigest,
  source: RecordingSource,
  number: number,
  byBytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { start, end } = rangeOf(state, number);
  if (start + byBytes < 0) return false;
  try {
    const range = { start: start + byBytes, end: end + byBytes };
    return await digests.digest(source, range, signal) === partOf(state, number).digest;
  } catch (error) {
    if (error instanceof RecordingChanged) return false;
    throw error;
  }
}
