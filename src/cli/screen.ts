import type { Line } from "./paint.ts";

const NO_WRAP = "\x1b[?7l";
const WRAP = "\x1b[?7h";
const CLEAR_LINE_END = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** Lines that are kept in place at the bottom of what was printed. */
export interface Screen {
  /**
   * Prints `above` to stay, and shows `lines` below in the place of those shown before, in one write.
   *
   * @param lines The display, each narrower and all together lower than the terminal.
   * @param above Lines for the scrollback; they may be wider than the terminal.
   * @param columns The terminal's width now.
   */
  show(lines: readonly Line[], above: readonly string[], columns: number): void;
}

/**
 * Creates the screen. The cursor rests at the start of the line below the display. Lines that did not
 * change are stepped over, so nothing flickers. A terminal that became narrower has wrapped the old
 * lines again, as all common ones do now; the way back up counts that in.
 */
export function createScreen(out: (text: string) => void): Screen {
  let shown: readonly Line[] = [];
  let shownColumns = 0;

  return {
    show(lines, above, columns) {
      const isAnew = above.length > 0 || columns !== shownColumns;
      const changed = isAnew || lines.length !== shown.length ||
        lines.some((line, index) => line.text !== shown[index]?.text);
      if (!changed) return;
      const up = shown.reduce((sum, line) => sum + rowsOf(line, columns), 0);
      let text = up > 0 ? `\x1b[${up}A\r` : "";
      if (isAnew) text += CLEAR_BELOW + above.map((line) => `${line}\r\n`).join("");
      text += NO_WRAP;
      lines.forEach((line, index) => {
        const isThere = !isAnew && line.text === shown[index]?.text;
        text += isThere ? "\r\n" : `${line.text}${CLEAR_LINE_END}\r\n`;
      });
      out(text + WRAP + CLEAR_BELOW);
      shown = lines;
      shownColumns = columns;
    },
  };
}

function rowsOf(line: Line, columns: number): number {
  return Math.max(1, Math.ceil(line.columns / columns));
}
