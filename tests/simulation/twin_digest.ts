import { RecordingChanged, Unavailable } from "../../src/errors.ts";
import type { ByteRange } from "../../src/recording/range.ts";
import type { RecordingSource } from "../../src/runtime/disk.ts";
import type { Pace, RangeDigest, SentRange } from "../../src/runtime/range_digest.ts";
import type { Chance } from "./chance.ts";
import { digestOf, type Run } from "./content.ts";
import type { SimFile } from "./files.ts";
import type { Life } from "./life.ts";
import type { Line, Network } from "./network.ts";
import type { DiskPlan } from "./plan.ts";
import type { Answer, Service } from "./service.ts";
import type { TwinDisk } from "./twin_disk.ts";

/** PUTs of one process, for the checkers. */
export interface Sends {
  /** PUTs under way at this moment. */
  count: number;
  /** Called as a PUT begins. */
  onBegin(url: string, range: ByteRange, runs: () => Run[]): void;
  /** Called when it is over, however. */
  onEnd(url: string): void;
  /** Called when a range was read whole, to be compared. @param beganMs World time. */
  onRead(file: SimFile, range: ByteRange, beganMs: number): void;
}

/** Bulk reading of a simulated process: in a few slices, between which the recorder may write. */
export function twinDigest(
  life: Life,
  disk: TwinDisk,
  plan: DiskPlan,
  network: Network,
  service: Service,
  chance: Chance,
  sends: Sends,
  pace: Pace,
): RangeDigest {
  const { schedule } = life;

  /** Where a range is cut, so that nobody reads it in one moment. */
  function* slices({ start, end }: ByteRange): Generator<ByteRange> {
    const count = chance.whole(1, 4);
    for (let i = 0; i < count; i++) {
      const from = start + Math.floor((end - start) * i / count);
      const to = start + Math.floor((end - start) * (i + 1) / count);
      if (to > from) yield { start: from, end: to };
    }
  }

  async function readSlice(source: RecordingSource, slice: ByteRange, signal: AbortSignal) {
    await disk.access(signal);
    const { content } = disk.fileOf(source);
    if (slice.end > content.sizeBytes) {
      throw new RecordingChanged(`The recording ends at ${content.sizeBytes}, not ${slice.end}`);
    }
    return content.slice(slice.start, slice.end);
  }

  /** Reads a range onto a connection, as fast as the uplink takes it. */
  async function feed(
    source: RecordingSource,
    range: ByteRange,
    signal: AbortSignal,
    line: Line,
    onSlice: (runs: readonly Run[], doneBytes: number) => void,
  ): Promise<void> {
    for (const slice of slices(range)) {
      onSlice(await readSlice(source, slice, signal), slice.end - range.start);
      for (let left = slice.end - slice.start; left > 0;) {
        const granted = pace(left, signal);
        left -= typeof granted === "number" ? granted : await granted;
      }
      const share = network.weather.uplinkBytesPerSecond() / sends.count;
      await line.pass(1000 * (slice.end - slice.start) / share);
      if (network.weather.isDown()) await line.pass(chance.whole(1, 60_000));
      if (network.weather.isDown()) throw lost("no progress");
    }
  }

  async function put(
    source: RecordingSource,
    range: ByteRange,
    target: Parameters<RangeDigest["send"]>[2],
    signal: AbortSignal,
    line: Line,
    onSent: ((bytes: number) => void) | undefined,
  ): Promise<SentRange> {
    const begunAtMs = schedule.nowMs;
    const fate = network.weather.fateOf("put");
    const found = service.partOfUrl(target.url);
    network.note(
      `PUT ${found?.asset.id} ${found?.part.number} ${range.start}-${range.end} ${fate.is}`,
    );
    if (fate.is === "refused") {
      await line.pass(network.delayMs());
      throw lost("ECONNREFUSED");
    }
    const runs: Run[] = [];
    // A reset comes at any byte: after this share of them.
    const mostBytes = fate.is === "lost" ? chance.fraction() * (range.end - range.start) : Infinity;
    await feed(source, range, signal, line, (slice, doneBytes) => {
      if (doneBytes > mostBytes) throw lost("ECONNRESET");
      runs.push(...slice);
      onSent?.(doneBytes);
    });
    if (fate.is === "stalled") {
      await line.pass(target.stallMs);
      throw lost("no progress");
    }
    if (fate.is === "answered") {
      await line.pass(network.delayMs());
      return { answer: fate.answer, digest: digestOf(runs) };
    }
    let answer: Answer | null = null;
    const store = () => void (answer = service.put(target.url, target.headers, runs, begunAtMs));
    const upMs = network.delayMs();
    schedule.after(upMs, null, store);
    if (fate.is === "twice") schedule.after(upMs + chance.spread(1, 5000), null, store);
    await line.pass(upMs + 1 + network.delayMs());
    if (fate.is === "unseen" || fate.is === "lost") throw lost("ECONNRESET");
    return { answer: answer!, digest: digestOf(runs) };
  }

  return {
    digest: (source, range, signal) =>
      life.pass(async () => {
        const runs: Run[] = [];
        const beganMs = schedule.nowMs;
        for (const slice of slices(range)) {
          signal.throwIfAborted();
          runs.push(...await readSlice(source, slice, signal));
          await life.pause(1000 * (slice.end - slice.start) / plan.bytesPerSecond, signal);
        }
        sends.onRead(disk.fileOf(source), range, beganMs);
        return digestOf(runs);
      }),
    send: (source, range, target, signal, onSent) =>
      life.pass(async () => {
        signal.throwIfAborted();
        const { content } = disk.fileOf(source);
        sends.onBegin(target.url, range, () => content.slice(range.start, range.end));
        const line = network.open(life, signal);
        sends.count++;
        try {
          return await put(source, range, target, signal, line, onSent);
        } finally {
          sends.count--;
          sends.onEnd(target.url);
          line.close();
        }
      }),
  };
}

function lost(reason: string): Unavailable {
  return new Unavailable(`Cannot send to storage.sim: ${reason}`, "network");
}
