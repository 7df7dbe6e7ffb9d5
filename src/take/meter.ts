/** Where a take stood at one moment. */
interface Sample {
  readonly atMs: number;
  readonly recordedBytes: number;
  readonly storedBytes: number;
  readonly verifiedBytes: number;
}

/** Most samples kept; beyond it every second of the older ones is dropped. */
const MOST_SAMPLES = 1200;

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
   * is what would be missing. Null while nothing was noted.
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
      if (history.length > MOST_SAMPLES) {
        const half = history.length >> 1;
        history = history.filter((_, i) => i === 0 || i >= half || i % 2 === 0);
      }
    },
    storedRate: () => rate((sample) => sample.storedBytes),
    verifiedRate: () => rate((sample) => sample.verifiedBytes),
    behindSeconds() {
      if (latest === null) return null;
      const { storedBytes, recordedBytes, atMs } = latest;
      if (storedBytes >= recordedBytes) return 0;
      // The first moment at which the recording was larger than what is stored now.
      const since = history.find((sample) => sample.recordedBytes > storedBytes) ?? latest;
      return (atMs - since.atMs) / 1000;
    },
  };
}
