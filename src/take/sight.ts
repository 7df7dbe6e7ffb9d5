import type { Look } from "../containers/container.ts";
import { detect } from "../containers/detect.ts";
import {
  judge,
  type Judgement,
  observe,
  type Observed,
  quietMs,
  type QuietPolicy,
} from "../recording/settle.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Disk, FileFacts, RecordingSource } from "../runtime/disk.ts";
import type { Writers } from "../runtime/writers.ts";

/** What one look at the recording showed, and what all looks so far add up to. */
export interface Sight {
  readonly facts: FileFacts;
  readonly look: Look;
  readonly observed: Observed;
  readonly judgement: Judgement;
  /** The file has no name any more; it lives by our handle. */
  readonly deleted: boolean;
}

/** How often the system is asked who writes, in milliseconds; each time walks over all processes. */
const WRITERS_EVERY_MS = 2000;

/** How often a writer is looked for before it is given up while the recording grows. */
const WRITER_TRIES = 5;

/**
 * Makes the function that looks at one recording: the file's facts, then what its bytes say, then
 * whether it is over.
 *
 * @param path Where the recording lies, without links.
 */
export function createSight(
  disk: Disk,
  clock: Clock,
  source: RecordingSource,
  path: string,
  policy: QuietPolicy,
): (finishAsked: boolean) => Promise<Sight> {
  let observed: Observed | null = null;
  let writers: Writers = "unknown";
  let writerSeen = false;
  let writerTries = 0;
  let askedAtMs = -Infinity;

  /** Asks early until a writer was seen once, then only when silence makes the answer matter. */
  async function askWriters(fileId: string, now: number, quiet: boolean): Promise<void> {
    const wanted = quiet || (!writerSeen && writerTries < WRITER_TRIES);
    const fresh = askedAtMs > observed!.sinceMs && now - askedAtMs < WRITERS_EVERY_MS;
    if (!wanted || fresh) return;
    askedAtMs = now;
    writerTries++;
    const found = await disk.writers(path, fileId);
    if (found === "some") writerSeen = true;
    // Somebody we could see before and cannot see now is gone, even where not everyone is visible.
    writers = found === "unknown" && writerSeen ? "none" : found;
  }

  return async (finishAsked) => {
    const facts = await source.stat();
    const named = await disk.stat(path);
    const deleted = named?.fileId !== facts.fileId && facts.linkCount === 0;
    const container = await detect(source.read, facts.sizeBytes);
    const look = await container.inspect(source.read, facts.sizeBytes);
    const moment = { nowMs: clock.now(), monotonicMs: clock.monotonicMs() };
    observed = observe(observed, facts, look.verdict, moment);
    const quiet = deleted || quietMs(observed, moment) >= policy.idleMs;
    await askWriters(facts.fileId, moment.monotonicMs, quiet);
    const judgement = judge({ observed, look, moment, writers, finishAsked, deleted }, policy);
    return { facts, look, observed, judgement, deleted };
  };
}
