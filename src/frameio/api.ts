import { Config, Rejected, TokenExpired, Unavailable } from "../errors.ts";
import type { Http, HttpAnswer } from "../runtime/http.ts";

/** How to reach the API and as whom. */
export interface ApiAccess {
  /** Without a slash at the end, e.g. `https://api.frame.io`. */
  readonly baseUrl: string;
  /** Bearer token. Never shown. */
  readonly token: string;
}

/** One call of the JSON API. */
export type ApiCall = (call: {
  readonly method: "GET" | "POST";
  /** Path below the base, starting with a slash. */
  readonly path: string;
  readonly body?: unknown;
  /** What is being done, for messages: `create the asset`. */
  readonly doing: string;
  readonly signal: AbortSignal;
}) => Promise<unknown>;

/** How long one API exchange may take, in milliseconds: the service itself gives up after 30 s. */
const API_TIMEOUT_MS = 40_000;

/**
 * Makes the function through which every API call goes: authorization, and the answer's class.
 *
 * The call throws Unavailable (network, 429, 5xx, a box in between that answers something else than
 * JSON), TokenExpired (401) or Rejected (any other refusal).
 */
export function apiCaller(http: Http, access: ApiAccess): ApiCall {
  return async ({ method, path, body, doing, signal }) => {
    const answer = await http.request({
      method,
      url: access.baseUrl + path,
      headers: {
        authorization: `Bearer ${access.token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: API_TIMEOUT_MS,
      signal,
    });
    if (answer.status >= 200 && answer.status < 300) return parsed(answer, doing);
    throw refusal(answer, doing);
  };
}

/** A captive portal or proxy may answer 200 with a page of its own: only JSON counts. */
function parsed(answer: HttpAnswer, doing: string): unknown {
  try {
    return JSON.parse(answer.text);
  } catch (error) {
    throw new Unavailable(
      `Cannot ${doing}: something between here and Frame.io answered with a page of its own ` +
        `(status ${answer.status}). Check for a login page of this network`,
      "network",
      { cause: error },
    );
  }
}

/** The class of an answer that is no success (frameio API, error bodies and rate limits). */
function refusal(answer: HttpAnswer, doing: string): Error {
  const said = detailOf(answer.text);
  const words = `Cannot ${doing}: Frame.io answered ${answer.status}${said ? ` (${said})` : ""}`;
  const retryAfterMs = retryAfter(answer.headers);
  if (answer.status === 429) return new Unavailable(words, "rate_limit", { retryAfterMs });
  if (answer.status === 408) return new Unavailable(words, "network", { retryAfterMs });
  if (answer.status >= 500 && answer.status !== 501) {
    return new Unavailable(words, "api_fault", { retryAfterMs });
  }
  if (answer.status === 401) {
    return new TokenExpired(
      `Cannot ${doing}: Frame.io refused the token (401). Put a valid token into FRAMEIO_TOKEN ` +
        "or the file named with --token-file, then run the same command again",
    );
  }
  return new Rejected(`${words}${REMEDIES[answer.status] ?? ""}`, answer.status);
}

/** What a person can do about a refusal, by status. */
const REMEDIES: Readonly<Record<number, string>> = {
  402: ". The account's plan does not allow more: ask its owner",
  403: ". The token lacks the permission, or the account is locked: ask its owner",
  404:
    ". Check the id (--folder, or whether somebody deleted the asset) and that the token may see it",
};

/** What the error body says, in the V2 and V4 shapes; empty for anything else. */
function detailOf(text: string): string {
  try {
    const body = JSON.parse(text);
    const first = body?.errors?.[0];
    const said = first?.detail ?? first?.title ?? body?.message ?? body?.error;
    return typeof said === "string" ? said.slice(0, 300) : "";
  } catch {
    return "";
  }
}

function retryAfter(headers: Headers): number | undefined {
  const seconds = Number(headers.get("retry-after") ?? NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

/** Checks an API base given by a person and takes a slash off its end. */
export function apiBase(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Config(`Cannot use --api ${text}: it is not a URL such as https://api.frame.io`);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new Config(`Cannot use --api ${text}: it must begin with https:// or http://`);
  }
  return url.href.replace(/\/+$/, "");
}
