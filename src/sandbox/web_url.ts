/** Whether a text is an address that can be fetched: `http:` or `https:`. */
export function isWebUrl(text: unknown): text is string {
  return typeof text === "string" && /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
