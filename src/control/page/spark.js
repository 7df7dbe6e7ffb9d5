/** The small chart of a rate: an SVG line that is drawn with attributes alone, as the policy wants. */
import { setAttribute } from "./write.js";
import { size } from "./words.js";

/** The box that the line is drawn in; the page stretches it. */
const WIDTH = 120;
const HEIGHT = 30;

/** Figures that fill the chart: 40 of 3 s are the last 2 minutes. */
const FULL = 40;

/** Draws the figures, newest at the right; a chart that has just begun fills from there. */
export function drawSpark(svg, rates) {
  const points = sparkPoints(rates);
  setAttribute(svg.querySelector("polyline"), "points", points);
  const first = points.split(" ", 1)[0].split(",")[0];
  setAttribute(
    svg.querySelector("polygon"),
    "points",
    points === "" ? "" : `${first},${HEIGHT} ${points} ${WIDTH},${HEIGHT}`,
  );
  const most = size(Math.max(0, ...rates));
  const label = rates.length === 0
    ? "No rate yet"
    : `Rate over the last 2 minutes: between ${size(Math.min(...rates))} and ${most} a second`;
  setAttribute(svg, "aria-label", label);
}

/** The line's points; the highest rate touches the top, and nothing is a line at the bottom. */
export function sparkPoints(rates) {
  const shown = rates.slice(-FULL);
  const most = Math.max(1, ...shown);
  const step = WIDTH / (FULL - 1);
  return shown.map((rate, index) => {
    const x = WIDTH - (shown.length - 1 - index) * step;
    const y = HEIGHT - 1 - (rate / most) * (HEIGHT - 2);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  }).join(" ");
}
