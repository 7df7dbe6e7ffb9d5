/**
 * Draws a take's parts into its canvas. States differ in height as well as in color, so the strip reads
 * without color too: registered is a low line, in flight half high, stored and verified full, changed a
 * comb; what was sent more than once has a line of its own below.
 */
import { resentSpans, stripCells } from "./cells.js";

const HEIGHTS = { registered: 0.25, sending: 0.6, stored: 1, verified: 1, changed: 1 };

/** Height of the line below, with its gap, in CSS pixels. */
const RESENT_PX = 3;
const GAP_PX = 2;

/** Draws the strip at the canvas's present size, sharp on any screen. */
export function drawStrip(canvas, view) {
  const ratio = globalThis.devicePixelRatio || 1;
  const width = Math.round(canvas.clientWidth * ratio);
  const height = Math.round(canvas.clientHeight * ratio);
  if (width === 0 || height === 0) return;
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const styles = getComputedStyle(canvas);
  const colorOf = (name) => styles.getPropertyValue(`--strip-${name}`).trim();
  const pen = canvas.getContext("2d");
  pen.clearRect(0, 0, width, height);
  const floor = height - Math.round((RESENT_PX + GAP_PX) * ratio);
  pen.fillStyle = colorOf("ground");
  pen.fillRect(0, 0, width, floor);

  const cells = stripCells(view.strip, view.recordedBytes, width);
  let start = 0;
  for (let x = 1; x <= width; x++) {
    if (x < width && cells[x] === cells[start]) continue;
    const state = cells[start];
    if (state !== null) {
      const tall = Math.round(floor * HEIGHTS[state]);
      pen.fillStyle = colorOf(state);
      pen.fillRect(start, floor - tall, Math.max(x - start, ratio), tall);
      if (state === "changed") notch(pen, start, x, floor, ratio);
    }
    start = x;
  }

  pen.fillStyle = colorOf("resent");
  for (const [from, to] of resentSpans(view.strip, view.recordedBytes, width)) {
    pen.fillRect(from, height - RESENT_PX * ratio, Math.max(to - from, 2 * ratio), height);
  }
}

/** Cuts gaps into a run, so that it differs from a full one in shape. */
function notch(pen, from, to, floor, ratio) {
  for (let x = from + 2 * ratio; x < to; x += 4 * ratio) {
    pen.clearRect(x, 0, 2 * ratio, floor * 0.6);
  }
}
