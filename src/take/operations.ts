/** What an operator can ask of a take. Each word is written down before it is believed, and then lasts. */
import { Unavailable } from "../errors.ts";
import type { DurableEvent } from "../events.ts";
import { PUT_ERRANDS } from "./decide.ts";
import type { Desk } from "./desk.ts";
import type { Errands } from "./errands.ts";
import { mayBeComplete } from "./state.ts";
import type { TakeOutcome } from "./outcome.ts";

/** What became of the wish to finish a take. */
export type FinishAnswer = "accepted" | "ended" | "empty";

/** What became of an operator's wish. */
export type OperationAnswer =
  | "accepted"
  /** It is so already. */
  | "already"
  /** The take is over, or its final part is on its way: nothing can be changed any more. */
  | "ended"
  /** Nothing is recorded yet. */
  | "empty"
  | "unknown"
  /** Nothing went wrong, so there is nothing to try again. */
  | "not_failed";

/**
 * What can be asked of a take. Each is answered; only a word that cannot be written down now, because
 * another process holds the journal, is thrown as Unavailable. Nothing has changed then: ask again.
 */
export interface Operations {
  /** Ends the take by the operator's word, at the size that the recording has now. */
  finish(): FinishAnswer;
  /**
   * Nothing more is registered or sent, by later processes neither, and PUTs under way are dropped. The
   * recording is looked at as before, and what is stored of it may be read again.
   */
  pause(): OperationAnswer;
  /** Ends a pause. */
  resume(): OperationAnswer;
  /**
   * Gives the take up for good. What is stored stays in an asset that is never complete; once its final
   * part may have arrived that would not be true, and the answer is `ended`.
   */
  cancel(): OperationAnswer;
  /** Has everything that waits for its next attempt tried again now. */
  rouse(): OperationAnswer;
}

/**
 * The operations of one take.
 *
 * @param outcome Of the take's loop, once that has ended.
 */
export function createOperations(
  desk: Desk,
  errands: Errands,
  outcome: () => TakeOutcome | null,
): Operations {
  const { state } = desk;
  let orders = 0;

  /**
   * Writes an operator's word down at once. Its failure is an errand's, so that a journal that cannot be
   * written ends the take, not whoever asked.
   *
   * @param drops Names of the errands that it ends.
   * @throws Unavailable if it cannot be written now.
   */
  function order(event: DurableEvent, drops?: (errand: string) => boolean): "accepted" {
    let written = () => Promise.resolve();
    try {
      desk.fact(event);
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      written = () => Promise.reject(error);
    }
    if (drops !== undefined) errands.drop(drops);
    errands.start(`order ${++orders}`, written);
    return "accepted";
  }

  /** Whether there is nothing left to hold back. */
  const isOver = () => outcome() !== null || state.finalized !== null || state.cancelled;

  /** Tells once what stays behind: no later run looks at it again. */
  function tellLeft(): void {
    const { asset } = state;
    const place = desk.room.destination?.service === "sandbox" ? "the sandbox" : "Frame.io";
    const left = asset.at === "created"
      ? `what is stored stays in ${place} as asset ${asset.id}, which will never be complete. ` +
        "Delete it there"
      : asset.at === "requested"
      ? "an empty placeholder of that name may stand in the folder. Delete it there"
      : "nothing of it was sent";
    desk.publish({ type: "take.warned", message: `given up: ${left}` });
  }

  return {
    finish() {
      const sizeBytes = desk.sight?.facts.sizeBytes ?? 0;
      if (outcome() !== null || state.totalBytes !== null || state.cancelled) return "ended";
      if (sizeBytes === 0) return "empty";
      if (state.finishAskedBytes !== null) return "accepted";
      desk.finishAskedAtMs = desk.room.clock.monotonicMs();
      return order({ type: "finish.asked", sizeBytes });
    },
    pause() {
      if (isOver()) return "ended";
      if (state.paused) return "already";
      return order({ type: "take.paused", by: "operator" }, (name) => name.startsWith(PUT_ERRANDS));
    },
    resume() {
      if (isOver()) return "ended";
      return state.paused ? order({ type: "take.unpaused", by: "operator" }) : "already";
    },
    cancel() {
      if (state.cancelled) return "already";
      const end = outcome();
      if ((end !== null && end.is !== "failed") || mayBeComplete(state)) return "ended";
      order({ type: "take.cancelled", by: "operator" }, () => true);
      if (state.cancelled) tellLeft();
      // A failed take ends no second time where the journal cannot be written.
      return end === null || state.cancelled ? "accepted" : "ended";
    },
    rouse() {
      if (isOver()) return "ended";
      return errands.rouse() ? "accepted" : "not_failed";
    },
  };
}
