import type { MiddlewareHandler } from "hono";
import { apiErrorResponse, ApiRefusal } from "./api_refusal.ts";
import { refuseToken } from "./form_body.ts";
import { leakyBuckets, type RateLimit } from "./leaky_buckets.ts";
import type { SandboxRoom } from "./room.ts";
import { v4ErrorResponse } from "./v4_refusal.ts";

const SECOND_MS = 1000;
const MINUTE_MS = 60_000;

/** A heartbeat: no more than once a minute (Camera to Cloud API, heartbeat ping). */
export const HEARTBEAT_LIMIT: RateLimit = { calls: 1, windowMs: MINUTE_MS };

/** Operations nobody documents a limit of get that of most others (V4 API, `x-ratelimit` notes). */
const OTHERS: RateLimit = { calls: 100, windowMs: MINUTE_MS };

/** Not documented; our choice is that of an asset's update. */
const PARTS_CALL: RateLimit = { calls: 10, windowMs: SECOND_MS };

/** `*` stands for one id. The first line that fits counts. */
const LIMITS: readonly [operation: string, limit: RateLimit][] = [
  // V2 guide, rate limits: create, read, update an asset; list its children.
  ["POST /v2/assets/*/children", { calls: 5, windowMs: SECOND_MS }],
  ["POST /v2/devices/assets", { calls: 5, windowMs: SECOND_MS }],
  ["GET /v2/assets/*", { calls: 5, windowMs: SECOND_MS }],
  ["PUT /v2/assets/*", { calls: 10, windowMs: SECOND_MS }],
  ["GET /v2/assets/*/children", { calls: 40, windowMs: MINUTE_MS }],
  ["POST /v2/assets/*/realtime_upload/parts", PARTS_CALL],
  ["POST /v2/devices/assets/*/realtime_upload/parts", PARTS_CALL],
  ["POST /v2/devices/heartbeat", HEARTBEAT_LIMIT],
  // V4 API, `x-ratelimit` notes of each operation.
  ["POST /v4/accounts/*/folders/*/files/local_upload", { calls: 5, windowMs: SECOND_MS }],
  ["POST /v4/accounts/*/folders/*/files/remote_upload", { calls: 5, windowMs: SECOND_MS }],
  ["POST /v4/accounts/*/folders/*/folders", { calls: 3, windowMs: SECOND_MS }],
  ["GET /v4/accounts/*/folders/*/folders", { calls: 5, windowMs: SECOND_MS }],
  ["GET /v4/accounts/*/folders/*/files", { calls: 5, windowMs: SECOND_MS }],
  ["GET /v4/accounts/*/files/*/status", { calls: 5, windowMs: SECOND_MS }],
  ["GET /v4/accounts/*/files/*", { calls: 10, windowMs: SECOND_MS }],
  ["PATCH /v4/accounts/*/files/*", { calls: 10, windowMs: MINUTE_MS }],
];

const PATTERNS = LIMITS.map(([operation, limit]) => ({
  ...{ operation, limit },
  pattern: new RegExp(`^${operation.replaceAll("*", "[^/]+")}$`),
}));

/**
 * Keeps each caller within the limit of each operation, and tells the state of the bucket on every reply
 * (V2 and V4 guides, rate limits). To be used before the routes, below `/v2` and `/v4`.
 */
export function rateLimits({ identify, now }: SandboxRoom): MiddlewareHandler {
  const buckets = leakyBuckets();

  /** Limits are a user's, over all of the user's tokens. */
  function callerOf(request: Request): string {
    try {
      const identity = identify(request);
      return identity.is === "device" ? `device ${identity.deviceId}` : identity.is;
    } catch {
      return "nobody"; // the route will refuse
    }
  }

  return async (c, next) => {
    const { operation, limit } = operationOf(`${c.req.method} ${c.req.path}`);
    const key = `${callerOf(c.req.raw)}: ${operation}`;
    const { isIn, remaining } = buckets.take(key, limit, now().getTime());
    if (isIn) await next();
    else c.res = tooMany(c.req.path, limit);
    c.header("x-ratelimit-limit", String(limit.calls));
    c.header("x-ratelimit-remaining", String(remaining));
    c.header("x-ratelimit-window", String(limit.windowMs));
  };
}

function operationOf(call: string): { operation: string; limit: RateLimit } {
  const known = PATTERNS.find(({ pattern }) => pattern.test(call));
  if (known !== undefined) return known;
  // Collections and ids take turns: `/v2/teams/ID/projects`.
  const segments = call.split("/").map((segment, i) => i > 2 && i % 2 === 1 ? "*" : segment);
  return { operation: segments.join("/"), limit: OTHERS };
}

/** A 429 in the shape of the side that is asked (frameio API, error bodies). */
function tooMany(path: string, { calls, windowMs }: RateLimit): Response {
  if (path.startsWith("/v2/auth/")) return refuseToken("slow_down", 429);
  const refusal = new ApiRefusal(429, `No more than ${calls} such calls in ${windowMs} ms`);
  return path.startsWith("/v4/") ? v4ErrorResponse(refusal) : apiErrorResponse(refusal);
}
