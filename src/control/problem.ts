import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "@hono/zod-openapi";
import { problem as problemSchema } from "./schemas.ts";

/** An answer that says no: RFC 9457 problem details, with the way out in plain English. */
export interface Problem {
  /** Names the kind of problem for programs; this API's kinds are `urn:reeltime:<kind>`. */
  readonly type: `urn:reeltime:${string}`;
  /** The kind in a few words; the same for every problem of this type. */
  readonly title: string;
  /** The HTTP status, again, for readers that see only the body. */
  readonly status: ContentfulStatusCode;
  /** What could not be done this time, with the value at hand. */
  readonly detail: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** Longest piece of a request that an answer repeats, in characters. */
const MOST_REPEATED = 200;

/** Answers with a problem; `more` are extension members (RFC 9457, 3.2), such as a take's state. */
export function refuse(
  c: Context,
  problem: Problem,
  more: Readonly<Record<string, string>> = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  return c.body(JSON.stringify({ ...problem, ...more }), problem.status, {
    "Content-Type": "application/problem+json",
    ...headers,
  });
}

/** What a request said, for an answer that repeats it: not longer than a person reads. */
export function repeated(text: string): string {
  return text.length > MOST_REPEATED ? `${text.slice(0, MOST_REPEATED)}…` : text;
}

/** The answer to a request that does not fit its schema: which member, and what it has to be. */
export function refuseInvalid(c: Context, error: z.ZodError): Response {
  const [issue] = error.issues;
  const where = issue?.path.length ? `"${issue.path.join(".")}"` : "the body";
  return refuse(c, {
    type: "urn:reeltime:invalid-request",
    title: "The request is not one of this API",
    status: 422,
    detail: `Cannot read ${where}: ${repeated(issue?.message ?? "it does not fit")}.`,
    remedy: "Send JSON as GET /openapi.json describes it.",
  });
}

/** The answer to a take that is not there. */
export function refuseUnknownTake(c: Context, id: string): Response {
  return refuse(c, {
    type: "urn:reeltime:take-unknown",
    title: "There is no such take",
    status: 404,
    detail: `Cannot find the take "${repeated(id)}".`,
    remedy: "See GET /api/takes for the takes of this run and their ids.",
  });
}

/** Statuses that any request may meet: a stranger, a name that is not ours, too many guesses. */
const USUAL = [401, 403, 421, 429] as const;

/** Problems as the OpenAPI document describes them: the same body for each status, and the usual ones. */
export function problems<S extends number>(...statuses: S[]) {
  const content = { "application/problem+json": { schema: problemSchema } };
  const all = [...new Set([...USUAL, ...statuses])].sort();
  const entries = all.map((status) => [status, { description: WORDS[status] ?? "", content }]);
  return Object.fromEntries(entries) as Record<
    S | typeof USUAL[number],
    { description: string; content: typeof content }
  >;
}

const WORDS: Readonly<Record<number, string>> = {
  400: "The body is not JSON.",
  401: "The control token or a login is missing, wrong or over.",
  403: "Another site's page asked, or the path lies outside the allowed folders.",
  404: "There is no such take.",
  408: "The body was not in after 10 s.",
  409: "The take's state does not allow it; `state` names it.",
  413: "The body is too large.",
  415: "The body is not said to be JSON.",
  421: "The Host header is not one of this server's names.",
  422: "The request does not fit its schema, or the recording cannot be watched.",
  429: "Too many wrong tokens from there.",
  500: "A fault of reeltime.",
  503:
    "Too many event streams are open or bodies waited for, or the journal is held by another process.",
};
