import { Rejected, TokenExpired, Unavailable, UploadFailed } from "../errors.ts";
import { assetId, type Desk } from "./desk.ts";

/** How long the service is asked whether the asset is complete, in milliseconds. */
const CONFIRM_MS = 30_000;

/** Writes down that everything is in and equal, and reads the asset back until it is complete. */
export async function conclude(desk: Desk, signal: AbortSignal): Promise<void> {
  const { state } = desk;
  if (!state.verified) desk.fact({ type: "take.verified" });
  // Everything is in by now: an interruption, or a service that is away, cuts only the asking short.
  const isThere = await becomesComplete(desk, signal).catch((error) => {
    if (error instanceof Unavailable) return false;
    // The service gave the upload up, though every byte is in: nobody may call that a success.
    if (error instanceof UploadFailed) throw error;
    if (!(error instanceof Rejected || error instanceof TokenExpired)) throw error;
    desk.publish({
      type: "take.warned",
      message: `${state.name}: everything is in, but it could not be read back. ${error.message}`,
    });
    return null;
  });
  if (isThere) return desk.fact({ type: "asset.completed" });
  if (isThere === null) return; // this way in has nothing to ask
  desk.publish({
    type: "take.warned",
    message: `${state.name}: everything is in, but Frame.io has not yet read back as complete`,
  });
}

/**
 * Asks until the service has put the file together; false where it has not for {@linkcode CONFIRM_MS}, null
 * where this route does not tell.
 *
 * @throws Unavailable if it could not be asked in the end.
 */
export async function becomesComplete(desk: Desk, signal: AbortSignal): Promise<boolean | null> {
  const { clock } = desk.room;
  const untilMs = clock.monotonicMs() + CONFIRM_MS;
  for (let waitMs = 100; !signal.aborted; waitMs = Math.min(2 * waitMs, 5000)) {
    const isLast = clock.monotonicMs() + waitMs > untilMs;
    const complete = await isComplete(desk, signal).catch((error) => {
      if (isLast || !(error instanceof Unavailable)) throw error;
      return false;
    });
    if (complete) return true;
    if (complete === null) return null;
    if (isLast) break;
    await clock.sleep(waitMs, signal).catch(() => {});
  }
  return false;
}

/**
 * Whether the service has put the file together; null where this route does not tell.
 *
 * @throws Unavailable if it cannot be asked now; Rejected if the asset is gone; UploadFailed if it was
 * given up.
 */
export async function isComplete(desk: Desk, signal: AbortSignal): Promise<boolean | null> {
  try {
    return (await desk.room.api.readAsset(assetId(desk), signal)).complete;
  } catch (error) {
    // A token may lack the permission to read: then this way in does not tell.
    if (error instanceof Rejected && error.status === 403 && !signal.aborted) return null;
    throw error;
  }
}

/**
 * After finalization nothing can be mended in the asset: a change is told, never reported as success.
 *
 * @throws ChangedLate if the recording is not as it was finalized. By the operator's word a take
 * is the bytes up to then, and its recorder may go on.
 */
export function refuseLateChange(desk: Desk): void {
  const { state, sight } = desk;
  if (state.finalized === null || sight === null) return;
  for (const part of state.parts.values()) if (part.at === "changed") throw changedLate(desk);
  if (state.finishAskedBytes !== null) return;
  const { sizeBytes, modifiedMs } = sight.facts;
  if (sizeBytes === state.finalized.sizeBytes && modifiedMs === state.finalized.modifiedMs) return;
  throw changedLate(desk);
}

/** The recording is no longer what was finalized: only a new asset can hold it as it is now. */
export class ChangedLate extends Error {
  override readonly name = "ChangedLate";
}

/** Tells that the recording changed after its finalization. */
export function changedLate(desk: Desk): ChangedLate {
  const sizeBytes = desk.sight?.facts.sizeBytes ?? 0;
  desk.fact({ type: "recording.changed_after_final", sizeBytes });
  return new ChangedLate(
    `${desk.state.name} was changed after it had been finalized as asset ${assetId(desk)}, which ` +
      "holds the earlier bytes. Run the same command again to upload it as it is now as a new asset",
  );
}
