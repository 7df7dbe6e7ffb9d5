import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

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

/** Answers with a problem; `more` are extension members (RFC 9457, 3.2), such as a take's state. */
export function refuse(
  c: Context,
  problem: Problem,
  more: Readonly<Record<string, string>> = {},
): Response {
  return c.body(JSON.stringify({ ...problem, ...more }), problem.status, {
    "Content-Type": "application/problem+json",
  });
}
