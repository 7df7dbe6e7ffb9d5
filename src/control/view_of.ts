import { mayBeComplete, storedBytes, type TakePart } from "../take/state.ts";
import type { Shown } from "../take/shown.ts";
import type { TakeSnapshot } from "../take/outcome.ts";
import type { QuietPolicy } from "../recording/settle.ts";
import { EVIDENCE } from "./event_words.ts";
import { NEVER_CLOSED, placeOf, size } from "./page/words.js";
import { firstPartAtBytes, type Standstill, standstillOf } from "./standstill.ts";
import type { Operation, StripRun, StripState, TakePhase, TakeView } from "./view.ts";

/** What a view needs to know beside the take itself. */
export interface ViewMoment {
  /** Wall clock, milliseconds since 1970; without it no time of day is predicted. */
  readonly nowMs?: number;
  /** When its final part and total were in, milliseconds since 1970; null or absent if not known. */
  readonly finalizedMs?: number | null;
  /** Seconds until the volume of the recording is full; null or absent where nobody can tell. */
  readonly diskFullInSeconds?: number | null;
  /** Monotonic milliseconds; without it nothing is said of a recorder's silence. */
  readonly monotonicMs?: number;
  /** When silence ends a take; without it nothing is said of a recorder's silence. */
  readonly quiet?: QuietPolicy;
  /** Whether takes go to the sandbox in this process, and nothing to Frame.io. */
  readonly sandbox?: boolean;
}

/** The view of one take: everything that any surface shows, in one place, so that none disagree. */
export function viewOf(shown: Shown, moment: ViewMoment = {}): TakeView {
  const { takeId, target, snapshot, already, prioritised = false } = shown;
  const { state, sight, meter, outcome } = snapshot;
  const phase = phaseOf(snapshot, already);
  const isGone = phase === "cancelled";
  const over = state.finalized !== null || outcome !== null || isGone;
  // After a restart nothing was looked at yet; but what is stored was on disk.
  const recordedBytes = sight?.facts.sizeBytes ?? state.finalized?.sizeBytes ?? storedBytes(state);
  const parts = [...state.parts.values()].sort((a, b) => a.number - b.number);
  const readAgainBytes = sum(parts.filter((p) => isVerified(p, snapshot)));
  // A recording that was cut has fewer bytes than were stored of it, until its asset is left.
  const verifiedBytes = Math.min(
    state.verified ? state.finalized!.sizeBytes : readAgainBytes,
    recordedBytes,
  );
  const judgement = sight?.judgement;
  const endedNow = judgement?.is === "ended" ? judgement : state.finalized && state.ended;
  const doneIn = over ? null : doneInSeconds(snapshot, recordedBytes, verifiedBytes);
  const { nowMs, monotonicMs, quiet, sandbox = false } = moment;
  const standstill = nowMs === undefined || monotonicMs === undefined || quiet === undefined
    ? null
    : standstillOf(snapshot, { nowMs, monotonicMs }, quiet);
  const canFinish = sight !== null && recordedBytes > 0 && !over && state.totalBytes === null &&
    state.finishAskedBytes === null;
  return {
    id: takeId,
    name: state.name || target.name,
    path: target.path,
    phase,
    words: wordsOf(phase, shown, { recordedBytes, verifiedBytes, standstill, sandbox }),
    sandbox,
    assetId: state.asset.at === "created" ? state.asset.id : null,
    assetUrl: state.asset.at === "created" ? state.asset.viewUrl ?? null : null,
    formerAssets: state.formerAssets,
    recordedBytes,
    storedBytes: Math.min(storedBytes(state), recordedBytes),
    verifiedBytes,
    resentBytes: state.resentBytes,
    rateBytesPerSecond: over || snapshot.paused ? 0 : Math.round(meter.sentRate()),
    rateTrend: over ? [] : meter.sentTrend(),
    recordRateBytesPerSecond: over ? 0 : Math.round(meter.recordedRate()),
    behindSeconds: over || standstill?.isCaughtUp ? null : meter.behindSeconds(),
    doneInSeconds: doneIn,
    playableAt: playableAt(snapshot, over, doneIn, recordedBytes, moment),
    diskFullInSeconds: over ? null : moment.diskFullInSeconds ?? null,
    endedBy: endedNow?.by ?? null,
    endedByWords: endedNow ? EVIDENCE[endedNow.by] : null,
    finishedByRecorder: endedNow?.finishedByRecorder ?? null,
    tailSeconds: tailSecondsOf(state),
    verified: state.verified,
    problem: snapshot.trouble,
    canFinish,
    prioritised,
    operations: operationsOf(phase, snapshot, canFinish, prioritised),
    partCount: parts.length,
    resentPartCount: parts.filter(isResent).length,
    strip: stripOf(parts, snapshot),
  };
}

function phaseOf(snapshot: TakeSnapshot, already: boolean): TakePhase {
  const { state, sight, outcome } = snapshot;
  if (already) return "finalized";
  if (snapshot.cancelled) return "cancelled";
  if (outcome?.is === "failed") return "failed";
  if (outcome?.is === "suspended") return "suspended";
  if (state.finalized !== null) return state.verified ? "finalized" : "finalizing";
  if (snapshot.paused) return "paused";
  if (sight === null) return state.parts.size > 0 ? "recording" : "waiting";
  if (state.totalBytes !== null && isAllButFinalStored(state)) return "finalizing";
  if (sight.judgement.is === "quiet") return "quiet";
  return sight.judgement.is === "growing" ? "recording" : "verifying";
}

/** A finished file is declared whole at once, with its final part: most of it is yet to go then. */
function isAllButFinalStored({ parts }: TakeSnapshot["state"]): boolean {
  for (const part of parts.values()) if (!part.isFinal && part.at !== "stored") return false;
  return true;
}

/** What the take would accept now; the same that its operations answer (take/operations.ts). */
function operationsOf(
  phase: TakePhase,
  { state, outcome, trouble }: TakeSnapshot,
  canFinish: boolean,
  isPrioritised: boolean,
): Operation[] {
  const canCancel = state.path !== "" && !mayBeComplete(state);
  const operations: Operation[] = [];
  if (outcome?.is === "failed" && phase === "failed") {
    if (!outcome.changedLate) operations.push("retry");
    if (canCancel) operations.push("cancel");
    return operations;
  }
  if (
    phase === "waiting" || phase === "cancelled" || outcome !== null || state.finalized !== null
  ) {
    return [];
  }
  if (canFinish) operations.push("finish");
  operations.push(phase === "paused" ? "resume" : "pause");
  if (trouble !== null && phase !== "paused") operations.push("retry");
  if (!isPrioritised) operations.push("prioritise");
  if (canCancel) operations.push("cancel");
  return operations;
}

/** A network volume tells size and time late, so the end is waited for longer. */
const NETWORK_WORDS = ", on a network volume: the end is told some seconds later";

function wordsOf(
  phase: TakePhase,
  { snapshot, already }: Shown,
  { recordedBytes, verifiedBytes, standstill, sandbox }: {
    readonly recordedBytes: number;
    readonly verifiedBytes: number;
    readonly standstill: Standstill | null;
    readonly sandbox: boolean;
  },
): string {
  const { state, sight } = snapshot;
  const mark = state.ended?.finishedByRecorder === false ? `; ${NEVER_CLOSED}` : "";
  switch (phase) {
    case "waiting":
      return "waiting for the recording";
    case "recording":
      if (sight === null) return "waiting for the disk";
      if (standstill !== null) return standstill.words;
      return (sight.look.verdict === "undecidable"
        ? "recording, in a format without an end mark: ends when it is quiet"
        : "recording") + (sight.onNetwork ? NETWORK_WORDS : "") + firstWords(snapshot);
    case "quiet":
      return "quiet: waiting for the recorder. Press finish if the take is over";
    case "verifying": {
      const whole = state.finishAskedBytes ?? recordedBytes;
      const percent = whole === 0 ? 0 : Math.floor(100 * verifiedBytes / whole);
      const rest = storedBytes(state) < whole ? "sending the rest, " : "";
      return `ended: ${rest}${percent} % read again and equal${mark}`;
    }
    case "finalizing":
      return `finalizing${mark}`;
    case "finalized":
      if (already) return `finalized before and unchanged${mark}`;
      return state.ended?.by === "deleted"
        ? "deleted before its recorder finished it; every byte it had is stored and verified"
        : `${mark === "" ? "finalized" : "whole"} and verified${mark}`;
    case "paused":
      return "paused: nothing is sent until it is resumed";
    case "cancelled":
      return `given up: what is stored stays incomplete in ${placeOf({ sandbox })}`;
    case "suspended":
      return "suspended: the same command goes on with it";
    case "failed":
      return "failed";
  }
}

/** Parts have a least size: a slow recorder needs a while for the first one. */
function firstWords(snapshot: TakeSnapshot): string {
  const atBytes = firstPartAtBytes(snapshot);
  return atBytes === null ? "" : `; the first part goes at ${size(atBytes)}`;
}

/** What is left to store and to read again, at the present rates; they run side by side. */
function doneInSeconds(
  { state, sight, meter }: TakeSnapshot,
  recordedBytes: number,
  verifiedBytes: number,
): number | null {
  const judgement = sight?.judgement.is;
  if (judgement !== "ended" && judgement !== "settling") return null;
  const whole = state.finishAskedBytes ?? recordedBytes;
  const storing = seconds(whole - storedBytes(state), meter.sentRate());
  const reading = seconds(whole - verifiedBytes, meter.verifiedRate());
  return storing === null || reading === null ? null : Math.max(storing, reading);
}

/** When the last byte was in, or will be at the present rates; while it grows, if it stopped now. */
function playableAt(
  { state, meter, paused }: TakeSnapshot,
  over: boolean,
  doneIn: number | null,
  recordedBytes: number,
  { nowMs, finalizedMs = null }: ViewMoment,
): string | null {
  // Never from the file's own time: one of January may be uploaded today.
  if (state.finalized !== null) return finalizedMs === null ? null : iso(finalizedMs);
  if (over || paused || recordedBytes === 0 || nowMs === undefined) return null;
  const inSeconds = doneIn ?? seconds(recordedBytes - storedBytes(state), meter.sentRate());
  return inSeconds === null ? null : iso(nowMs + 1000 * inSeconds);
}

function tailSecondsOf({ finalized }: TakeSnapshot["state"]): number | null {
  const tailMs = finalized?.tailMs ?? null;
  return tailMs === null ? null : tailMs / 1000;
}

/** A time of day to the second; null beyond what a date can tell (a rate next to nothing). */
function iso(atMs: number): string | null {
  const date = new Date(1000 * Math.ceil(atMs / 1000));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function seconds(bytes: number, rate: number): number | null {
  if (bytes <= 0) return 0;
  return rate > 0 ? bytes / rate : null;
}

/** The parts as runs of equal neighbours: 10,000 of them stay a few entries. */
function stripOf(parts: readonly TakePart[], snapshot: TakeSnapshot): StripRun[] {
  const runs: StripRun[] = [];
  for (const part of parts) {
    const state = stripState(part, snapshot);
    const resent = isResent(part);
    const last = runs.at(-1);
    if (last?.state === state && (last.resent ?? false) === resent && last.to === part.number - 1) {
      runs[runs.length - 1] = {
        ...last,
        to: part.number,
        sizeBytes: last.sizeBytes + part.sizeBytes,
      };
    } else {
      const run = { from: part.number, to: part.number, state, sizeBytes: part.sizeBytes };
      runs.push(resent ? { ...run, resent } : run);
    }
  }
  return runs;
}

function isResent(part: TakePart): boolean {
  return part.starts > 1;
}

function stripState(part: TakePart, snapshot: TakeSnapshot): StripState {
  if (snapshot.sending.has(part.number)) return "sending";
  if (part.at === "changed") return "changed";
  if (part.at !== "stored") return "registered";
  return isVerified(part, snapshot) ? "verified" : "stored";
}

function isVerified(part: TakePart, { state, isVerified }: TakeSnapshot): boolean {
  return part.at === "stored" && (state.verified || isVerified(part.number));
}

function sum(parts: readonly TakePart[]): number {
  return parts.reduce((bytes, part) => bytes + part.sizeBytes, 0);
}
