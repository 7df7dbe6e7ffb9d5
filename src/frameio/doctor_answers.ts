import type { HttpAnswer } from "../runtime/http.ts";

/** What an answer shows. */
interface Shown {
  readonly is: "ok" | "warning" | "failed";
  readonly words: string;
  readonly remedy: string | null;
}

/** S3 refuses what is signed by a clock that is further off, in milliseconds: 15 min (Amazon S3, error codes,
 * RequestTimeTooSkewed). */
const FATAL_SKEW_MS = 15 * 60_000;
/** Further off a clock is worth a word, in milliseconds; the header has whole seconds. */
const NOTED_SKEW_MS = 60_000;

/**
 * How far this machine's clock is off, by the answer's Date (HTTP Semantics, RFC 9110, 6.6.1).
 *
 * @param nowMs When the answer was given, by our clock.
 */
export function clockFinding(answer: HttpAnswer, nowMs: number): Shown {
  const theirsMs = Date.parse(answer.headers.get("date") ?? "");
  if (Number.isNaN(theirsMs)) {
    return { is: "ok", words: "the answer has no date to set the clock by", remedy: null };
  }
  const skewMs = nowMs - theirsMs;
  const remedy = "Set this machine's clock, best from the network";
  const words = `this machine's clock is ${spanOf(Math.abs(skewMs))} ${
    skewMs < 0 ? "behind" : "ahead"
  }`;
  if (Math.abs(skewMs) > FATAL_SKEW_MS) {
    return { is: "failed", words: `${words}: the storage refuses over 15 min`, remedy };
  }
  if (Math.abs(skewMs) > NOTED_SKEW_MS) return { is: "warning", words, remedy };
  return { is: "ok", words: "this machine's clock is right", remedy: null };
}

function spanOf(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/**
 * Whether Frame.io itself answered `GET /health`, which is `{"status":"ok"}` (V2 API, health check), or
 * a box in between.
 */
export function portalFinding({ status, text }: HttpAnswer, host: string): Shown {
  if (status === 200 && isHealthy(text)) {
    return { is: "ok", words: `${host} is well`, remedy: null };
  }
  const isPage = /^\s*</.test(text);
  if (status === 200 || status === 511 || isPage || (status >= 300 && status < 400)) {
    return {
      is: "failed",
      words: `not ${host} answers, but a page of this network, with ${status}`,
      remedy: "Open a browser on this machine and log in to the network",
    };
  }
  if (status >= 500 || status === 429) {
    return { is: "failed", words: `${host} answers ${status}`, remedy: "Try again later" };
  }
  // That the way to ask is there for everybody is in one document only: the token's check will tell.
  return { is: "warning", words: `${host} does not tell how it is: ${status}`, remedy: null };
}

function isHealthy(text: string): boolean {
  try {
    return JSON.parse(text)?.status === "ok";
  } catch {
    return false;
  }
}

/** Whether S3 itself answered, whatever it said: it gives every answer an id, and errors as XML. */
export function isStorage({ headers, text }: HttpAnswer): boolean {
  return headers.has("x-amz-request-id") || /<Error>\s*<Code>/.test(text);
}
