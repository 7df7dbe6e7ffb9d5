import type { TakeView } from "../control/view.ts";
import { compactLine, moreLine, takeLines } from "./lines.ts";
import { type Line, type Paint, paintLine, type Piece } from "./paint.ts";

/** Room of the display, in characters. */
export interface Room {
  readonly columns: number;
  readonly rows: number;
}

/** The keys that do something now. */
function hintOf(views: readonly TakeView[]): Piece[] {
  const isPaused = views.some(({ phase }) => phase === "paused");
  return [["idle", `${isPaused ? "r resume   " : ""}f finish a take   Ctrl-C suspend`]];
}

/**
 * The whole display: every take in full where that fits, else one line a take, else as many lines as
 * fit and a count of the rest. Never taller or wider than the room. Pure.
 */
export function frame(views: readonly TakeView[], room: Room, paint: Paint): Line[] {
  const { columns, rows } = room;
  const print = (lines: readonly Piece[][]) =>
    lines.slice(0, rows).map((line) => paintLine(line, columns, paint));
  const hint = hintOf(views);
  if (views.length === 0) return print([[["idle", "No take is on the way."]], hint]);
  const full = views.flatMap((view) => [...takeLines(view, columns), []]);
  if (full.length < rows) return print([...full, hint]);
  if (views.length < rows) return print([...views.map((view) => compactLine(view, columns)), hint]);
  const shown = mostUrgent(views, Math.max(0, rows - 2));
  const rest = views.filter((view) => !shown.includes(view));
  return print([...shown.map((view) => compactLine(view, columns)), moreLine(rest), hint]);
}

/** The first `count` takes in their order, those with a problem before those without. */
function mostUrgent(views: readonly TakeView[], count: number): TakeView[] {
  const troubled = views.filter((view) => view.problem !== null);
  const calm = views.filter((view) => view.problem === null);
  const chosen = [...troubled, ...calm].slice(0, count);
  return views.filter((view) => chosen.includes(view));
}
