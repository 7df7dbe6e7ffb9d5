import { TokenExpired, Unavailable } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { TokenFile } from "../runtime/token_file.ts";
import type { Grant } from "./token_endpoint.ts";
import type { Tokens } from "./tokens.ts";

/** Credentials as they lie in their file. */
export interface Saved {
  readonly grant: Grant;
}

/** Tokens that renew themselves. */
export interface RenewedTokens extends Tokens {
  /**
   * Resolves when no renewal is under way. To be awaited before the process leaves: a renewal cut off in
   * the middle has spent a refresh token and lost its answer.
   */
  settled(): Promise<void>;
}

/** Where the credentials lie, and how to renew them. */
export interface Renewal<S extends Saved> {
  readonly file: TokenFile;
  readonly clock: Clock;
  /** Reads what the file holds. @throws Config if it is something else. */
  readonly parse: (json: unknown) => S;
  /** What the file is to hold. */
  readonly format: (saved: S) => unknown;
  /**
   * Gets a new grant. It is called by one process at a time, and never called off.
   *
   * @throws TokenExpired if a person is needed; Unavailable if no answer came.
   */
  readonly renew: (saved: S) => Promise<Grant>;
  readonly remedy: string;
}

/**
 * A token is renewed when this share of its life is left: of 8 h 48 minutes, of 24 h more than 2 h. That
 * long the token service may be out of reach before anybody notices; a fixed five minutes would not
 * outlast one outage.
 */
const RENEWAL_SHARE = 0.1;

/** Pause after a renewal that failed, in milliseconds; for 5xx and 429 as the V4 guide asks. */
const PAUSE_MS = { network: 5000, service: 30_000 };

/** Longest pause that a service can ask for, in milliseconds; a box in between may ask for days. */
const MOST_PAUSE_MS = 10 * 60_000;

/**
 * Makes tokens out of stored credentials: renewed ahead of their end, once for all who ask, and by one
 * process at a time. A new pair is on disk before anybody uses it. While a renewal fails and the old
 * token is still good, the old one goes on being used.
 *
 * @param first What the file held when it was looked at.
 */
export function renewedTokens<S extends Saved>(renewal: Renewal<S>, first: S): RenewedTokens {
  const { file, clock, parse, format, remedy } = renewal;
  let seen = see(first);
  let underWay: Promise<void> | null = null;
  /** The access token whose renewal needs a person, and why. */
  let lost: { readonly token: string; readonly error: TokenExpired } | null = null;
  let pause: { readonly endsMs: number; readonly error: unknown } | null = null;
  /** A new pair that the disk has not taken yet. */
  let unsaved: { readonly saved: S; readonly askedMs: number } | null = null;

  /** A token read from disk has its age by the wall clock; from here on only monotonic time counts. */
  function see(saved: S, ageMs = Math.max(0, clock.now() - saved.grant.receivedAtMs)) {
    return { saved, ageMs, sinceMs: clock.monotonicMs(), isRefused: false };
  }
  const token = () => seen.saved.grant.accessToken;
  const leftMs = () => seen.saved.grant.lifeMs - seen.ageMs - (clock.monotonicMs() - seen.sinceMs);
  const isGood = () => !seen.isRefused && leftMs() > 0;
  const isDue = () => !isGood() || leftMs() < seen.saved.grant.lifeMs * RENEWAL_SHARE;

  /** Takes over what another process, or a person, has put into the file. */
  async function look(): Promise<void> {
    const json = await file.read();
    if (json === null) throw new TokenExpired(`The credentials were deleted. ${remedy}`);
    const saved = parse(json);
    if (saved.grant.accessToken === token()) return;
    seen = see(saved);
    unsaved = null; // a person paired again meanwhile: what we had would undo that
  }

  async function renew(): Promise<void> {
    await look();
    if (!isDue()) return;
    const { saved, askedMs } = unsaved ??= await ask();
    await file.replace(format(saved));
    seen = { saved, ageMs: 0, sinceMs: askedMs, isRefused: false };
    unsaved = null;
  }

  async function ask() {
    if (lost?.token === token()) throw lost.error;
    // A full disk says so here, before a refresh token is spent that is good only once.
    await file.replace(format(seen.saved));
    const askedMs = clock.monotonicMs();
    try {
      const grant = await renewal.renew(seen.saved);
      const refreshToken = grant.refreshToken ?? seen.saved.grant.refreshToken;
      return { saved: { ...seen.saved, grant: { ...grant, refreshToken } }, askedMs };
    } catch (error) {
      if (error instanceof TokenExpired) lost = { token: token(), error };
      throw error;
    }
  }

  /** Nobody's signal ends a renewal, because others wait for it and a spent token needs its answer. */
  function renewOnce(signal: AbortSignal): Promise<void> {
    underWay ??= file.exclusively(renew).then(() => {
      pause = null;
    }, (error) => {
      pause = { endsMs: clock.monotonicMs() + pauseMs(error), error };
      throw error;
    }).finally(() => underWay = null);
    return orAborted(underWay, signal);
  }

  /** @throws What failed last, without trying again, while the pause after it lasts. */
  async function renewed(signal: AbortSignal): Promise<void> {
    if (underWay === null && pause !== null && clock.monotonicMs() < pause.endsMs) {
      throw pause.error;
    }
    await renewOnce(signal);
  }

  return {
    remedy,

    async current(signal) {
      signal.throwIfAborted();
      if (!isDue()) return token();
      try {
        await renewed(signal);
      } catch (error) {
        signal.throwIfAborted();
        if (!isGood()) throw error;
      }
      return token();
    },

    async refused(refusedToken, signal) {
      if (refusedToken !== token()) return true; // somebody has renewed it meanwhile
      seen.isRefused = true;
      try {
        await renewed(signal);
      } catch (error) {
        if (error instanceof TokenExpired) return false;
        throw error;
      }
      return token() !== refusedToken;
    },

    async settled() {
      await underWay?.catch(() => {});
    },
  };
}

function pauseMs(error: unknown): number {
  if (!(error instanceof Unavailable)) return PAUSE_MS.network;
  const usualMs = error.outage === "network" ? PAUSE_MS.network : PAUSE_MS.service;
  return Math.min(Math.max(usualMs, error.retryAfterMs ?? 0), MOST_PAUSE_MS);
}

function orAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
