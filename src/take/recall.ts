import { RecordingChanged } from "../errors.ts";
import type { Journal, KeptUrl } from "../journal/journal.ts";
import type { RecordingSource } from "../runtime/disk.ts";
import type { RangeDigest } from "../runtime/range_digest.ts";
import { HEAD_NUMBER } from "../parts/plan.ts";
import { rangeOf, replayState, type TakeState } from "./state.ts";

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
  journal: Journal,
  digests: RangeDigest,
  source: RecordingSource,
  path: string,
  signal: AbortSignal,
): Promise<Recall> {
  const id = journal.takesOf(path)[0];
  if (id === undefined) return { is: "new", unfinished: null };
  const { events, urls } = journal.replay(id);
  const state = replayState(id, events);
  const unfinished = state.finalized === null && state.asset.at === "created"
    ? state.asset.id
    : null;
  const facts = await source.stat();
  if (state.fileId !== facts.fileId) return { is: "new", unfinished };
  if (state.finalized !== null) {
    const { sizeBytes, modifiedMs } = state.finalized;
    if (sizeBytes !== facts.sizeBytes || modifiedMs !== facts.modifiedMs) {
      return { is: "new", unfinished: null };
    }
    return state.verified ? { is: "done", state } : { is: "begun", state, urls };
  }
  if (!(await holdsStoredBytes(state, digests, source, signal))) return { is: "new", unfinished };
  return { is: "begun", state, urls };
}

/**
 * Whether the file still holds what was stored of it. A recorder that overwrites a file in place keeps
 * its identity, so two stored parts are read again: if neither is there any more, it is another
 * recording. Single changes are the business of verification.
 */
async function holdsStoredBytes(
  state: TakeState,
  digests: RangeDigest,
  source: RecordingSource,
  signal: AbortSignal,
): Promise<boolean> {
  const stored = [...state.parts.values()]
    .filter((part) => part.at === "stored" && part.number !== HEAD_NUMBER)
    .map((part) => part.number);
  if (stored.length === 0) return true;
  for (const number of new Set([Math.min(...stored), Math.max(...stored)])) {
    try {
      const now = await digests.digest(source, rangeOf(state, number), signal);
      if (now === state.parts.get(number)!.digest) return true;
    } catch (error) {
      if (!(error instanceof RecordingChanged)) throw error;
    }
  }
  return false;
}
