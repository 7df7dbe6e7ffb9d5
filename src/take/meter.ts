import type { Moment } from "../recording/settle.ts";
import type { FileFacts } from "../runtime/disk.ts";

/** Where a take stood at one moment. */
interface Sample {
  readonly atMs: number;
  readonly recordedBytes: number;
  readonly storedBytes: number;
  /** All that connections were handed so far, what goes once more included. */
  readonly sentBytes: number;
  readonly verifiedBytes: number;
}

/** From when to when a recording grew, in monotonic milliseconds. */
export interface GrowthSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Samples beyond which the older ones are thinned out; a week needs about 1,150. */
const MOST_SAMPLES = 1500;

/** Samples may lie apart by this share of their age: what is said of the past is that exact. */
const GAP_SHARE = 0.02;

/** Shortest time between two samples, in milliseconds. */
const SAMPLE_EVERY_MS = 250;

/** How far back a rate looks, in milliseconds: connections take what they are handed in lumps. */
const RATE_WINDOW_MS = 20_000;

/** Spans of the trend: 40 of 3 s are the last 2 minutes. */
export const TREND_STEPS = 40;

/** Length of one span of the trend, in milliseconds. */
export const TREND_STEP_MS = 3_000;

/** What one figure of the trend is the mean of, in milliseconds. */
const TREND_WINDOW_MS = 10_000;

/** Keeps the recent past of a take, to tell rates and how far behind the recorder it is. */
export interface Meter {
  /** Notes where the take stands. Times are monotonic milliseconds. */
  note(sample: Sample): void;
  /**
   * Notes when the recording grew before the first sample, by the samples' clock: from when it was made
   * to its last change, evenly for all that is known; null where that is not known.
   */
  grewBefore(span: GrowthSpan | null): void;
  /**
   * Bytes a second that went out over the last 20 s. Of those that are acknowledged nothing could be
   * told on a poor link: it stores five parts of 5 MiB at once, and then nothing for minutes.
   */
  sentRate(): number;
  /** Bytes a second that the recording grew by over the last 20 s. */
  recordedRate(): number;
  /** Bytes a second read again over the last 20 s. */
  verifiedRate(): number;
  /**
   * Bytes a second that went out, oldest first: one figure for each of {@linkcode TREND_STEPS} spans of
   * {@linkcode TREND_STEP_MS}, each as the mean over the 10 s before its end, since they go in lumps.
   * Spans before the first sample are left out.
   */
  sentTrend(): number[];
  /**
   * Seconds since the recording had the size that is stored now: what the recorder wrote since then
   * is what would be missing. Counts to the present time. Never less than the truth as far as it was
   * noted, and at most one sample and 2 % more; of what was recorded before the first sample it is an
   * estimate. Null while nothing was noted.
   */
  behindSeconds(): number | null;
}

/**
 * A meter for one take.
 *
 * @param monotonicMs The present time, by the clock of the samples: what is told counts to now, since a
 * take whose drive does not answer brings no more samples.
 */
export function createMeter(monotonicMs: () => number): Meter {
  let history: Sample[] = [];
  let latest: Sample | null = null;
  let earlier: GrowthSpan | null = null;

  const nowMs = () => Math.max(monotonicMs(), latest?.atMs ?? 0);

  function rate(of: (sample: Sample) => number): number {
    if (latest === null) return 0;
    const atMs = nowMs();
    const isOld = (sample: Sample) => atMs - sample.atMs > RATE_WINDOW_MS;
    const first = history[history.findLastIndex(isOld) + 1] ?? latest;
    const seconds = (atMs - first.atMs) / 1000;
    return seconds < 0.2 ? 0 : Math.max(0, of(latest) - of(first)) / seconds;
  }

  /** What had gone out at a moment, as far as it was noted. */
  function sentAt(ms: number): number {
    if (latest !== null && latest.atMs <= ms) return latest.sentBytes;
    return history[countUpTo(history, ms) - 1]?.sentBytes ?? 0;
  }

  return {
    note(sample) {
      // It was cut below what is stored: what is recorded from here on is another recording.
      if (latest !== null && sample.recordedBytes < latest.storedBytes) {
        history = [];
        earlier = null;
      }
      latest = sample;
      const last = history.at(-1);
      if (last !== undefined && sample.atMs - last.atMs < SAMPLE_EVERY_MS) return;
      history.push(sample);
      if (history.length > MOST_SAMPLES) history = thinned(history, sample.atMs);
    },
    grewBefore: (span) => void (earlier = span),
    sentRate: () => rate((sample) => sample.sentBytes),
    recordedRate: () => rate((sample) => sample.recordedBytes),
    verifiedRate: () => rate((sample) => sample.verifiedBytes),
    sentTrend() {
      const first = history[0];
      if (latest === null || first === undefined) return [];
      const atMs = nowMs();
      const trend: number[] = [];
      for (let step = TREND_STEPS - 1; step >= 0; step--) {
        const endMs = atMs - step * TREND_STEP_MS;
        if (endMs <= first.atMs) continue;
        const startMs = Math.max(first.atMs, endMs - TREND_WINDOW_MS);
        const bytes = sentAt(endMs) - sentAt(startMs);
        trend.push(Math.max(0, Math.round(bytes / ((endMs - startMs) / 1000))));
      }
      return trend;
    },
    behindSeconds() {
      if (latest === null) return null;
      const { storedBytes, recordedBytes } = latest;
      if (storedBytes >= recordedBytes) return 0;
      // The last moment before the recording was larger than what is stored now.
      const after = history.findIndex((sample) => sample.recordedBytes > storedBytes);
      if (after === 0 && earlier !== null) {
        const { fromMs, toMs } = earlier;
        const share = storedBytes / history[0]!.recordedBytes;
        return (nowMs() - (fromMs + share * (toMs - fromMs))) / 1000;
      }
      const since = after < 0 ? history.at(-1) : history[Math.max(0, after - 1)];
      return (nowMs() - (since ?? latest).atMs) / 1000;
    },
  };
}

/**
 * When a recording grew before it was looked at first: since it was seen to be empty, or by its own times;
 * null where they do not say it: a network volume's clock is not ours, and what was copied was changed
 * before it was made.
 *
 * @param absentAtMs When nothing of it was recorded yet, monotonic milliseconds; null where nobody saw that.
 */
export function grownBefore(
  { bornMs, modifiedMs }: Pick<FileFacts, "bornMs" | "modifiedMs">,
  { onNetwork, absentAtMs }: {
    readonly onNetwork: boolean;
    readonly absentAtMs: number | null;
  },
  moment: Moment,
): GrowthSpan | null {
  if (absentAtMs !== null) return { fromMs: absentAtMs, toMs: moment.monotonicMs };
  if (onNetwork || bornMs === null || bornMs > modifiedMs || modifiedMs > moment.nowMs) return null;
  const aheadMs = moment.monotonicMs - moment.nowMs;
  return { fromMs: bornMs + aheadMs, toMs: modifiedMs + aheadMs };
}

/** How many of the samples, which stand in the order of their times, are not after `ms`. */
function countUpTo(history: readonly Sample[], ms: number): number {
  let [low, high] = [0, history.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (history[middle]!.atMs <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The history without what lies closer together than its age asks for. First and last stay. */
function thinned(history: readonly Sample[], nowMs: number): Sample[] {
  const kept: Sample[] = [];
  history.forEach((sample, i) => {
    const before = kept.at(-1);
    const after = history[i + 1];
    const isSpare = before !== undefined && after !== undefined &&
      after.atMs - before.atMs <= GAP_SHARE * (nowMs - after.atMs);
    if (!isSpare) kept.push(sample);
  });
  return kept;
}
