import type { EndedBy } from "../events.ts";
import type { Look } from "../containers/container.ts";
import type { FileFacts } from "../runtime/disk.ts";
import type { Writers } from "../runtime/writers.ts";

/** When silence counts, in milliseconds. */
export interface QuietPolicy {
  /** Ends a recording whose format has no end rule, or whose writer is known to be gone. */
  readonly idleMs: number;
  /** Ends a recording whose bytes still say `open`. */
  readonly abandonMs: number;
}

/** What the looks so far add up to. */
export interface Observed {
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** When size and time were first seen as they are, monotonic milliseconds. */
  readonly sinceMs: number;
  /**
   * How long before that the file says it was changed, 0 to 1,000 ms; only for the report. Null where
   * that was longer ago, before the first look: nobody saw it.
   */
  readonly seenLateMs: number | null;
  /** Whether the file ever changed under our eyes. */
  readonly changedOnce: boolean;
  /** Longest time between two changes that we saw, in milliseconds. */
  readonly longestGapMs: number;
  /** When the present run of `final` looks began, monotonic milliseconds; null while not final. */
  readonly finalSinceMs: number | null;
  /**
   * The bytes said `final`, went on to change and said it still: whoever writes keeps the sizes true, or
   * stated them first and fills the file now. For the rest of the take `final` means nothing before it
   * has held for its settle time.
   */
  readonly finalWhileGrowing: boolean;
}

/** Clock readings of one look: wall clock and monotonic milliseconds. */
export interface Moment {
  readonly nowMs: number;
  readonly monotonicMs: number;
}

/** What a recorder patches after its `final` it patches within this, in milliseconds: 3 ms (measured). */
const LATE_PATCHES_MS = 250;

/** What is believed at most of a file's own time of change, in milliseconds: several looks. */
const MOST_LATE_MS = 1000;

/** Adds one look to what was observed before. */
export function observe(
  before: Observed | null,
  facts: Pick<FileFacts, "sizeBytes" | "modifiedMs">,
  verdict: Look["verdict"],
  moment: Moment,
): Observed {
  const same = before !== null && before.sizeBytes === facts.sizeBytes &&
    before.modifiedMs === facts.modifiedMs;
  const finalSinceMs = verdict !== "final"
    ? null
    : same && before.finalSinceMs !== null
    ? before.finalSinceMs
    : moment.monotonicMs;
  if (same) return { ...before, finalSinceMs };
  const lateMs = Math.max(moment.nowMs - facts.modifiedMs, 0);
  return {
    sizeBytes: facts.sizeBytes,
    modifiedMs: facts.modifiedMs,
    sinceMs: moment.monotonicMs,
    seenLateMs: before === null && lateMs > MOST_LATE_MS ? null : Math.min(lateMs, MOST_LATE_MS),
    changedOnce: before !== null,
    longestGapMs: before?.changedOnce
      ? Math.max(before.longestGapMs, moment.monotonicMs - before.sinceMs)
      : 0,
    finalSinceMs,
    finalWhileGrowing: before !== null &&
      (before.finalWhileGrowing || finalSinceMs !== null && wentOn(before, facts, moment)),
  };
}

/** Whether a change after a look that said `final` is more than the last patches of a stop. */
function wentOn(before: Observed, facts: Pick<FileFacts, "sizeBytes">, moment: Moment): boolean {
  if (before.finalSinceMs === null) return false;
  const heldMs = moment.monotonicMs - before.finalSinceMs;
  return facts.sizeBytes > before.sizeBytes || heldMs > LATE_PATCHES_MS;
}

/**
 * How long nothing has happened, in milliseconds. Counted from the file's own time, so that a file
 * that is long finished does not wait; but once it has changed under our eyes, or lies on a volume whose
 * times another machine sets, from the moment we saw it, because a clock may be wrong.
 */
export function quietMs(observed: Observed, moment: Moment, onNetwork: boolean): number {
  const seenMs = moment.monotonicMs - observed.sinceMs;
  const isSeen = observed.changedOnce || onNetwork;
  return isSeen ? seenMs : Math.max(seenMs, moment.nowMs - observed.modifiedMs);
}

/**
 * How far apart two writes can lie and leave the same time on a file, in milliseconds. FAT keeps even
 * seconds and HFS+ whole ones; elsewhere it is a tick of the kernel's timer, 10 ms at most (Linux,
 * CONFIG_HZ=100).
 */
function timeGrainMs(modifiedMs: number): number {
  return modifiedMs % 1000 === 0 ? 2000 : 20;
}

/**
 * Milliseconds until a reading of the file can be trusted to be void if its size or time change, and to
 * hold if they do not: before that, a write could leave both as they are. 0 when that is now.
 */
export function steadyInMs(observed: Observed, moment: Moment): number {
  const seenMs = moment.monotonicMs - observed.sinceMs;
  return Math.max(0, timeGrainMs(observed.modifiedMs) - seenMs);
}

/** What recorders gather before they write, in bytes: ffmpeg's and OBS's buffer (measured). */
const RECORDER_BUFFER_BYTES = 256 * 1024;

/** Silence must last this many times the longest gap seen before it means anything. */
const GAPS = 4;

/**
 * How long a recording must be quiet before silence ends it, in milliseconds: `--idle`, but several
 * times the longest gap seen, and the time that its bitrate takes to fill a recorder's buffer twice. A
 * 64 kbit/s audio file is silent for 33 s between two writes (measured).
 */
export function patienceMs(
  observed: Observed,
  facts: Pick<FileFacts, "sizeBytes" | "modifiedMs" | "bornMs">,
  policy: QuietPolicy,
): number {
  const recordedMs = facts.bornMs === null ? 0 : facts.modifiedMs - facts.bornMs;
  const bytesPerMs = recordedMs > 0 ? facts.sizeBytes / recordedMs : Infinity;
  const fillMs = bytesPerMs > 0 ? RECORDER_BUFFER_BYTES / bytesPerMs : 0;
  const patience = Math.max(policy.idleMs, GAPS * observed.longestGapMs, 2 * fillMs);
  return Math.min(patience, Math.max(policy.idleMs, policy.abandonMs));
}

/** Whether the recording is over, and how that is known. */
export type Judgement =
  | { readonly is: "growing" }
  /** Quiet for longer than idle, yet nothing says that it is over. */
  | { readonly is: "quiet"; readonly quietMs: number }
  /** The bytes say `final`, but not yet for long enough: all may be sent, nothing finalized. */
  | { readonly is: "settling" }
  | { readonly is: "ended"; readonly by: EndedBy; readonly finishedByRecorder: boolean };

/** Everything the judgement rests on. */
export interface Evidence {
  readonly observed: Observed;
  readonly facts: Pick<FileFacts, "sizeBytes" | "modifiedMs" | "bornMs">;
  readonly look: Look;
  /** How long a verdict must hold, in milliseconds; longer than the look's own on a network volume. */
  readonly settleMs: number;
  readonly moment: Moment;
  readonly writers: Writers;
  /**
   * Somebody was seen to keep the file open between two writes: then `none` says that the writer is
   * gone. Of others it may be that they open, append and close in turns. Default: false.
   */
  readonly writerStayed?: boolean;
  /** A person pressed finish. */
  readonly finishAsked: boolean;
  /** The file has no name any more; it lives by our handle. */
  readonly deleted: boolean;
  /** The file lies on a volume that other machines write to. */
  readonly onNetwork: boolean;
}

/**
 * The end of a recording, by evidence, in this order: the operator's word; the container's `final`
 * that held for its settle time with size and time unchanged, and for {@linkcode patienceMs} while
 * somebody is seen to have the file open, who may have stated the sizes first; silence, and only where the bytes have
 * no end rule or the writer is known to be gone; `--abandon`. A container that says `open` is evidence
 * that the take goes on.
 */
export function judge(evidence: Evidence, policy: QuietPolicy): Judgement {
  const { observed, look, settleMs, moment, writers } = evidence;
  const final = look.verdict === "final";
  if (evidence.finishAsked) return ended("operator", look.verdict !== "open");
  if (final && observed.finalSinceMs !== null) {
    const heldMs = moment.monotonicMs - observed.finalSinceMs;
    const openMs = writers === "some" ? patienceMs(observed, evidence.facts, policy) : 0;
    if (heldMs >= Math.max(settleMs, openMs)) return ended("container", true);
    return { is: observed.finalWhileGrowing ? "growing" : "settling" };
  }
  const quiet = quietMs(observed, moment, evidence.onNetwork);
  const seenMs = moment.monotonicMs - observed.sinceMs;
  // However old the file says it is, it must have been seen unchanged for a moment.
  const still = seenMs >= settleMs;
  if (evidence.deleted && still && writers !== "some") return ended("deleted", false);
  if (quiet < policy.idleMs || !still) return { is: "growing" };
  const isGone = writers === "none" && evidence.writerStayed === true;
  const isLong = isGone || quiet >= patienceMs(observed, evidence.facts, policy);
  // A format without a rule: silence is all there is, unless somebody is seen to hold the file.
  if (look.verdict === "undecidable" && writers !== "some" && isLong) return ended("idle", true);
  if (look.verdict === "open" && writers === "none" && isLong) return ended("writer_gone", false);
  // Where a writer is seen, only silence that was seen as well gives the recording up.
  const goneMs = writers === "some" ? seenMs : quiet;
  if (goneMs >= policy.abandonMs) return ended("abandoned", look.verdict !== "open");
  return { is: "quiet", quietMs: quiet };
}

function ended(by: EndedBy, finishedByRecorder: boolean): Judgement {
  return { is: "ended", by, finishedByRecorder };
}
