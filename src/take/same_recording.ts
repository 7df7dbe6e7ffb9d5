/** Whether a file is the recording of a take, by what it holds. */
import { RecordingChanged } from "../errors.ts";
import { HEAD_NUMBER } from "../parts/plan.ts";
import type { RecordingSource } from "../runtime/disk.ts";
import type { RangeDigest } from "../runtime/range_digest.ts";
import type { TakeRoom } from "./desk.ts";
import { lookAtBytes } from "./sight.ts";
import { partOf, rangeOf, type TakeState } from "./state.ts";

/** How long a file that is being rewritten is left alone before it is looked at again, in ms. */
const REWRITE_WAIT_MS = 500;

/** Times that a file may have grown without a stored part turning up in it again. */
const MOST_GROWTHS = 3;

/** How coarse FAT keeps the time of a change, in milliseconds (FAT specification: even seconds). */
const FAT_GRAIN_MS = 2000;

/**
 * Whether the file still holds what was stored of it. A recorder that overwrites a file in place keeps
 * its identity, so two stored parts are read again: if neither is there any more, it is another
 * recording. Single changes are the business of verification. While the file is being rewritten at a
 * constant size, as when its media are moved to make room in front, nothing can be said yet.
 */
export async function holdsStoredBytes(
  state: TakeState,
  { digests, clock }: Pick<TakeRoom, "digests" | "clock">,
  source: RecordingSource,
  signal: AbortSignal,
): Promise<boolean> {
  const stored = storedParts(state, HEAD_NUMBER + 1);
  if (stored.length === 0) return true;
  for (let growths = 0; growths <= MOST_GROWTHS;) {
    const { facts, look } = await lookAtBytes(source);
    const byBytes = shiftOf(state, look.mediaStart);
    // The container keeps back what is long stored: its recorder is in the middle of moving it.
    const { start } = rangeOf(state, stored[0]!);
    if (look.verdict === "open" && look.frontierBytes < start) return true;
    for (const number of endsOf(stored)) {
      if (await isThere(state, digests, source, number, byBytes, signal)) return true;
    }
    await clock.sleep(REWRITE_WAIT_MS, signal);
    const now = await source.stat();
    if (now.sizeBytes === facts.sizeBytes && now.modifiedMs === facts.modifiedMs) return false;
    if (now.sizeBytes !== facts.sizeBytes) growths++;
  }
  return false;
}

/**
 * Whether a file that only was born in the same moment is the take's recording. Stricter than
 * {@linkcode holdsStoredBytes}: a camera whose clock has stopped gives all its files one time of birth,
 * and what is taken for finalized is never uploaded. So where nothing is stored nothing is the same; a
 * finalized take must have its size, its time, its head and its last part.
 */
export async function isSameByContent(
  state: TakeState,
  { digests }: Pick<TakeRoom, "digests">,
  source: RecordingSource,
  signal: AbortSignal,
): Promise<boolean> {
  const { facts, look } = await lookAtBytes(source);
  const { finalized } = state;
  if (finalized === null) {
    const byBytes = shiftOf(state, look.mediaStart);
    for (const number of endsOf(storedParts(state, HEAD_NUMBER + 1))) {
      if (await isThere(state, digests, source, number, byBytes, signal)) return true;
    }
    return false;
  }
  if (finalized.sizeBytes !== facts.sizeBytes) return false;
  if (Math.abs(finalized.modifiedMs - facts.modifiedMs) > FAT_GRAIN_MS) return false;
  for (const number of endsOf(storedParts(state, HEAD_NUMBER))) {
    if (!(await isThere(state, digests, source, number, 0, signal))) return false;
  }
  return true;
}

/** Numbers of the stored parts from `least` on, in their order. */
function storedParts(state: TakeState, least: number): number[] {
  return [...state.parts.values()]
    .filter((part) => part.at === "stored" && part.number >= least)
    .map((part) => part.number)
    .sort((a, b) => a - b);
}

/** The first and the last of them. */
const endsOf = (numbers: readonly number[]) =>
  [...new Set([numbers[0], numbers.at(-1)])]
    .filter((number) => number !== undefined);

/** How many bytes further back the media lie now than when the head was fixed. */
function shiftOf({ head }: TakeState, mediaStart: number | null): number {
  const known = head?.mediaStart ?? null;
  return known === null || mediaStart === null ? 0 : mediaStart - known;
}

/** Whether a stored part's bytes are in the file, where the media lie now. */
async function isThere(
  state: TakeState,
  digests: RangeDigest,
  source: RecordingSource,
  number: number,
  byBytes: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { start, end } = rangeOf(state, number);
  if (start + byBytes < 0) return false;
  try {
    const range = { start: start + byBytes, end: end + byBytes };
    return await digests.digest(source, range, signal) === partOf(state, number).digest;
  } catch (error) {
    if (error instanceof RecordingChanged) return false;
    throw error;
  }
}
