/**
 * What Frame.io keeps of a paired device, simulated: its tokens, its channel, its heartbeats and its
 * rate limits. Written from the API's documents (Camera to Cloud: authorization, uploads, heartbeats;
 * rate limits), not from the program.
 */
import type { Chance } from "./chance.ts";
import type { DevicePlan } from "./plan.ts";
import type { Schedule } from "./schedule.ts";
import { type Answer, SECRET_MARK } from "./service.ts";

/** What the device asks for beside its uploads. */
export interface DeviceService {
  /** A person pairs the device; older tokens are void. */
  pair(): { readonly accessToken: string; readonly refreshToken: string; readonly lifeMs: number };
  /** `POST /v2/auth/token`, form-encoded. */
  token(body: string): Answer;
  /** An answer in place of the route's own: 401, 429 or 400; null where the call may go on. */
  guard(kind: string, headers: Readonly<Record<string, string>>): Answer | null;
  /** Headers of every answer: what is left of the kind's limit. */
  limits(kind: string): Readonly<Record<string, string>>;
  /** An answer to a create call while the channel is paused, or null. */
  paused(): Answer | null;
  heartbeat(): Answer;
  /** Calls that were turned away for a token that had ended, and for their number. */
  readonly turnedAway: { token: number; limit: number };
}

/** Secrets of the device, beside its tokens. */
export const CLIENT = { id: "camera-1", secret: `client-${SECRET_MARK}` };

/** Shortest time between two heartbeats (Camera to Cloud API, heartbeat ping). */
const LEAST_BEAT_MS = 60_000;

/** @param violate Told of every broken rule. */
export function createDeviceService(
  plan: DevicePlan,
  schedule: Schedule,
  chance: Chance,
  violate: (what: string) => void,
  tally: (fault: string) => void,
): DeviceService {
  let access = { token: "", endsMs: 0 };
  let refresh = "";
  /** Refresh tokens that were spent, and whether their answer was the last. */
  const spent = new Set<string>();
  const buckets = new Map<string, { level: number; atMs: number }>();
  const turnedAway = { token: 0, limit: 0 };
  let beatMs = -Infinity;

  function grant() {
    access = {
      token: `access-${SECRET_MARK}-${chance.hex(6)}`,
      endsMs: schedule.nowMs + plan.accessLifeMs,
    };
    refresh = `refresh-${SECRET_MARK}-${chance.hex(6)}`;
    return { accessToken: access.token, refreshToken: refresh, lifeMs: plan.accessLifeMs };
  }

  function drained(kind: string) {
    const bucket = buckets.get(kind) ?? { level: 0, atMs: schedule.nowMs };
    const rate = plan.limit.calls / plan.limit.windowMs;
    const level = Math.max(0, bucket.level - (schedule.nowMs - bucket.atMs) * rate);
    const now = { level, atMs: schedule.nowMs };
    buckets.set(kind, now);
    return now;
  }

  const json = (status: number, body: unknown): Answer => ({ status, text: JSON.stringify(body) });

  return {
    turnedAway,
    pair: grant,
    token(body) {
      const form = new URLSearchParams(body);
      if (form.get("client_id") !== CLIENT.id || form.get("client_secret") !== CLIENT.secret) {
        violate("wire: token call of another client");
        return json(400, { error: "invalid_client" });
      }
      const given = form.get("refresh_token") ?? "";
      if (spent.has(given)) {
        // Only a process whose answer was lost, or that died before it was kept, can come again.
        tally("token: a spent refresh token");
        return json(400, { error: "invalid_request" });
      }
      if (given !== refresh) return json(400, { error: "invalid_grant" });
      spent.add(given);
      const { accessToken, refreshToken, lifeMs } = grant();
      tally("token: renewed");
      return json(200, {
        access_token: accessToken,
        refresh_token: refreshToken,
        token_type: "bearer",
        expires_in: lifeMs / 1000,
      });
    },
    guard(kind, headers) {
      if (!/^\d+\.\d+\.\d+$/.test(headers["x-client-version"] ?? "")) {
        violate(`wire: ${kind} without x-client-version`);
      }
      if (headers.authorization !== `Bearer ${access.token}` || schedule.nowMs >= access.endsMs) {
        turnedAway.token++;
        tally("token: answered 401");
        return json(401, { code: 401, errors: [{ title: "Not Authorized" }] });
      }
      const bucket = drained(kind);
      if (bucket.level + 1 > plan.limit.calls) {
        turnedAway.limit++;
        tally("limit: answered 429");
        return json(429, { code: 429, message: "Too Many Requests" });
      }
      bucket.level++;
      return null;
    },
    limits(kind) {
      const left = Math.floor(plan.limit.calls - drained(kind).level);
      return {
        "x-ratelimit-limit": String(plan.limit.calls),
        "x-ratelimit-remaining": String(Math.max(0, left)),
        "x-ratelimit-window": String(plan.limit.windowMs),
      };
    },
    paused() {
      const { nowMs } = schedule;
      if (!plan.pauses.some(({ fromMs, untilMs }) => nowMs >= fromMs && nowMs < untilMs)) {
        return null;
      }
      tally("channel: paused");
      const error = {
        code: 409,
        status: 409,
        title: "Channel Paused",
        detail: "The channel is paused",
      };
      return json(409, { code: 409, errors: [error], message: "Channel Paused" });
    },
    heartbeat() {
      if (schedule.nowMs - beatMs < LEAST_BEAT_MS) tally("heartbeat: too early");
      beatMs = schedule.nowMs;
      return { status: 204, text: "" };
    },
  };
}
