import { RecordingChanged, UrlExpired } from "../errors.ts";
import type { Look } from "../containers/container.ts";
import type { Entry } from "../journal/journal.ts";
import type { ByteRange } from "../recording/range.ts";
import { putPart } from "../transfer/put.ts";
import { type Desk, hasUrl } from "./desk.ts";
import { isComplete } from "./finalize.ts";
import { lookAtBytes } from "./sight.ts";
import { partOf, rangeOf } from "./state.ts";

/** Sends one part: one attempt, from the bytes that are on disk now. */
export async function send(desk: Desk, number: number, signal: AbortSignal): Promise<void> {
  const { room, source, state, urls, sending } = desk;
  // It may have waited long for its lane: a URL that ran out meanwhile is asked for again.
  if (!hasUrl(desk, number)) return;
  const part = partOf(state, number);
  const range = rangeOf(state, number);
  const mediaStart = state.head?.mediaStart ?? null;
  if (part.isFinal && part.starts > 0 && await isComplete(desk, signal)) {
    // It was stored, but we never heard: a crash or a lost connection came between.
    return stored(desk, number, await room.digests.digest(source, range, signal));
  }
  // Since this was decided the part may have waited long for its lane, and the recorder may have begun
  // to move its media: what is read now would go again.
  const { look } = await lookAtBytes(source);
  const hasMoved = mediaStart !== null && look.mediaStart !== mediaStart;
  if (hasMoved || isHeldBack(desk, look, range)) return;
  desk.fact({ type: "part.started", number });
  sending.set(number, 0);
  try {
    const { url } = urls.get(number)!;
    const order = { partNumber: number, range, url, filetype: state.filetype };
    const onSent = (sentBytes: number) => void sending.set(number, sentBytes);
    const digest = await putPart(room.digests, source, order, signal, onSent);
    await refuseTorn(desk, number, mediaStart);
    stored(desk, number, digest);
  } catch (error) {
    if (error instanceof UrlExpired) urls.delete(number);
    throw error;
  } finally {
    sending.delete(number);
  }
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
  const { look } = await lookAtBytes(desk.source);
  if (look.mediaStart === mediaStart && desk.state.head?.mediaStart === mediaStart) return;
  throw new RecordingChanged(`The media moved while part ${number} was read: it goes again`);
}

/** Writes down that a part is stored; with the final one the take is finalized in the same stroke. */
function stored(desk: Desk, number: number, digest: string): void {
  const { state, room } = desk;
  const entry: Entry = { event: { type: "part.stored", number, digest } };
  if (!partOf(state, number).isFinal) return desk.record(entry);
  const { facts, observed } = desk.sight!; // nothing is sent before the first look
  desk.record(entry, {
    event: {
      type: "take.finalized",
      sizeBytes: state.totalBytes!,
      modifiedMs: facts.modifiedMs,
      tailMs: Math.round(room.clock.monotonicMs() - observed.sinceMs + observed.seenLateMs),
    },
  });
}
