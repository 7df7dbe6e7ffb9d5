/**
 * What a person may do with a take, and what is asked before something is lost. Plain functions
 * without a document. Which of them a take would accept now is in its view (`operations`).
 *
 * @import { Operation, TakeView } from "../view.ts"
 */
import { placeOf, size } from "./words.js";

/**
 * The button of each operation, in the order they stand in.
 *
 * @type {Readonly<Record<Operation, { label: string, hint: string }>>}
 */
export const ACTIONS = {
  retry: { label: "Try again", hint: "Try again now, without waiting" },
  resume: { label: "Resume", hint: "Go on sending" },
  pause: { label: "Pause", hint: "Send nothing until it is resumed" },
  finish: { label: "Finish…", hint: "End the take at its present size" },
  prioritise: {
    label: "Send first",
    hint: "The next free lanes are its; what is under way goes on",
  },
  cancel: { label: "Give up…", hint: "Stop uploading this take for good" },
};

/**
 * The question before an operation that loses something; null where nothing is lost.
 *
 * @param {Operation} operation
 * @param {TakeView} view
 * @returns {{ title: string, text: string, keep: string, go: string } | null}
 */
export function questionOf(operation, view) {
  if (operation === "finish") {
    return {
      title: "Finish this take?",
      text: `The take ends at its present size, ${size(view.recordedBytes)}. What the recorder ` +
        "writes after that is not uploaded. This cannot be undone.",
      keep: "Keep recording",
      go: "Finish take",
    };
  }
  if (operation === "cancel") {
    return {
      title: "Give this take up?",
      text: `Nothing more of it is sent. The ${size(view.storedBytes)} that are stored stay ` +
        `incomplete in ${placeOf(view)} and do not play. The file on disk is left alone. ` +
        "This cannot be undone.",
      keep: "Keep uploading",
      go: "Give it up",
    };
  }
  return null;
}
