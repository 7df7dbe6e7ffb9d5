/**
 * The last gate before anything leaves through the control API. Messages are made without secrets; what
 * slips into one all the same (a URL in the words of some library, the journal's folder) ends here.
 */

/** Tokens as they look: after `Bearer`, JSON Web Tokens (RFC 7519), and Frame.io's developer tokens. */
const TOKENS = /\bBearer\s+[^\s"',]+|\beyJ[\w-]{8,}\.[\w-]+(\.[\w-]*)?|\bfio-[a-z]-[\w-]{16,}/gi;

/** A URL with user information or a signature in it (Amazon S3, Signature Version 4 query parameters). */
const SECRET_URL = /\bhttps?:\/\/[^\s"'<>]*(?:X-Amz-|Signature=|token=|[^\s"'<>/?#]+@)[^\s"'<>]*/gi;

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

/** @param hidden Texts such as the state folder; empty ones are passed over. */
export function createRedactor(hidden: readonly Hidden[]): Redactor {
  const literal = hidden.filter(({ text }) => text !== "");

  function text(text: string): string {
    let shown = text;
    for (const { text, shownAs } of literal) shown = shown.replaceAll(text, () => shownAs);
    return shown.replace(SECRET_URL, "***").replace(TOKENS, "***");
  }

  return {
    text,
    json: (value) =>
      JSON.stringify(value, (_key, one) => typeof one === "string" ? text(one) : one),
  };
}
