/**
 * How a take is put into words and figures, for the status page and for the terminal alike: plain
 * functions without a document, so both can use them.
 *
 * @import { EndedBy } from "../../events.ts"
 * @import { TakePhase, TakeView } from "../view.ts"
 */

/** @typedef {"idle" | "going" | "attention" | "done" | "bad"} Tone */

/**
 * How a phase is shown: its name, a glyph that tells it without color, and the tone that picks a color.
 *
 * @type {Readonly<Record<TakePhase, { name: string, glyph: string, tone: Tone }>>}
 */
export const PHASES = {
  waiting: { name: "waiting", glyph: "○", tone: "idle" },
  recording: { name: "recording", glyph: "●", tone: "going" },
  quiet: { name: "quiet", glyph: "◐", tone: "attention" },
  verifying: { name: "verifying", glyph: "◒", tone: "going" },
  finalizing: { name: "finalizing", glyph: "◕", tone: "going" },
  finalized: { name: "finalized", glyph: "✓", tone: "done" },
  paused: { name: "paused", glyph: "‖", tone: "attention" },
  suspended: { name: "suspended", glyph: "■", tone: "attention" },
  cancelled: { name: "given up", glyph: "–", tone: "idle" },
  failed: { name: "failed", glyph: "✗", tone: "bad" },
};

/** What a person should know of a recording that is stored as its recorder left it: it may not play. */
export const NEVER_CLOSED = "its recorder never closed the file";

/** @type {Readonly<Record<EndedBy, string>>} */
const ENDERS = {
  operator: "ended by a person",
  container: "ended by its recorder",
  idle: "ended by silence",
  writer_gone: "ended by its recorder's exit",
  abandoned: "ended by long silence",
  deleted: "ended by deletion of the file",
};

/**
 * What a person should know of a take beyond its words, such as that its recorder never closed it. How it
 * ended is left out where its recorder ended it, as it should.
 *
 * @param {TakeView} view
 * @returns {string[]}
 */
export function marksOf(view) {
  const marks = [];
  if (view.finishedByRecorder === false) marks.push(NEVER_CLOSED);
  if (view.endedBy !== null && view.endedBy !== "container") marks.push(ENDERS[view.endedBy]);
  return marks.filter((mark) => !view.words.includes(mark));
}

/**
 * Where a take goes, as people call it.
 *
 * @param {Pick<TakeView, "sandbox">} view
 * @returns {string}
 */
export function placeOf({ sandbox }) {
  return sandbox ? "the sandbox" : "Frame.io";
}

/**
 * Whether nothing more happens to the take in this run.
 *
 * @param {TakeView} view
 * @returns {boolean}
 */
export function isOver(view) {
  return ["finalized", "failed", "suspended", "cancelled"].includes(view.phase);
}

/**
 * The tone of a take. One that goes on in spite of a problem asks for attention, and so does one that is
 * stored whole although its recorder never finished it: it may not play.
 *
 * @param {TakeView} view
 * @returns {Tone}
 */
export function toneOf(view) {
  const { tone } = PHASES[view.phase];
  const isHeldUp = tone === "going" && view.problem !== null;
  const isUnfinished = tone === "done" && view.finishedByRecorder === false;
  return isHeldUp || isUnfinished ? "attention" : tone;
}

/**
 * The group a take is shown in. A take in trouble that is still under way stays on the way: it asks for
 * patience, a failed or suspended one asks for a person.
 *
 * @param {TakeView} view
 * @returns {"attention" | "going" | "done" | "given-up" | "waiting"}
 */
export function groupOf(view) {
  if (view.phase === "waiting") return "waiting";
  if (view.phase === "cancelled") return "given-up";
  if (!isOver(view)) return "going";
  return view.phase === "finalized" ? "done" : "attention";
}

/**
 * A duration that does not jump about as it counts: "2.4 s", "34 s", "12 min 04 s", "3 h 07 min".
 *
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  if (seconds < 9.95) return `${Math.max(0, seconds).toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/**
 * A size in decimal units and three digits, as cameras and cards are labelled: "12.4 GB", "920 kB".
 *
 * @param {number} sizeBytes
 * @returns {string}
 */
export function size(sizeBytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = sizeBytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2;
  return `${value.toFixed(decimals)} ${units[unit]}`;
}

/**
 * A time of day of fixed width: "14:03:20".
 *
 * @param {Date} at
 * @returns {string}
 */
export function clock(at) {
  return [at.getHours(), at.getMinutes(), at.getSeconds()]
    .map((figure) => String(figure).padStart(2, "0")).join(":");
}
