import type { DurableEvent } from "../events.ts";
import type { Milestones } from "../runtime/milestones.ts";
import { replayState, type TakeState } from "../take/state.ts";
import { EVIDENCE, wordsOfEvent } from "./event_words.ts";
import type { FinishedTake, TimelineEntry } from "./view.ts";

/** Takes that are looked at for the history: those of several days on a busy set. */
export const MOST_HISTORY = 200;

/** The takes of the journal that were finalized, the last one first, from their milestones alone. */
export function historyOf(milestones: Milestones): FinishedTake[] {
  const takes = milestones.recent(MOST_HISTORY).flatMap((id) => {
    const facts = milestones.of(id).map(({ atMs, event }) => ({ atMs, event: eventOf(event) }));
    const at = facts.find(({ event }) => event.type === "take.finalized")?.atMs;
    const state = replayState(id, facts.map(({ event }) => event));
    return at === undefined || state.finalized === null ? [] : [finishedTake(state, at)];
  });
  return takes.sort((a, b) => Date.parse(b.finalizedAt) - Date.parse(a.finalizedAt));
}

function finishedTake(state: TakeState, finalizedAtMs: number): FinishedTake {
  const asset = state.asset.at === "created" ? state.asset : null;
  const { sizeBytes, tailMs } = state.finalized!;
  return {
    id: state.id,
    name: state.name,
    assetId: asset?.id ?? null,
    assetUrl: asset?.viewUrl ?? null,
    finalizedAt: new Date(finalizedAtMs).toISOString(),
    sizeBytes,
    tailSeconds: tailMs === null ? null : tailMs / 1000,
    endedBy: state.ended?.by ?? null,
    endedByWords: state.ended === null ? null : EVIDENCE[state.ended.by],
    finishedByRecorder: state.ended?.finishedByRecorder ?? null,
    verified: state.verified,
    completed: state.completed,
    proof: proofOf(state),
  };
}

function proofOf(state: TakeState): string {
  const mark = state.ended?.finishedByRecorder === false ? "; not finalized by its recorder" : "";
  return bytesOf(state) + mark;
}

/** What is known of the stored bytes. */
function bytesOf({ verified, completed, changedLate }: TakeState): string {
  if (changedLate) {
    return "The file was changed after its last part: the asset holds what it was then";
  }
  if (!verified) return "Not proven: the stored bytes were not read again after the end";
  const read = "Every byte was read again after the end and equals what is stored";
  return completed ? `${read}; the asset reads back as complete` : read;
}

/** What the journal tells of a take before `beforeMs`, as entries without a number. */
export function earlierEntries(
  milestones: Milestones,
  takeId: string,
  beforeMs: number,
): TimelineEntry[] {
  return milestones.of(takeId).filter(({ atMs }) => atMs < beforeMs).flatMap(({ atMs, event }) => {
    const fact = eventOf(event);
    const words = wordsOfEvent(fact);
    const time = new Date(atMs).toISOString();
    return words === null ? [] : [{ id: null, time, type: fact.type, words }];
  });
}

function eventOf(json: string): DurableEvent {
  return JSON.parse(json) as DurableEvent;
}
