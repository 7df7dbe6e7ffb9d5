import { isOver } from "../control/page/words.js";
import type { TakeView } from "../control/view.ts";
import type { PublishedEvent } from "../events.ts";
import type { Clock } from "../runtime/clock.ts";
import { frame, type Room } from "./frame.ts";
import { eventLine, finalLine, plainLine } from "./lines.ts";
import { colorPaint, noPaint, type Piece } from "./paint.ts";
import { createScreen } from "./screen.ts";
import { clean } from "./width.ts";

/** In a log, a take that moves is told of again after this time. */
const PLAIN_EVERY_MS = 5_000;

/** In a log, a take that passes another tenth is told of after this time at the earliest. */
const PLAIN_TENTH_MS = 1_000;

/** Room to assume where the terminal does not say. */
const USUAL_ROOM: Room = { columns: 80, rows: 24 };

/** Options of {@linkcode createTerminal}. */
export interface TerminalOptions {
  /** Prints; each call is one whole update. */
  readonly out: (text: string) => void;
  /** The terminal's width now; 0 where it is not known. */
  readonly columns: () => number;
  /** The terminal's height now; 0 where it is not known. */
  readonly rows: () => number;
  /** Whether colors are wanted; used only where `interactive`. */
  readonly color: boolean;
  /** True: a display redrawn in place. False: plain lines without any escape sequence, for a log. */
  readonly interactive: boolean;
  readonly clock: Clock;
}

/** The progress of takes on a terminal or in a log. It sets no timers: the caller decides when. */
export interface Terminal {
  /** Shows the takes as they are now. Cheap where nothing changed; at most 8 times a second is wise. */
  update(views: readonly TakeView[]): void;
  /** Prints an event that deserves a line of its own above the display; most do not. */
  event(event: PublishedEvent): void;
  /** Prints a message above the display. */
  line(text: string): void;
  /** Takes the display away and says what became of every take that was not told yet. Call it last. */
  finish(views: readonly TakeView[]): void;
}

/** Creates the terminal report. */
export function createTerminal(options: TerminalOptions): Terminal {
  const { interactive, out } = options;
  const paint = interactive && options.color ? colorPaint : noPaint;
  const screen = createScreen(out);
  const isDue = createPace(options.clock);
  const names = new Map<string, string>();
  const told = new Set<string>();
  let live: readonly TakeView[] | undefined;

  const paintAll = (pieces: readonly Piece[]) =>
    pieces.map(([style, text]) => paint(style, text)).join("");

  /** Prints lines that stay, and the display of the takes that are under way below them. */
  function print(lines: readonly string[]): void {
    if (!interactive) return lines.forEach((line) => out(`${line}\n`));
    const columns = options.columns() || USUAL_ROOM.columns;
    const rows = options.rows() || USUAL_ROOM.rows;
    const free = { columns: columns - 1, rows: rows - 1 }; // the last column wraps, the cursor needs a row
    screen.show(live === undefined ? [] : frame(live, free, paint), lines, columns);
  }

  /** The final lines of those takes that were not told before. */
  function finalLines(views: readonly TakeView[]): string[] {
    const news = views.filter((view) => !told.has(view.id));
    for (const view of news) told.add(view.id);
    return news.map((view) => paintAll(finalLine(view)));
  }

  return {
    update(views) {
      for (const view of views) names.set(view.id, view.name);
      live = views.filter((view) => !isOver(view));
      for (const view of live) told.delete(view.id);
      const moved = interactive ? [] : live.filter(isDue);
      print([
        ...moved.map((view) => paintAll(plainLine(view))),
        ...finalLines(views.filter(isOver)),
      ]);
    },
    event(event) {
      if (event.type === "take.started" || event.type === "take.resumed") {
        names.set(event.takeId, event.name);
      }
      const line = eventLine(event, names.get(event.takeId) ?? event.takeId);
      if (line !== null) print([paintAll(line)]);
    },
    line(text) {
      print(text.split("\n").map(clean));
    },
    finish(views) {
      live = undefined;
      print(finalLines(views));
    },
  };
}

/** Decides for a log when a take is worth another line, so that an hour of recording stays readable. */
function createPace(clock: Clock): (view: TakeView) => boolean {
  const last = new Map<string, { view: TakeView; atMs: number }>();

  return (view) => {
    const before = last.get(view.id);
    const nowMs = clock.monotonicMs();
    if (before !== undefined && !isNews(before.view, view, nowMs - before.atMs)) return false;
    last.set(view.id, { view, atMs: nowMs });
    return true;
  };
}

function isNews(before: TakeView, view: TakeView, elapsedMs: number): boolean {
  if (before.phase !== view.phase) return true;
  if ((before.problem === null) !== (view.problem === null)) return true;
  const hasMoved = before.storedBytes !== view.storedBytes ||
    before.verifiedBytes !== view.verifiedBytes || before.problem !== view.problem;
  if (!hasMoved || elapsedMs < PLAIN_TENTH_MS) return false;
  return elapsedMs >= PLAIN_EVERY_MS || tenths(before) !== tenths(view);
}

/** Tenths of the recording that are stored, plus those that are verified. */
function tenths({ recordedBytes, storedBytes, verifiedBytes }: TakeView): number {
  if (recordedBytes === 0) return 0;
  return Math.floor(10 * storedBytes / recordedBytes) +
    Math.floor(10 * verifiedBytes / recordedBytes);
}
