import { RecordingChanged, Rejected, UrlExpired } from "../errors.ts";
import type { Look } from "../containers/container.ts";
import type { Entry } from "../journal/journal.ts";
import type { ByteRange } from "../recording/range.ts";
import { putPart } from "../transfer/put.ts";
import type { FileFacts } from "../runtime/disk.ts";
import { type Desk, hasUrl, stamp, stampOf } from "./desk.ts";
import { becomesComplete, isComplete } from "./finalize.ts";
import { patiently } from "./patiently.ts";
import { lookAtBytes } from "./sight.ts";
import { partOf, rangeOf, type TakePart, type TakeState } from "./state.ts";

/** Sends one part: one attempt, from the bytes that are on disk now. */
export async function send(desk: Desk, number: number, signal: AbortSignal): Promise<void> {
  const { room, source, state, urls, sending } = desk;
  // It may have waited long for its lane: a URL that ran out meanwhile is asked for again.
  if (!hasUrl(desk, number)) return;
  const part = partOf(state, number);
  const range = rangeOf(state, number);
  const mediaStart = state.head?.mediaStart ?? null;
  const wasInDoubt = finalInDoubt(state) !== null;
  const before = await seekFinal(desk, number, signal);
  if (before === "in") return finalStored(desk, signal);
  if (before === "unknown") {
    desk.refusal = UNKNOWN_FINAL;
    return;
  }
  // Since this was decided the part may have waited long for its lane, and the recorder may have begun
  // to move its media: what is read now would go again.
  const { facts, look } = await lookAtBytes(source, signal);
  if (hasMoved(desk, look, mediaStart) || isHeldBack(desk, look, range)) return;
  signal.throwIfAborted(); // a pause comes at any moment, and nothing is begun in it
  if (part.isFinal) {
    const digest = await room.digests.digest(source, range, signal);
    // That may have been gigabytes: what changed meanwhile voids what was verified.
    if (!othersHold(desk, await source.stat(signal))) return;
    // It changed since it was asked for: other bytes go only after the service had its time.
    if (before === "same" && digest !== part.startedAs?.digest) return;
    signal.throwIfAborted();
    desk.fact({ type: "part.started", number, digest, modifiedMs: facts.modifiedMs });
  } else desk.fact({ type: "part.started", number });
  sending.set(number, 0);
  try {
    const { url } = urls.get(number)!;
    const order = { partNumber: number, range, url, filetype: state.filetype };
    const onSent = (sentBytes: number) => {
      // A connection that turns out to be gone has it begin anew.
      desk.handedBytes += Math.max(0, sentBytes - (sending.get(number) ?? 0));
      sending.set(number, sentBytes);
    };
    const digest = await putPart(room.digests, source, order, signal, onSent);
    await refuseTorn(desk, number, mediaStart);
    await patiently(desk, signal, () => stored(desk, number, digest, facts));
  } catch (error) {
    if (error instanceof UrlExpired) urls.delete(number);
    if (!(await explainsFinal(desk, error, wasInDoubt, signal))) throw error;
    await finalStored(desk, signal);
  } finally {
    sending.delete(number);
  }
}

/** The final part, where a PUT of it was begun and its answer is not known. */
function finalInDoubt(state: TakeState): TakePart | null {
  const final = [...state.parts.values()].find((part) => part.isFinal);
  return final !== undefined && final.at !== "stored" && final.starts > 0 ? final : null;
}

/**
 * Whether the final part had arrived, but we never heard: a crash or a lost connection came between.
 * Then the asset cannot be changed any more. To send the same final part once more does no harm, to send
 * other bytes would: for that the service is given time to put the file together.
 *
 * @returns `same`: it is not known to be in, but this is the final part and it has not changed. `unknown`:
 * other bytes would go, and this way in cannot ask whether they come too late.
 */
async function seekFinal(
  desk: Desk,
  number: number,
  signal: AbortSignal,
): Promise<"in" | "same" | "out" | "unknown"> {
  const final = finalInDoubt(desk.state);
  if (final === null) return "out";
  if (final.number === number && await sentDigest(desk, final, signal) !== null) {
    return await isComplete(desk, signal) ? "in" : "same";
  }
  const isIn = await becomesComplete(desk, signal);
  return isIn === null ? "unknown" : isIn ? "in" : "out";
}

/** Why an asset is left where other bytes might come too late, and nobody would say so. */
const UNKNOWN_FINAL =
  "its final part may have arrived, the recording was changed since, and this way in cannot ask";

/**
 * Whether a refusal means that the final part is in: once it has arrived the service takes nothing more,
 * because it is putting the file together. Where this way in cannot be asked, the storage's 404 says so;
 * but only if an earlier PUT of it ended without an answer: anything may answer 404 to the first one.
 */
async function explainsFinal(
  desk: Desk,
  error: unknown,
  wasInDoubt: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  if (finalInDoubt(desk.state) === null || !(error instanceof Rejected)) return false;
  return await becomesComplete(desk, signal) ?? (wasInDoubt && error.status === 404);
}

/**
 * Digest of what was sent as the final part; null where the recording was changed since, so that nobody
 * knows: it may have been changed while it was read to be sent. By the operator's word its recorder may
 * go on to write behind it.
 */
async function sentDigest(
  { state, sight, room, source }: Desk,
  { number, startedAs }: TakePart,
  signal: AbortSignal,
): Promise<string | null> {
  const isAsItWas = startedAs !== null &&
    (state.finishAskedBytes !== null || sight!.facts.modifiedMs === startedAs.modifiedMs);
  if (!isAsItWas) return null;
  // A change in the same tick of the file's clock, or one that a network volume still hides.
  const now = await room.digests.digest(source, rangeOf(state, number), signal);
  return now === startedAs.digest ? now : null;
}

/**
 * Writes down that the final part had arrived. What the file holds by now is no evidence of what was
 * sent; where that is unknown, nothing equals it.
 */
async function finalStored(desk: Desk, signal: AbortSignal): Promise<void> {
  const final = finalInDoubt(desk.state);
  if (final === null) return;
  const digest = await sentDigest(desk, final, signal);
  if (finalInDoubt(desk.state) === null) return; // another errand found out as well
  await patiently(desk, signal, () => {
    if (finalInDoubt(desk.state) !== null) {
      stored(desk, final.number, digest ?? "", desk.sight!.facts);
    }
  });
}

/**
 * Whether the media lie elsewhere than at `mediaStart`. Where the front cannot be read its recorder is in
 * the middle of rewriting it; but once the take has ended it stays as it is (decide.ts, shiftBytes).
 */
function hasMoved({ sight }: Desk, look: Look, mediaStart: number | null): boolean {
  if (mediaStart === null || look.mediaStart === mediaStart) return false;
  return look.mediaStart !== null || sight?.judgement.is !== "ended";
}

/** Whether an open container keeps this part back; once a take has ended, all of it may go. */
function isHeldBack({ sight }: Desk, look: Look, range: ByteRange): boolean {
  return look.verdict === "open" && sight?.judgement.is !== "ended" &&
    range.end > look.frontierBytes;
}

/**
 * A part that was read while the recorder moved its media may hold bytes of both layouts.
 *
 * @param mediaStart Where the media began when the reading began, or null where nobody can tell.
 * @throws RecordingChanged if they begin elsewhere by now: the part goes again.
 */
async function refuseTorn(desk: Desk, number: number, mediaStart: number | null): Promise<void> {
  if (mediaStart === null) return;
  // Without the signal: the part is in, and a pause in this moment must not have it sent again.
  const { look } = await lookAtBytes(desk.source);
  if (desk.state.head?.mediaStart === mediaStart && !hasMoved(desk, look, mediaStart)) return;
  throw new RecordingChanged(`The media moved while part ${number} was read: it goes again`);
}

/** Whether every other part was verified against the recording as it was a moment ago. */
function othersHold(desk: Desk, facts: FileFacts): boolean {
  const now = stamp(desk);
  if (now !== "operator" && now !== stampOf(facts)) return false;
  return [...desk.state.parts.values()]
    .every((part) => part.isFinal || desk.verifiedAt.get(part.number) === now);
}

/**
 * Writes down that a part is stored; with the final one the take is finalized in the same stroke.
 *
 * @param facts What the recording was like when the PUT began: whatever came later is a late change.
 */
function stored(desk: Desk, number: number, digest: string, facts: FileFacts): void {
  const { state } = desk;
  const entry: Entry = { event: { type: "part.stored", number, digest } };
  if (!partOf(state, number).isFinal) return desk.record(entry);
  desk.record(entry, {
    event: {
      type: "take.finalized",
      sizeBytes: state.totalBytes!,
      modifiedMs: facts.modifiedMs,
      tailMs: tailMs(desk),
    },
  });
}

/** Milliseconds since the last byte of the take was recorded; null where nobody saw that. */
function tailMs({ sight, state, finishAskedAtMs, room }: Desk): number | null {
  const { sinceMs, seenLateMs } = sight!.observed; // nothing is sent before the first look
  const isByWord = state.finishAskedBytes !== null;
  if (seenLateMs === null || (isByWord && finishAskedAtMs === null)) return null;
  // What its recorder writes after the operator's word does not belong to the take.
  const lastMs = Math.min(sinceMs - seenLateMs, isByWord ? finishAskedAtMs! : Infinity);
  return Math.round(room.clock.monotonicMs() - lastMs);
}
