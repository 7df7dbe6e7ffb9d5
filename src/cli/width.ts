/** How wide text stands on a terminal, and how it is cut to fit. Pure. */

/**
 * Everything that could move the cursor, change colors or turn the line around: control characters
 * (ESC, newline and C1 among them), format characters such as right-to-left overrides, line and
 * paragraph separators, lone surrogates. The joiners of emoji and of some scripts are harmless.
 */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|(?![\u200c\u200d])\p{Cf}/gu;

/** Combining marks and joiners: they stand on the character before. */
const NARROWEST = /^[\p{Mn}\p{Me}\u200c\u200d]$/u;

/** Halfwidth Katakana and Hangul; they belong to wide scripts and are narrow all the same. */
const HALFWIDTH = /^[\uff61-\uffdc]$/u;

/** East Asian wide characters, and emoji that are shown as pictures by default (Unicode TR 11, TR 51). */
const WIDE =
  /^[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Bopomofo}\p{sc=Yi}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]$/u;

const REGIONAL = /^\p{Regional_Indicator}$/u;
const EMOJI_STYLE = "\ufe0f";
const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** Text from outside (file names, messages of servers) made safe to print on one line. */
export function clean(text: string): string {
  return text.replace(UNSAFE, "\ufffd");
}

/** The same for text whose own line breaks are meant. */
export function cleanLines(text: string): string {
  return text.split("\n").map(clean).join("\n");
}

/**
 * Columns that `text` takes, at most: terminals disagree about joined emoji, and a line that turns out
 * narrower does no harm, while one that wraps would.
 */
export function displayWidth(text: string): number {
  let columns = 0;
  for (const char of text) {
    if (char === EMOJI_STYLE) columns += 1;
    else if (NARROWEST.test(char)) continue;
    else columns += WIDE.test(char) && !HALFWIDTH.test(char) && !REGIONAL.test(char) ? 2 : 1;
  }
  return columns;
}

/** The text, cut with an ellipsis where it is wider than `columns`; never cuts a character in two. */
export function fit(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 1) return "";
  let kept = "";
  let left = columns - 1;
  for (const { segment } of segmenter.segment(text)) {
    left -= displayWidth(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** Breaks at spaces into at most `lines` lines of `columns`; what does not fit ends in an ellipsis. */
export function wrap(text: string, columns: number, lines: number): string[] {
  const wrapped: string[] = [];
  const words = text.split(" ");
  while (words.length > 0) {
    if (wrapped.length === lines - 1) return [...wrapped, fit(words.join(" "), columns)];
    let line = words.shift()!;
    while (words.length > 0 && displayWidth(`${line} ${words[0]}`) <= columns) {
      line += ` ${words.shift()}`;
    }
    wrapped.push(fit(line, columns));
  }
  return wrapped;
}
