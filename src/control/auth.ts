/** Who may use the control API where it listens beyond this machine: one token, and logins made with it. */
import { createHash, timingSafeEqual } from "node:crypto";
import type { Secret } from "../config.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Random } from "../runtime/random.ts";
import { createThrottle } from "./throttle.ts";

/** How long a login lasts, in seconds: a shooting day with its overtime. */
export const SESSION_SECONDS = 16 * 3600;

/** Logins at once; the oldest is ended by the next one. */
export const MOST_SESSIONS = 256;

/** Digits of a session id: 256 bits of chance (OWASP, Session Management, asks for 64 and more). */
const SESSION_DIGITS = 64;

/** What is said to a request. */
export type Verdict =
  | { readonly is: "allowed" }
  /** It brought nothing, or a login that has ended. */
  | { readonly is: "missing" | "expired" }
  | { readonly is: "wrong" }
  /** Too many wrong tries from there: not even looked at. */
  | { readonly is: "throttled"; readonly retryInSeconds: number };

/** Keeps the door. */
export interface Auth {
  /**
   * Judges a request: by its login, and by the token where it has none that holds.
   *
   * @param from Where it comes from; wrong tries count by it.
   */
  check(
    brought: { readonly bearer: string | null; readonly session: string | null },
    from: string,
  ): Verdict;
  /** A new login for the right token; its id is chance and tells nothing of the token. */
  login(
    token: string,
    from: string,
  ): Verdict & { is: "wrong" | "throttled" } | {
    readonly is: "allowed";
    readonly session: string;
  };
  /** Ends a login. */
  logout(session: string): void;
}

/** A door that opens with `token`. */
export function createAuth(token: Secret, clock: Clock, random: Random): Auth {
  const right = digestOf(token.reveal());
  const throttle = createThrottle(clock);
  /** When each login ends, by the digest of its id, in monotonic milliseconds. */
  const sessions = new Map<string, number>();

  function tryToken(given: string, from: string): Verdict {
    const retryInSeconds = throttle.waitSeconds(from);
    if (retryInSeconds > 0) return { is: "throttled", retryInSeconds };
    if (timingSafeEqual(digestOf(given), right)) {
      throttle.forget(from);
      return { is: "allowed" };
    }
    throttle.failed(from);
    return { is: "wrong" };
  }

  return {
    check({ bearer, session }, from) {
      const key = session === null ? "" : digestOf(session).toString("hex");
      if ((sessions.get(key) ?? -Infinity) > clock.monotonicMs()) return { is: "allowed" };
      sessions.delete(key);
      if (bearer !== null) return tryToken(bearer, from);
      return { is: session === null ? "missing" : "expired" };
    },
    login(given, from) {
      const verdict = tryToken(given, from);
      if (verdict.is !== "allowed") return verdict as Verdict & { is: "wrong" | "throttled" };
      const session = random.hex(SESSION_DIGITS);
      sessions.set(
        digestOf(session).toString("hex"),
        clock.monotonicMs() + 1000 * SESSION_SECONDS,
      );
      if (sessions.size > MOST_SESSIONS) sessions.delete(sessions.keys().next().value!);
      return { is: "allowed", session };
    },
    logout: (session) => void sessions.delete(digestOf(session).toString("hex")),
  };
}

/** Digests have one length, so that comparing them tells nothing of the length of what was given. */
function digestOf(text: string) {
  return createHash("sha256").update(text).digest();
}
