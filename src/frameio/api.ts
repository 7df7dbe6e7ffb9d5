import { Config, Rejected, TokenExpired, Unavailable } from "../errors.ts";
import type { Http, HttpAnswer } from "../runtime/http.ts";
import { openGate, type RateGate } from "./rate_gate.ts";
import type { Tokens } from "./tokens.ts";

/** How to reach the API and as whom. */
export interface ApiAccess {
  /** Without a slash at the end, e.g. `https://api.frame.io`. */
  readonly baseUrl: string;
  /** Bearer tokens. Never shown. */
  readonly tokens: Tokens;
  /** Sent with every call, e.g. `x-client-version`. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default: no limits. */
  readonly gate?: RateGate;
}

/** What is asked of the JSON API. */
export interface ApiRequest {
  readonly method: "GET" | "POST";
  /** Path below the base, starting with a slash. */
  readonly path: string;
  readonly body?: unknown;
  /** Success is 204 without a body; otherwise that is a box in between. */
  readonly mayBeEmpty?: true;
  /** What is being done, for messages: `create the asset`. */
  readonly doing: string;
  readonly signal: AbortSignal;
}

/** One call of the JSON API; gives the answer's JSON. */
export type ApiCall = (request: ApiRequest) => Promise<unknown>;

/** The same with the answer's headers, for lists whose page numbers stand there (V2 API, paging). */
export type ApiExchange = (
  request: ApiRequest,
) => Promise<{ readonly json: unknown; readonly headers: Headers }>;

/** Tokens that one call may use up: two processes renew them in turn, and one may end on the way. */
const MOST_RENEWALS = 3;

/** How long one API exchange may take, in milliseconds: the service itself gives up after 30 s. */
const API_TIMEOUT_MS = 40_000;

/** As {@linkcode apiExchanger}, for those who want the JSON alone. */
export function apiCaller(http: Http, access: ApiAccess): ApiCall {
  const exchange = apiExchanger(http, access);
  return async (request) => (await exchange(request)).json;
}

/**
 * Makes the function through which every API call goes: authorization, rate limits, and the answer's
 * class. A token that was refused is renewed, and the call made once more.
 *
 * The call throws Unavailable (network, 429, 5xx, a box in between that answers something else than
 * JSON), TokenExpired (401) or Rejected (any other refusal).
 */
export function apiExchanger(http: Http, access: ApiAccess): ApiExchange {
  const { baseUrl, tokens, headers = {}, gate = openGate } = access;

  async function attempt(request: ApiRequest): Promise<{ answer: HttpAnswer; token: string }> {
    const { method, path, body, signal } = request;
    const kind = kindOf(method, path);
    await gate.enter(kind, signal);
    // Asked for last: a wait for the gate may outlive a token.
    const token = await tokens.current(signal).catch(beforeTheCall);
    const answer = await http.request({
      method,
      url: baseUrl + path,
      headers: {
        ...headers,
        authorization: `Bearer ${token}`,
        accept: "application/json",
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeoutMs: API_TIMEOUT_MS,
      signal,
    });
    gate.learn(kind, answer.status, answer.headers);
    return { answer, token };
  }

  return async (request) => {
    const { doing, signal } = request;
    let { answer, token } = await attempt(request);
    for (let renewals = 0; renewals < MOST_RENEWALS && isTokenRefused(answer); renewals++) {
      if (!(await tokens.refused(token, signal).catch(beforeTheCall))) break;
      ({ answer, token } = await attempt(request));
    }
    const isNothing = answer.status === 204 && request.mayBeEmpty === true;
    const json = isNothing ? null : jsonOf(answer);
    if (json === undefined && isOfBox(answer)) throw strangeAnswer(answer, doing);
    if (answer.status >= 200 && answer.status < 300) return { json, headers: answer.headers };
    throw refusal(answer, said(json, token), aboutOf(json, token), doing, tokens.remedy);
  };
}

/** Whatever became of a token, the call itself was not made. */
function beforeTheCall(error: unknown): never {
  if (!(error instanceof Unavailable)) throw error;
  const { message, outage, retryAfterMs } = error;
  throw new Unavailable(message, outage, { cause: error, retryAfterMs, notCarriedOut: true });
}

/**
 * 401, but for some box's page; one document shows a bad token answered with 409 and the same title
 * (Camera to Cloud, heartbeats).
 */
function isTokenRefused(answer: HttpAnswer): boolean {
  const { status, text } = answer;
  if (status === 401) return jsonOf(answer) !== undefined || text.trim() === "";
  return status === 409 && /"(title|message)"\s*:\s*"not authorized"/i.test(text);
}

/** Calls of one kind share a rate limit: the path without its query and without ids. */
function kindOf(method: string, path: string): string {
  const segments = path.replace(/\?.*/, "").split("/");
  return `${method} ${segments.map((part) => /\d.*\d|^.{21,}$/.test(part) ? "*" : part).join("/")}`;
}

/** The answer's JSON, or undefined where it is something else. */
function jsonOf(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.text);
  } catch {
    return undefined; // the parser's own error quotes the answer, which may hold presigned URLs
  }
}

/**
 * Whether an answer without JSON is that of some box in between: a login page of this network says 200 or
 * 3xx, a filter 403, a proxy 407, a portal 511 (RFC 6585), a gateway anything, with a page of its own.
 * Frame.io's refusals are JSON or empty: no box's page may end a take, or leave its asset.
 */
function isOfBox({ status, text }: HttpAnswer): boolean {
  if (status < 400 || [403, 407, 511].includes(status)) return true;
  const isWaitedOut = status === 408 || status === 429 || (status >= 500 && status !== 501);
  return !isWaitedOut && text.trim() !== "";
}

function strangeAnswer(answer: HttpAnswer, doing: string): Error {
  return new Unavailable(
    `Cannot ${doing}: something between here and Frame.io answered with a page of its own ` +
      `(status ${answer.status}). Check for a login page of this network`,
    "network",
  );
}

/** The class of an answer that is no success (frameio API, error bodies and rate limits). */
function refusal(
  answer: HttpAnswer,
  said: string,
  about: readonly string[],
  doing: string,
  remedy: string,
): Error {
  const words = `Cannot ${doing}: Frame.io answered ${answer.status}${said ? ` (${said})` : ""}`;
  const retryAfterMs = retryAfter(answer.headers);
  if (answer.status === 429 || (answer.status === 409 && about.some(isSlowDown))) {
    return new Unavailable(words, "rate_limit", { retryAfterMs, notCarriedOut: true });
  }
  if (answer.status === 408) return new Unavailable(words, "network", { retryAfterMs });
  if (answer.status >= 500 && answer.status !== 501) {
    return new Unavailable(words, "api_fault", { retryAfterMs });
  }
  if (isTokenRefused(answer)) {
    return new TokenExpired(
      `Cannot ${doing}: Frame.io refused the token (${answer.status}). ${remedy}`,
    );
  }
  const isLocked = answer.status === 403 && LOCKED.test(said);
  const mend = isLocked ? LOCKED_REMEDY : REMEDIES[answer.status] ?? "";
  return new Rejected(words + mend, answer.status, { about });
}

/** A 409 may ask for patience (Camera to Cloud API, create asset: errors). */
function isSlowDown(text: string): boolean {
  return /^slow_down$/i.test(text.trim());
}

/** What a person can do about a refusal, by status. */
const REMEDIES: Readonly<Record<number, string>> = {
  402: ". The account's plan does not allow more: ask its owner to make room or to change the plan",
  403: ". The token lacks the permission for it: ask the account's owner, or use another token",
  404:
    ". Check the id (--folder, or whether somebody deleted the asset) and that the token may see it",
};

/** A 403 may be that of an account that is locked; its words tell (V4 API, errors). */
const LOCKED = /\baccount\b.*\b(locked|suspended)\b|\b(locked|suspended)\b.*\baccount\b/is;
const LOCKED_REMEDY =
  ". The account is locked, for every token: only its owner can have it unlocked";

/** Longest text of the service that a message repeats, in characters. */
const MOST_SAID = 300;

/** What the error body says, in the V2 and V4 shapes, without secrets; empty for anything else. */
function said(json: unknown, token: string): string {
  const body = json as
    | { errors?: unknown[]; message?: unknown; error?: unknown }
    | null
    | undefined;
  const first = Array.isArray(body?.errors)
    ? body.errors[0] as { detail?: unknown; title?: unknown } | null
    : null;
  const text = first?.detail ?? first?.title ?? body?.message ?? body?.error;
  return typeof text === "string" ? harmless(text, token) : "";
}

/** Most errors of one body that are looked at. */
const MOST_ERRORS = 20;

/** The body's message, and every error's pointer and words (V4: `errors[].source.pointer`). */
function aboutOf(json: unknown, token: string): string[] {
  const body = json as { errors?: unknown; message?: unknown } | null | undefined;
  const errors = Array.isArray(body?.errors) ? body.errors : [];
  return errors.slice(0, MOST_ERRORS)
    .flatMap((error) => [error?.source?.pointer, error?.detail, error?.title])
    .concat(body?.message)
    .filter((text) => typeof text === "string")
    .map((text) => harmless(text, token));
}

/** Without secrets, on one line, and short. */
function harmless(text: string, token: string): string {
  const known = text.replaceAll(token, "***").replace(/\S*X-Amz-\S*/gi, "***");
  return known.replace(/\p{Cc}+/gu, " ").slice(0, MOST_SAID);
}

/** Seconds, or a date beside the server's own (RFC 9110, section 10.2.3): our clock may be wrong. */
export function retryAfter(headers: Headers): number | undefined {
  const text = headers.get("retry-after") ?? "";
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const waitMs = Date.parse(text) - Date.parse(headers.get("date") ?? "");
  return Number.isNaN(waitMs) ? undefined : Math.max(0, waitMs);
}

/** Checks a base address given by a person and takes a slash off its end. */
export function apiBase(text: string, flag = "--api"): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Config(`Cannot use ${flag} ${text}: it is not a URL such as https://api.frame.io`);
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new Config(`Cannot use ${flag} ${text}: it must begin with https:// or http://`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new Config(
      `Cannot use ${flag} with a name or password in it: use FRAMEIO_TOKEN or --token-file`,
    );
  }
  if (url.search !== "" || url.hash !== "") {
    throw new Config(`Cannot use ${flag} with "?" or "#": it ends at the host or a path`);
  }
  return url.href.replace(/\/+$/, "");
}
