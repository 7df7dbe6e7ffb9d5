import type { Chance } from "./chance.ts";
import type { Plan, Spell, WeatherKind } from "./plan.ts";
import type { Schedule } from "./schedule.ts";
import { type Answer, SECRET_MARK, TOKEN, xml } from "./service.ts";

/** What becomes of one exchange with the API or the storage. */
export type Fate =
  | { readonly is: "through" }
  /** It arrives twice, as when something in between repeats it. */
  | { readonly is: "twice" }
  /** Nobody takes the connection: nothing was carried out, and that is known. */
  | { readonly is: "refused" }
  /** The connection breaks before all of the request is out. */
  | { readonly is: "lost" }
  /** It is carried out, but its answer never comes. */
  | { readonly is: "unseen" }
  /** Nothing moves until the program gives up. */
  | { readonly is: "stalled" }
  /** Something answers in the service's place. */
  | { readonly is: "answered"; readonly answer: Answer; readonly headers: Record<string, string> };

/** The network of one world. */
export interface Weather {
  /** Moment of the last fault. */
  readonly healMs: number;
  fateOf(exchange: "api" | "put"): Fate;
  /** Everything is carried out, and no answer arrives, for so long. */
  deafen(forMs: number): void;
  /** Whether anything gets through at this moment. */
  isDown(): boolean;
  uplinkBytesPerSecond(): number;
}

/** Refusals that end a take until the command is run again, in one world: assets are given up for them. */
const MOST_REFUSALS = 2;

const CLEAR_UPLINK_BYTES_PER_SECOND = 200 * 1024 * 1024;

/** A refusal that repeats what it was asked with: no message of ours may. */
const ECHO = `No: ${TOKEN} may not PUT to https://storage.sim/x?X-Amz-Signature=${SECRET_MARK}`;

const PORTAL = "<!DOCTYPE html><title>Welcome</title><form>Room number</form>";

/** @param tally Counts a fault by its name. */
export function createWeather(
  plan: Plan,
  schedule: Schedule,
  chance: Chance,
  tally: (fault: string) => void,
): Weather {
  let refusals = 0;
  let deafUntilMs = 0;
  const spell = (): Spell | undefined =>
    plan.spells.find(({ untilMs }) => schedule.nowMs < untilMs);

  function draw(kind: WeatherKind, exchange: "api" | "put"): Fate {
    switch (kind) {
      case "clear":
        return { is: "through" };
      case "lossy":
        return {
          is: chance.pick(["lost", "lost", "unseen", "unseen", "twice", "refused"] as const),
        };
      case "down":
        return { is: chance.pick(["refused", "lost", "stalled"] as const) };
      case "portal":
        return answered(chance.pick([200, 200, 302, 403, 511]), PORTAL);
      case "throttled":
        return exchange === "put"
          ? inXml(503, chance.pick(["SlowDown", "ServiceUnavailable"]))
          : answered(429, chance.pick(['{"message":"Too Many Requests"}', ""]), retryAfter());
      case "faulty":
        return exchange === "put"
          ? chance.pick([
            () => inXml(500, "InternalError"),
            () => inXml(400, "RequestTimeout"),
            () => inXml(200, "InternalError"),
            () => inXml(403, "ExpiredToken"),
            () => answered(chance.pick([502, 504]), ""),
          ])()
          : answered(chance.pick([500, 502, 503, 504]), chance.pick(["", "{}", PORTAL]));
      case "slow":
        return { is: chance.pick(["stalled", "unseen"] as const) };
      case "refusing":
        if (++refusals > MOST_REFUSALS) return { is: "through" };
        return exchange === "put"
          ? chance.pick([inXml(403, "AccessDenied"), inXml(501, "NotImplemented")])
          : answered(
            chance.pick([400, 401, 403, 404, 409]),
            JSON.stringify({ code: 400, message: ECHO }),
          );
    }
  }

  function retryAfter(): Record<string, string> {
    return chance.happens(0.5) ? { "retry-after": String(chance.spread(1, 60)) } : {};
  }

  return {
    healMs: plan.spells.at(-1)?.untilMs ?? 0,
    fateOf(exchange) {
      if (schedule.nowMs < deafUntilMs) {
        tally(`deaf: ${exchange} unseen`);
        return { is: "unseen" };
      }
      const now = spell();
      if (now === undefined || now.kind === "clear") return { is: "through" };
      const share = now.kind === "down" || now.kind === "portal" ? 1 : now.severity;
      if (!chance.happens(share)) return { is: "through" };
      const fate = draw(now.kind, exchange);
      const name = fate.is === "answered" ? `answered ${fate.answer.status}` : fate.is;
      if (fate.is !== "through") tally(`${now.kind}: ${exchange} ${name}`);
      return fate;
    },
    deafen: (forMs) => void (deafUntilMs = schedule.nowMs + forMs),
    isDown: () => spell()?.kind === "down",
    uplinkBytesPerSecond: () => spell()?.uplinkBytesPerSecond ?? CLEAR_UPLINK_BYTES_PER_SECOND,
  };
}

function answered(status: number, text: string, headers: Record<string, string> = {}): Fate {
  return { is: "answered", answer: { status, text }, headers };
}

function inXml(status: number, code: string): Fate {
  return { is: "answered", answer: xml(status, code, ""), headers: {} };
}
