import type { Look } from "../containers/container.ts";
import { detect } from "../containers/detect.ts";
import { createWalkMemory, type WalkMemory } from "../containers/walk_memory.ts";
import { createDataFrontier } from "../recording/data_frontier.ts";
import {
  judge,
  type Judgement,
  observe,
  type Observed,
  quietMs,
  type QuietPolicy,
  steadyInMs,
} from "../recording/settle.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Disk, FileFacts, RecordingSource } from "../runtime/disk.ts";
import type { Writers } from "../runtime/writers.ts";

/** What one look at the recording showed, and what all looks so far add up to. */
export interface Sight {
  readonly facts: FileFacts;
  readonly look: Look;
  /** Bytes that may be sent now: what the container vouches for, without an empty end. */
  readonly frontierBytes: number;
  readonly observed: Observed;
  readonly judgement: Judgement;
  /** Milliseconds until a reading of the file means something: see settle.ts; 0 when that is now. */
  readonly steadyInMs: number;
  /** The file has no name any more; it lives by our handle. */
  readonly deleted: boolean;
  /** The file lies on a network volume, whose size and time may be seconds old. */
  readonly onNetwork: boolean;
}

/** How often the system is asked who writes, in milliseconds; each time walks over all processes. */
const WRITERS_EVERY_MS = 2000;

/** How often a writer is looked for before it is given up while the recording grows. */
const WRITER_TRIES = 5;

/** Who has a file open that stands still for so long keeps it open between writes, in milliseconds. */
const STAYS_MS = 1000;

/**
 * How long a verdict must hold at least where the file's last 64 KiB are empty, in milliseconds: its
 * sizes may have been stated before its bytes were written.
 */
const EMPTY_END_SETTLE_MS = 2000;

/**
 * How long a verdict must hold on a network volume, in milliseconds. NFS keeps what it knows of a
 * changing file for 3 s and more (nfs(5), acregmin); SMB for 1 s (mount.cifs(8), actimeo).
 */
const NETWORK_SETTLE_MS = 10_000;

/** How long one look searches for the end of what is written, in milliseconds; the next one goes on. */
const FRONTIER_MS = 100;

/** What looks remember of a recording, for whoever looks: a part is sent by what it was chosen by. */
const memories = new WeakMap<RecordingSource, WalkMemory>();

/** The facts of an opened recording and what its bytes say. */
export async function lookAtBytes(
  source: RecordingSource,
): Promise<{ facts: FileFacts; look: Look }> {
  const facts = await source.stat();
  const memory = memories.get(source) ?? createWalkMemory();
  memories.set(source, memory);
  const container = await detect(source.read, facts.sizeBytes);
  return { facts, look: await container.inspect(source.read, facts.sizeBytes, memory) };
}

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
  const dataFrontier = createDataFrontier();
  let observed: Observed | null = null;
  let onNetwork: boolean | null = null;
  let writers: Writers = "unknown";
  let writerSeen = false;
  let writerStayed = false;
  let writerTries = 0;
  let askedAtMs = -Infinity;
  let answeredAtMs = -Infinity;

  /**
   * Asks early until a writer was seen once, and seen to stay; then only when the answer matters: while
   * it is quiet, and once the verdict has held for its settle time, until nobody writes.
   *
   * @param settledMs When `final` has held for its settle time; Infinity while it is not `final`.
   */
  async function askWriters(
    fileId: string,
    now: number,
    quiet: boolean,
    settledMs: number,
  ): Promise<void> {
    const isStill = now - observed!.sinceMs >= STAYS_MS;
    const isUnseen = !writerSeen || (isStill && !writerStayed);
    const isSettled = settledMs <= now;
    const wanted = quiet || isSettled || (isUnseen && writerTries < WRITER_TRIES);
    const isNew = askedAtMs > observed!.sinceMs && (!isSettled || askedAtMs >= settledMs);
    const holds = now - askedAtMs < WRITERS_EVERY_MS || (isSettled && writers !== "some");
    if (!wanted || (isNew && holds)) return;
    askedAtMs = now;
    writerTries++;
    const found = await disk.writers(path, fileId);
    if (found === "late") {
      // Nothing new is known. What was found since the last change stands; who was seen before it may
      // be there still.
      if (answeredAtMs <= observed!.sinceMs) writers = writerSeen ? "some" : "unknown";
      return;
    }
    answeredAtMs = now;
    if (found === "some") writerSeen = true;
    if (found === "some" && isStill) writerStayed = true;
    // Somebody we could see before and cannot see now is gone, even where not everyone is visible.
    writers = found === "unknown" && writerSeen ? "none" : found;
  }

  return async (finishAsked) => {
    // The time before the look: a slow one must not make the silence seem longer than it was.
    const moment = { nowMs: clock.now(), monotonicMs: clock.monotonicMs() };
    const { facts, look } = await lookAtBytes(source);
    // A folder that is shut for a moment is no reason to stop: the handle says what matters.
    const named = await disk.stat(path).catch(() => null);
    onNetwork ??= await disk.isNetworkVolume(path);
    const deleted = named?.fileId !== facts.fileId && facts.linkCount === 0;
    observed = observe(observed, facts, look.verdict, moment);
    const quiet = deleted || quietMs(observed, moment, onNetwork) >= policy.idleMs;
    const untilMs = clock.monotonicMs() + FRONTIER_MS;
    const mayGoOn = () => clock.monotonicMs() < untilMs;
    const dataBytes = await dataFrontier.find(
      source.read,
      facts.sizeBytes,
      look.headBytes,
      mayGoOn,
    );
    const leastMs = dataBytes < facts.sizeBytes ? EMPTY_END_SETTLE_MS : 0;
    const settleMs = Math.max(look.settleMs, leastMs, onNetwork ? NETWORK_SETTLE_MS : 0);
    const settledMs = (observed.finalSinceMs ?? Infinity) + settleMs;
    await askWriters(facts.fileId, moment.monotonicMs, quiet, settledMs);
    // The walk over all processes takes time: whatever it found, a file that grew has a writer.
    if (quiet && (await source.stat()).sizeBytes !== facts.sizeBytes) writers = "some";
    const evidence = { observed, facts, look, settleMs, moment, writers, writerStayed };
    const judgement = judge({ ...evidence, finishAsked, deleted, onNetwork }, policy);
    // Once a take has ended, zeros are data; before that whoever writes may have stated the sizes first.
    const frontierBytes = judgement.is === "ended"
      ? facts.sizeBytes
      : Math.min(look.frontierBytes, dataBytes);
    return {
      ...{ facts, look, frontierBytes, observed, judgement, deleted, onNetwork },
      steadyInMs: steadyInMs(observed, moment),
    };
  };
}
