import { Unavailable } from "../errors.ts";
import type { Http, HttpAnswer } from "../runtime/http.ts";
import { retryAfter } from "./api.ts";

/** What a token endpoint gave. */
export interface Grant {
  readonly accessToken: string;
  /** Gets the next one; null where there is none. */
  readonly refreshToken: string | null;
  /** Life of the access token from its receipt, in milliseconds. */
  readonly lifeMs: number;
  /** When it was asked for, wall clock in milliseconds since 1970. It cannot be older than that. */
  readonly receivedAtMs: number;
}

/** A form-encoded call of a token endpoint. */
export interface FormCall {
  readonly url: string;
  readonly form: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** A success may hold nothing (Adobe IMS, token revocation; RFC 7009, section 2.2). */
  readonly mayBeEmpty?: true;
  /** What is being done, for messages: `renew the token`. */
  readonly doing: string;
  readonly signal: AbortSignal;
}

/** The service's own answer. Everything else is thrown as Unavailable. */
export type TokenAnswer =
  | { readonly is: "granted"; readonly json: Readonly<Record<string, unknown>> }
  /** `error`: a word such as `invalid_grant`, or empty where the body holds none. */
  | { readonly is: "refused"; readonly error: string; readonly status: number };

/** How long one exchange may take, in milliseconds: the API itself gives up after 30 s. */
const TIMEOUT_MS = 40_000;

/** Longest token that is accepted, in characters: Adobe's have 2 to 4 thousand. */
const MOST_TOKEN_LENGTH = 16_384;

/** Longest life that is believed, in milliseconds: no documented access token lives above 24 h. */
const MOST_LIFE_MS = 14 * 24 * 60 * 60 * 1000;

/** Life where the answer names none, in milliseconds: short, because renewing early does no harm. */
const UNNAMED_LIFE_MS = 60 * 60 * 1000;

/**
 * Calls a token endpoint, form-encoded (RFC 6749; Camera to Cloud, authorization; Adobe IMS).
 *
 * @throws Unavailable when no answer of the service came: network, 429, 5xx, HTML or nothing at all.
 */
export async function callTokenEndpoint(http: Http, call: FormCall): Promise<TokenAnswer> {
  const answer = await http.request({
    method: "POST",
    url: call.url,
    headers: {
      ...call.headers,
      accept: "application/json",
      "content-type": "application/x-www-form-urlencoded",
    },
    body: new URLSearchParams({ ...call.form }).toString(),
    timeoutMs: TIMEOUT_MS,
    signal: call.signal,
  });
  const words = `Cannot ${call.doing}: the token service answered ${answer.status}`;
  const retryAfterMs = retryAfter(answer.headers);
  if (answer.status === 429) throw new Unavailable(words, "rate_limit", { retryAfterMs });
  if (answer.status >= 500) throw new Unavailable(words, "api_fault", { retryAfterMs });
  const isYes = answer.status >= 200 && answer.status < 300;
  const isEmptyYes = call.mayBeEmpty === true && isYes && answer.text.trim() === "";
  const json = isEmptyYes ? {} : objectOf(answer);
  if (json === null) {
    throw new Unavailable(
      `${words} with something else than JSON. Check for a login page of this network`,
      "network",
      { retryAfterMs },
    );
  }
  if (isYes) return { is: "granted", json };
  return { is: "refused", error: errorWord(json), status: answer.status };
}

function objectOf({ text }: HttpAnswer): Record<string, unknown> | null {
  try {
    const json = JSON.parse(text);
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : null;
  } catch {
    return null; // the parser's own words quote the answer, which may hold tokens
  }
}

/**
 * The error's word in the simple shape, or in the detailed one, which some token calls answer with a 409
 * (V2 API, errors). Only a word passes: a whole sentence might repeat a secret.
 */
function errorWord(json: Readonly<Record<string, unknown>>): string {
  const first = Array.isArray(json.errors) ? json.errors[0] as Record<string, unknown> : null;
  const candidates = [json.error, json.message, first?.title, first?.detail];
  return candidates.find((text): text is string => isWord(text)) ?? "";
}

function isWord(value: unknown): boolean {
  return typeof value === "string" && /^[a-z]+(_[a-z]+)*$/.test(value) && value.length <= 40;
}

/**
 * Reads the tokens out of an answer.
 *
 * @param askedAtMs When they were asked for, wall clock.
 * @throws Unavailable if they are missing: the next answer may be the real one.
 */
export function grantOf(answer: TokenAnswer, askedAtMs: number, doing: string): Grant {
  const json = answer.is === "granted" ? answer.json : {};
  const { access_token: accessToken, refresh_token: refreshToken } = json;
  if (!isToken(accessToken)) {
    throw new Unavailable(`Cannot ${doing}: the answer holds no token`, "api_fault");
  }
  return {
    accessToken,
    refreshToken: isToken(refreshToken) ? refreshToken : null,
    lifeMs: lifeOf(json.expires_in),
    receivedAtMs: askedAtMs,
  };
}

/** Only what a header may carry. */
function isToken(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value) &&
    value.length <= MOST_TOKEN_LENGTH;
}

function lifeOf(expiresIn: unknown): number {
  const lifeMs = Number(expiresIn ?? NaN) * 1000;
  return lifeMs > 0 ? Math.min(lifeMs, MOST_LIFE_MS) : UNNAMED_LIFE_MS;
}

/** Longest text of a service that is shown, in characters. */
const MOST_SHOWN = 200;

/** A service's text for a terminal: without control and direction characters, and not endless. */
export function shownText(value: unknown): string | null {
  if (typeof value !== "string") return null;
  const text = value.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, "").trim();
  return text === "" ? null : text.slice(0, MOST_SHOWN);
}
