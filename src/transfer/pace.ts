import type { Clock } from "../runtime/clock.ts";
import type { Pace } from "../runtime/range_digest.ts";

export type { Pace } from "../runtime/range_digest.ts";

/** A rate that can be changed while bytes wait for it. */
export interface LivePace {
  /** Asks for bytes, in the order of asking. */
  readonly grant: Pace;
  /** @param bytesPerSecond From now on; null for no limit. */
  set(bytesPerSecond: number | null): void;
}

/** Longest time that one grant is worth, in seconds: so evenly do the bytes go. */
const SLICE_SECONDS = 0.01;

/** Smallest grant, in bytes; smaller writes cost more than they carry. */
const LEAST_SLICE_BYTES = 4096;

/**
 * What may be saved up, in seconds of the rate: no second carries more than this beyond it. It makes good
 * for a timer that fires late, which on a busy machine they do.
 */
const BURST_SECONDS = 0.04;

interface Waiting {
  readonly wantedBytes: number;
  readonly go: (bytes: number) => void;
}

/** A token bucket that begins empty. Without a limit a grant is immediate, and everything. */
export function createPace(clock: Clock, bytesPerSecond: number | null): LivePace {
  const waiting = new Set<Waiting>();
  let rate = bytesPerSecond;
  let tokens = 0;
  let filledAtMs = clock.monotonicMs();
  let nap: AbortController | null = null;

  const sliceBytes = (rate: number) =>
    Math.max(LEAST_SLICE_BYTES, Math.floor(rate * SLICE_SECONDS));

  function fill(rate: number): void {
    const nowMs = clock.monotonicMs();
    const mostTokens = Math.max(rate * BURST_SECONDS, sliceBytes(rate));
    tokens = Math.min(mostTokens, tokens + rate * (nowMs - filledAtMs) / 1000);
    filledAtMs = nowMs;
  }

  /** Grants what can be granted, then sleeps until the next can. */
  function serve(): void {
    nap?.abort();
    nap = null;
    if (rate !== null) fill(rate);
    for (const one of waiting) {
      const { wantedBytes, go } = one;
      const bytes = rate === null ? wantedBytes : Math.min(wantedBytes, sliceBytes(rate));
      if (rate !== null && tokens < bytes) return sleep(1000 * (bytes - tokens) / rate);
      tokens -= bytes;
      waiting.delete(one);
      go(bytes);
    }
  }

  function sleep(delayMs: number): void {
    const up = new AbortController();
    nap = up;
    clock.sleep(Math.ceil(delayMs), up.signal).then(serve, () => {}); // taken back: somebody else serves
  }

  function wait(wantedBytes: number, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const leave = () => {
        waiting.delete(one);
        reject(signal.reason);
        if (waiting.size === 0) nap?.abort();
      };
      const one: Waiting = {
        wantedBytes,
        go(bytes) {
          signal.removeEventListener("abort", leave);
          resolve(bytes);
        },
      };
      waiting.add(one);
      signal.addEventListener("abort", leave, { once: true });
      if (waiting.size === 1) serve();
    });
  }

  return {
    grant(wantedBytes, signal) {
      if (rate === null) return wantedBytes;
      if (signal.aborted) return Promise.reject(signal.reason);
      return wait(wantedBytes, signal);
    },
    set(bytesPerSecond) {
      if (rate !== null) fill(rate);
      else [tokens, filledAtMs] = [0, clock.monotonicMs()];
      rate = bytesPerSecond;
      serve();
    },
  };
}
