import { MIN_HEAD_BYTES, MIN_PART_BYTES } from "../parts/limits.ts";
import { HEAD_NUMBER, planGrowing } from "../parts/plan.ts";
import { patienceMs, quietMs, type QuietPolicy } from "../recording/settle.ts";
import type { Sight } from "../take/sight.ts";
import { nextPart, type TakeState } from "../take/state.ts";
import type { TakeSnapshot } from "../take/outcome.ts";
import { duration } from "./page/words.js";

/** Silence shorter than this is how recorders write, in milliseconds; longer, it is told. */
const TOLD_AFTER_MS = 5_000;

/** A recorder that writes nothing while its take has not ended. */
export interface Standstill {
  /** All but what waits for the end is stored, so nothing lags behind: the head, and less than a part. */
  readonly isCaughtUp: boolean;
  /** The silence in words, and when it ends the take where that is known. */
  readonly words: string;
}

/** What is known of a take whose recorder writes nothing; null while it writes. */
export function standstillOf(
  { state, sight }: TakeSnapshot,
  moment: { readonly nowMs: number; readonly monotonicMs: number },
  policy: QuietPolicy,
): Standstill | null {
  if (sight === null || state.finalized !== null) return null;
  if (sight.judgement.is !== "growing" && sight.judgement.is !== "quiet") return null;
  const silentMs = quietMs(sight.observed, moment, sight.onNetwork);
  if (silentMs < TOLD_AFTER_MS) return null;
  return {
    isCaughtUp: isCaughtUp(state, sight),
    words: `nothing written for ${whole(silentMs)}${endWords(sight, silentMs, policy)}`,
  };
}

/** Whether nothing is left that could be sent before the end. */
function isCaughtUp(state: TakeState, { look, frontierBytes }: Sight): boolean {
  if (state.asset.at !== "created") return false;
  for (const part of state.parts.values()) {
    if (part.number !== HEAD_NUMBER && part.at !== "stored") return false;
  }
  const next = nextPart(state);
  const offsetBytes = state.head === null ? headBytes(look) : next.offsetBytes;
  return planGrowing(next.number, offsetBytes, frontierBytes, 1).length === 0;
}

/** What a head will have at least, in bytes (take/decide.ts). */
function headBytes(look: Sight["look"]): number {
  return Math.max(MIN_HEAD_BYTES, look.headBytes);
}

/** How large the recording will be when the first part of it can be sent, in bytes; null once one could. */
export function firstPartAtBytes({ state, sight }: TakeSnapshot): number | null {
  if (sight === null || state.parts.size > 0) return null;
  const atBytes = headBytes(sight.look) + MIN_PART_BYTES;
  return sight.frontierBytes < atBytes ? atBytes : null;
}

/** When silence ends the take; what it hangs on beside the silence is said too (recording/settle.ts). */
function endWords({ look, observed, facts }: Sight, silentMs: number, policy: QuietPolicy): string {
  if (look.verdict === "final") return "";
  const isOpen = look.verdict === "open";
  const leftMs = (isOpen ? policy.idleMs : patienceMs(observed, facts, policy)) - silentMs;
  if (leftMs <= 0) return "";
  const condition = isOpen
    ? "its recorder is seen to be gone"
    : "it stays so and no program has it open";
  return `; it ends in ${whole(leftMs)} if ${condition}`;
}

/** Whole seconds: it is counted aloud. */
function whole(ms: number): string {
  return ms < 59_500 ? `${Math.round(ms / 1000)} s` : duration(ms / 1000);
}
