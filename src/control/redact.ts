/**
 * The last gate before anything leaves through the control API. Messages are made without secrets; what
 * slips into one all the same (a URL in the words of some library, the journal's folder) ends here.
 */
import { isAbsolute, join, resolve, SEPARATOR } from "@std/path";

/** Tokens as they look: after `Bearer`, JSON Web Tokens (RFC 7519), and Frame.io's developer tokens. */
const TOKENS = /\bBearer\s+[^\s"',]{8,}|\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?|\bfio-[a-z]-[\w-]{16,}/gi;

/** A URL with user information or a signature in it (Amazon S3, Signature Version 4 query parameters). */
const SECRET_URL = /\bhttps?:\/\/[^\s"'<>]*(?:X-Amz-|Signature=|token=|[^\s"'<>/?#]+@)[^\s"'<>]*/gi;

/** What every one of them holds: most answers hold none, and need no second look. */
const SUSPICIOUS = /Bearer\s|eyJ|fio-|X-Amz-|Signature=|token=|https?:[^"]*@/i;

/** A text that must not be shown and what stands for it. */
export interface Hidden {
  readonly text: string;
  readonly shownAs: string;
}

/** Takes out of a text, or of every text in a value, what nobody outside should read. */
export interface Redactor {
  text(text: string): string;
  /** The value as JSON. */
  json(value: unknown): string;
}

/** @param hidden Paths such as the state folder. */
export function createRedactor(hidden: readonly Hidden[]): Redactor {
  const literals = hidden.map(({ text, shownAs }) => ({
    // The whole name: `/state` is not in `/state2`.
    pattern: new RegExp(`${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![^\\s/\\\\:;,"'])`, "g"),
    inJson: JSON.stringify(text).slice(1, -1),
    shownAs,
  }));

  function text(text: string): string {
    let shown = text;
    for (const { pattern, shownAs } of literals) shown = shown.replace(pattern, () => shownAs);
    return shown.replace(SECRET_URL, "***").replace(TOKENS, "***");
  }

  return {
    text,
    json(value) {
      const plain = JSON.stringify(value);
      const isClean = !SUSPICIOUS.test(plain) &&
        !literals.some(({ inJson }) => plain.includes(inJson));
      if (isClean) return plain;
      return JSON.stringify(value, (_key, one) => typeof one === "string" ? text(one) : one);
    },
  };
}

/**
 * What to hide of a state folder. Where recordings lie in it, their paths are shown, and the journal's
 * alone is not.
 *
 * @param roots Folders of recordings.
 */
export function hiddenOf(stateFolder: string, roots: readonly string[]): Hidden[] {
  const journal = { text: join(stateFolder, "journal.sqlite"), shownAs: "journal.sqlite" };
  const holds = (root: string) =>
    join(resolve(root), SEPARATOR).startsWith(join(resolve(stateFolder), SEPARATOR));
  const isShown = !isAbsolute(stateFolder) || roots.some(holds);
  return isShown ? [journal] : [journal, { text: stateFolder, shownAs: "the state folder" }];
}
