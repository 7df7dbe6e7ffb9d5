/** What the terminal says of takes and events, as lines. Pure. */
import { format as formatBytes } from "@std/fmt/bytes";
import { stripCells } from "../control/page/cells.js";
import { duration, isOver, marksOf, PHASES, toneOf } from "../control/page/words.js";
import type { StripState, TakeView } from "../control/view.ts";
import type { PublishedEvent } from "../events.ts";
import type { Piece } from "./paint.ts";
import { clean, displayWidth, fit, wrap } from "./width.ts";

/** Lines that a problem or long words may take: enough for a remedy at 40 columns. */
const MAX_WRAPPED_LINES = 4;

/** One character and one style for each state, so the strip reads without color. */
const STRIP: Record<StripState | "open", Piece> = {
  verified: ["done", "█"],
  stored: ["done", "▓"],
  sending: ["attention", "▒"],
  registered: ["idle", "░"],
  changed: ["bad", "!"],
  open: ["idle", "·"],
};

/** A size of fixed width while it counts: `12.4 GB`. */
function bytes(sizeBytes: number): string {
  return formatBytes(sizeBytes).padStart(7);
}

/** The take in three or four lines: state and name, figures, part strip, and what stands in the way. */
export function takeLines(view: TakeView, columns: number): Piece[][] {
  const lines = headLines(view, columns);
  for (const line of flow(figuresOf(view), columns - 2)) lines.push([["plain", `  ${line}`]]);
  if (view.strip.length > 0) lines.push([["plain", "  "], ...stripPieces(view, columns - 2)]);
  if (view.problem !== null) {
    wrap(clean(view.problem), columns - 4, MAX_WRAPPED_LINES).forEach((line, index) => {
      lines.push([["attention", `  ${index === 0 ? "!" : " "} ${line}`]]);
    });
  }
  return lines;
}

function headLines(view: TakeView, columns: number): Piece[][] {
  const tone = toneOf(view);
  const name = clean(view.name);
  const words = clean(view.words);
  const head: Piece[] = [[tone, `${PHASES[view.phase].glyph} `], ["strong", name]];
  const marks = marksOf(view).map((mark): Piece[] => [["attention", `  ${mark}`]]);
  if (displayWidth(`  ${name}  ${words}`) <= columns) {
    return [[...head, [tone, `  ${words}`]], ...marks];
  }
  const wrapped = wrap(words, columns - 2, MAX_WRAPPED_LINES);
  return [head, ...wrapped.map((line): Piece[] => [[tone, `  ${line}`]]), ...marks];
}

function figuresOf(view: TakeView): string[] {
  if (view.phase === "waiting") return [];
  const figures = [];
  if (view.behindSeconds !== null) {
    figures.push(`${duration(view.behindSeconds).padStart(5)} behind`);
  }
  if (!isOver(view)) figures.push(rateOf(view));
  figures.push(`recorded ${bytes(view.recordedBytes)}`, `stored ${bytes(view.storedBytes)}`);
  if (view.verifiedBytes > 0) figures.push(`verified ${bytes(view.verifiedBytes)}`);
  if (view.doneInSeconds !== null) figures.push(`done in about ${duration(view.doneInSeconds)}`);
  return figures;
}

function rateOf(view: TakeView): string {
  return `${formatBytes(view.rateBytesPerSecond)}/s`.padStart(9);
}

/** Fields side by side, on as many lines as they need. */
function flow(fields: readonly string[], columns: number): string[] {
  const lines: string[] = [];
  for (const field of fields) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(`${last}   ${field}`) <= columns) {
      lines[lines.length - 1] = `${last}   ${field}`;
    } else lines.push(field);
  }
  return lines;
}

function stripPieces(view: TakeView, columns: number): Piece[] {
  const pieces: Piece[] = [];
  for (const cell of stripCells(view.strip, view.recordedBytes, Math.max(0, columns))) {
    const [style, char] = STRIP[cell ?? "open"];
    const last = pieces.at(-1);
    if (last?.[0] === style) pieces[pieces.length - 1] = [style, last[1] + char];
    else pieces.push([style, char]);
  }
  return pieces;
}

/** The take in one line, for when there are many: glyph, name, lag, and what else has room. */
export function compactLine(view: TakeView, columns: number): Piece[] {
  const nameColumns = Math.max(8, Math.floor(columns * 0.4));
  const name = fit(clean(view.name), nameColumns);
  const padding = " ".repeat(nameColumns - displayWidth(name));
  const lag = view.behindSeconds === null
    ? PHASES[view.phase].name
    : `${duration(view.behindSeconds)} behind`;
  const glyph = view.problem === null ? PHASES[view.phase].glyph : "!";
  const line: Piece[] = [
    [toneOf(view), `${glyph} `],
    ["strong", name],
    ["plain", `${padding}  ${lag.padStart(18)}`],
  ];
  const rest = columns - 2 - nameColumns - 20;
  if (rest >= 11) line.push(["plain", `  ${rateOf(view)}`]);
  if (rest >= 21) line.push(["plain", "  "], ...stripPieces(view, rest - 13));
  return line;
}

/** The takes that found no room: `+ 7 more takes: 5 recording, 2 waiting`. */
export function moreLine(views: readonly TakeView[]): Piece[] {
  const counts = new Map<string, number>();
  for (const view of views) {
    const { name } = PHASES[view.phase];
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const phases = [...counts].map(([name, count]) => `${count} ${name}`).join(", ");
  return [["idle", `+ ${views.length} more ${views.length === 1 ? "take" : "takes"}: ${phases}`]];
}

/** What a take has come to, on a line of its own that stays on the screen and in logs. */
export function finalLine(view: TakeView): Piece[] {
  const isWhole = view.phase === "finalized";
  const stored = formatBytes(view.storedBytes);
  const facts = [
    ...marksOf(view),
    ...(view.assetId === null ? [] : [`asset ${clean(view.assetId)}`]),
    isWhole ? stored : `${stored} of ${formatBytes(view.recordedBytes)} stored`,
    ...(view.tailSeconds === null ? [] : [`tail ${duration(view.tailSeconds)}`]),
    `re-sent ${formatBytes(view.resentBytes)}`,
  ];
  const pieces: Piece[] = [
    ["strong", clean(view.name)],
    [toneOf(view), `  ${clean(view.words)}`],
    ["plain", `  ${facts.join("  ")}`],
  ];
  if (view.problem !== null) pieces.push([toneOf(view), `  ${clean(view.problem)}`]);
  return pieces;
}

/** Where a take stands, as one line of a log. */
export function plainLine(view: TakeView): Piece[] {
  const figures = figuresOf(view).map((figure) => figure.trim().replace(/ {2,}/, " "));
  const facts = [clean(view.name), clean(view.words), ...marksOf(view), ...figures];
  if (view.problem !== null) facts.push(clean(view.problem));
  return [["plain", facts.join("  ")]];
}

/** What is worth a line of its own among the events; null where the takes' own lines tell it. */
export function eventLine(event: PublishedEvent, name: string): Piece[] | null {
  const text = eventText(event);
  return text === null ? null : [["attention", `${clean(name)}: ${clean(text)}`]];
}

function eventText(event: PublishedEvent): string | null {
  switch (event.type) {
    case "take.warned":
      return event.message;
    case "take.resumed":
      return `resumed, ${formatBytes(event.storedBytes)} are stored already`;
    case "asset.abandoned":
      return `asset ${event.assetId} is left behind: ${event.reason}`;
    case "finish.asked":
      return `finish asked; the take ends at ${formatBytes(event.sizeBytes)}`;
    case "finish.withdrawn":
      return event.cutToBytes === undefined
        ? "its recorder has just stopped and rewrites the file: the take ends with it, whole"
        : `its file was cut to ${
          formatBytes(event.cutToBytes)
        }, less than was to be finished: what is ` +
          "recorded into it now is taken up whole";
    case "take.paused":
      return "paused: nothing is sent until it is resumed";
    case "take.unpaused":
      return "goes on";
    case "recording.changed_after_final":
      return `the file changed after its final part, to ${formatBytes(event.sizeBytes)}`;
    default:
      return null;
  }
}
