import { Unavailable } from "../errors.ts";

/** A field of a JSON object; undefined for anything else. */
export function field(json: unknown, name: string): unknown {
  return typeof json === "object" && json !== null && !Array.isArray(json)
    ? (json as Record<string, unknown>)[name]
    : undefined;
}

/** A field that holds text, or null. */
export function textField(json: unknown, name: string): string | null {
  const value = field(json, name);
  return typeof value === "string" && value !== "" ? value : null;
}

/** A field that holds a web address, or null: nothing else is shown as a link. */
export function linkField(json: unknown, name: string): string | null {
  const value = field(json, name);
  return isWebUrl(value) ? value : null;
}

/**
 * The id in an answer.
 *
 * @throws Unavailable if there is none.
 */
export function idIn(json: unknown, doing: string): string {
  const id = textField(json, "id");
  if (id === null) throw oddAnswer(doing, "no id");
  return id;
}

/**
 * The object in the `data` of an answer of the V4 API.
 *
 * @throws Unavailable if there is none.
 */
export function dataIn(json: unknown, doing: string): object {
  const data = field(json, "data");
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return data;
  throw oddAnswer(doing, "no data");
}

/** Whether this is an absolute http(s) address. */
export function isWebUrl(value: unknown): value is string {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

/**
 * JSON of another shape than documented. It is most likely that of a box in between; the next answer
 * may be the real one.
 *
 * @param what What the answer holds instead: `no id`.
 */
export function oddAnswer(doing: string, what: string): Unavailable {
  return new Unavailable(`Cannot ${doing}: the answer holds ${what}`, "api_fault");
}

/**
 * The path and query of a link that the V4 API gives, to be asked below the API's base. Links are
 * relative (V4 API, pagination); of an absolute one the host is left out, so that no answer can send
 * our token to another host.
 *
 * @returns Null unless it leads into the V4 API.
 */
export function v4Path(link: unknown): string | null {
  if (typeof link !== "string" || !URL.canParse(link, "https://api.frame.io")) return null;
  const { pathname, search } = new URL(link, "https://api.frame.io");
  return pathname.startsWith("/v4/") ? pathname + search : null;
}
