/** Where a take stood at one moment. */
interface Sample {
  readonly atMs: number;
  readonly recordedBytes: number;
  readonly storedBytes: number;
  readonly verifiedBytes: number;
}

/** Samples beyond which the older ones are thinned out; a week needs about 1,150. */
const MOST_SAMPLES = 1500;

/** Samples may lie apart by this share of their age: what is said of the past is that exact. */
const GAP_SHARE = 0.02;

/** Shortest time between two samples, in milliseconds. */
const SAMPLE_EVERY_MS = 250;

/** How far back a rate looks, in milliseconds: parts arrive in lumps, a poor link stores one in 10 s. */
const RATE_WINDOW_MS = 20_000;

/** Keeps the recent past of a take, to tell rates and how far behind the recorder it is. */
export interface Meter {
  /** Notes where the take stands. Times are monotonic milliseconds. */
  note(sample: Sample): void;
  /** Acknowledged bytes a second over the last 20 s. */
  storedRate(): number;
  /** Bytes a second read again over the last 20 s. */
  verifiedRate(): number;
  /**
   * Seconds since the recording had the size that is stored now: what the recorder wrote since then
   * is what would be missing. Never less than the truth as far as it was noted, and at most one sample
   * and 2 % more. Null while nothing was noted.
   */
  behindSeconds(): number | null;
}

/** A meter for one take. */
export function createMeter(): Meter {
  let history: Sample[] = [];
  let latest: Sample | null = null;

  function rate(of: (sample: Sample) => number): number {
    if (latest === null) return 0;
    const { atMs } = latest;
    const first = history.find((sample) => atMs - sample.atMs <= RATE_WINDOW_MS) ?? latest;
    const seconds = (atMs - first.atMs) / 1000;
    return seconds < 0.2 ? 0 : Math.max(0, of(latest) - of(first)) / seconds;
  }

  return {
    note(sample) {
      latest = sample;
      const last = history.at(-1);
      if (last !== undefined && sample.atMs - last.atMs < SAMPLE_EVERY_MS) return;
      history.push(sample);
      if (history.length > MOST_SAMPLES) history = thinned(history, sample.atMs);
    },
    storedRate: () => rate((sample) => sample.storedBytes),
    verifiedRate: () => rate((sample) => sample.verifiedBytes),
    behindSeconds() {
      if (latest === null) return null;
      const { storedBytes, recordedBytes, atMs } = latest;
      if (storedBytes >= recordedBytes) return 0;
      // The last moment before the recording was larger than what is stored now.
      const after = history.findIndex((sample) => sample.recordedBytes > storedBytes);
      const since = after < 0 ? history.at(-1) : history[Math.max(0, after - 1)];
      return (atMs - (since ?? latest).atMs) / 1000;
    },
  };
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
