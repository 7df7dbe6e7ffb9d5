/**
 * The part strip cut to a number of equal cells, for the page's pixels and the terminal's characters.
 *
 * @import { StripRun, StripState } from "../view.ts"
 */

/** Where several states fall into one cell, the one that is furthest from done shows: never boast. */
const WEIGHTS = { verified: 1, stored: 2, registered: 3, sending: 4, changed: 5 };

/**
 * The state to show in each cell; null where nothing is planned yet. Cells are shares of bytes, so a
 * big part looks big. Costs one step for each run and cell, however many parts the runs stand for.
 *
 * @param {readonly StripRun[]} strip
 * @param {number} recordedBytes Bytes of the recording; what no part covers yet stays null at the end.
 * @param {number} count Number of cells.
 * @returns {(StripState | null)[]}
 */
export function stripCells(strip, recordedBytes, count) {
  /** @type {(StripState | null)[]} */
  const cells = Array.from({ length: count }, () => null);
  const plannedBytes = strip.reduce((sum, run) => sum + run.sizeBytes, 0);
  const totalBytes = Math.max(recordedBytes, plannedBytes);
  let offsetBytes = 0;
  for (const { sizeBytes, state } of strip) {
    const first = Math.floor((offsetBytes / totalBytes) * count);
    offsetBytes += sizeBytes;
    const end = Math.min(count, Math.ceil((offsetBytes / totalBytes) * count));
    for (let cell = first; cell < end; cell++) {
      const shown = cells[cell];
      if (!shown || WEIGHTS[state] > WEIGHTS[shown]) cells[cell] = state;
    }
  }
  return cells;
}

/**
 * How many parts are in each state, most done first, states without a part left out.
 *
 * @param {readonly StripRun[]} strip
 * @returns {{ state: StripState, count: number }[]}
 */
export function stripCounts(strip) {
  /** @type {StripState[]} */
  const states = ["verified", "stored", "sending", "registered", "changed"];
  return states
    .map((state) => ({
      state,
      count: strip.reduce((sum, run) => sum + (run.state === state ? run.to - run.from + 1 : 0), 0),
    }))
    .filter(({ count }) => count > 0);
}

/**
 * Where on the strip parts were sent more than once: spans of cells `[from, to)`, neighbours joined.
 *
 * @param {readonly StripRun[]} strip
 * @param {number} recordedBytes
 * @param {number} count Number of cells.
 * @returns {[from: number, to: number][]}
 */
export function resentSpans(strip, recordedBytes, count) {
  const plannedBytes = strip.reduce((sum, run) => sum + run.sizeBytes, 0);
  const totalBytes = Math.max(recordedBytes, plannedBytes, 1);
  /** @type {[number, number][]} */
  const spans = [];
  let offsetBytes = 0;
  for (const { sizeBytes, resent } of strip) {
    const from = Math.floor((offsetBytes / totalBytes) * count);
    offsetBytes += sizeBytes;
    if (!resent) continue;
    const to = Math.min(count, Math.ceil((offsetBytes / totalBytes) * count));
    const last = spans.at(-1);
    if (last !== undefined && from <= last[1]) last[1] = Math.max(last[1], to);
    else spans.push([from, to]);
  }
  return spans;
}
