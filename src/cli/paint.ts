import { bold, dim, green, red, yellow } from "@std/fmt/colors";
import { displayWidth, fit } from "./width.ts";

/** What a piece of a line means; color only underlines what its words and glyphs say. */
export type Style = "plain" | "strong" | "idle" | "going" | "attention" | "done" | "bad";

/** A piece of a line: how it is shown, and its text, already cleaned. */
export type Piece = readonly [style: Style, text: string];

/** Turns a piece into what is printed. */
export type Paint = (style: Style, text: string) => string;

/** Prints without any escape sequence. */
export const noPaint: Paint = (_, text) => text;

const COLORS: Record<Exclude<Style, "plain">, (text: string) => string> = {
  strong: bold,
  idle: dim,
  going: green,
  attention: yellow,
  done: green,
  bad: red,
};

/** Prints in the terminal's own sixteen colors, so that its owner's scheme holds. */
export const colorPaint: Paint = (style, text) =>
  style === "plain" || text === "" ? text : COLORS[style](text);

/** A printed line, and the columns it takes. */
export interface Line {
  readonly text: string;
  readonly columns: number;
}

/** Puts pieces together to a line that is never wider than `columns`. */
export function paintLine(pieces: readonly Piece[], columns: number, paint: Paint): Line {
  let text = "";
  let left = columns;
  for (const [style, piece] of pieces) {
    const fitted = fit(piece, left);
    text += paint(style, fitted);
    left -= displayWidth(fitted);
    if (fitted !== piece) break;
  }
  return { text, columns: columns - left };
}
