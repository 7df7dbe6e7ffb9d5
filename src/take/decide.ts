/**
 * What to do next with a take: the one place that decides. Pure; take.ts looks, asks here, and has the
 * steps done. Reads in the order of the line: asset, parts, registration, PUT, verify, finalize.
 */
import {
  MAX_PART_BYTES,
  MAX_PART_NUMBER,
  MIN_HEAD_BYTES,
  MIN_PART_BYTES,
} from "../parts/limits.ts";
import { HEAD_NUMBER, type Part, planGrowing, planRemainder } from "../parts/plan.ts";
import type { Judgement } from "../recording/settle.ts";
import { nextPart, rangeOf, type TakePart, type TakeState } from "./state.ts";

/** The moment that a decision is made for. */
export interface Scene {
  /** Bytes that belong to the take: the file's size, or what a person ended the take at. */
  readonly sizeBytes: number;
  /** Bytes that are safe to send. */
  readonly frontierBytes: number;
  /** Bytes in front that the container will rewrite at the stop. */
  readonly headBytes: number;
  readonly mediaStart: number | null;
  readonly judgement: Judgement;
  /** Whether a write after a reading that begins now would show in the file's size or time. */
  readonly isSteady: boolean;
  /** Whether parts can be declared while the recording grows, or only whole files go this way. */
  readonly takes: "growing" | "finished";
  /** Lanes of this process. */
  readonly lanes: number;
  /** Whether this errand is under way or waits for its next attempt. */
  busy(errand: string): boolean;
  /** Whether a presigned URL is at hand that can still be used. */
  hasUrl(partNumber: number): boolean;
  /** Whether the part was read again since the recording last changed, and is equal. */
  isVerified(partNumber: number): boolean;
}

/** One thing to do now. */
export type Step =
  | { readonly do: "create_asset" }
  /** The asset cannot be completed: leave it and begin a second one. */
  | { readonly do: "abandon_asset"; readonly reason: string }
  /** What the operator's word was about is not there any more, or lies elsewhere: an index goes in front. */
  | { readonly do: "withdraw_finish"; readonly cutToBytes?: number }
  | { readonly do: "fix_head"; readonly headBytes: number; readonly mediaStart: number | null }
  /** The media have moved: the head part grows by as much. */
  | { readonly do: "shift"; readonly byBytes: number; readonly mediaStart: number }
  /** `again`: the service may know these parts already; they are asked for with the same words. */
  | {
    readonly do: "register";
    readonly parts: readonly Part[];
    readonly totalBytes: number | null;
    readonly again: boolean;
  }
  | { readonly do: "put"; readonly number: number }
  | { readonly do: "verify"; readonly number: number }
  /** Everything is in and equal. */
  | { readonly do: "conclude" };

/** At most this many parts are registered and not yet stored, for each lane. */
const PARTS_A_LANE = 4;

/** Parts read again at once: two keep a disk busy without making it jump. */
const VERIFY_LANES = 2;

/** The steps to begin now; those under way are not named again. */
export function decide(state: TakeState, scene: Scene): Step[] {
  if (state.cancelled) return [];
  if (state.finalized === null && isCut(state, scene)) {
    return [{ do: "withdraw_finish", cutToBytes: scene.sizeBytes }];
  }
  if (scene.sizeBytes === 0) return [];
  if (state.asset.at !== "created") {
    if (state.paused) return [];
    const isTime = scene.takes === "growing" || scene.judgement.is === "ended";
    return isTime && !scene.busy("asset") ? [{ do: "create_asset" }] : [];
  }
  if (state.finalized === null) {
    const byBytes = shiftBytes(state, scene);
    const hasMoved = byBytes !== 0 && byBytes !== "unknown";
    if (hasMoved && state.finishAskedBytes !== null) return [{ do: "withdraw_finish" }];
    const misfit = whyMisfit(state, scene);
    if (misfit !== null) return [{ do: "abandon_asset", reason: misfit }];
    if (byBytes === "unknown") return [];
    if (byBytes !== 0) return [{ do: "shift", byBytes, mediaStart: scene.mediaStart! }];
  }
  if (state.finalized === null) {
    // Reading again takes nothing from the uplink: it goes on while the take is paused.
    if (state.paused) return checks(state, scene);
    return [...registrations(state, scene), ...puts(state, scene), ...checks(state, scene)];
  }
  // Nothing goes to a finalized asset any more; what it holds is read again to the end.
  const steps = checks(state, scene);
  return steps.length === 0 && allVerified(state, scene) ? [{ do: "conclude" }] : steps;
}

/** Whether the recording was cut below what a person ended it at: what lies there now is another one. */
function isCut({ finishAskedBytes }: TakeState, { sizeBytes }: Scene): boolean {
  return finishAskedBytes !== null && sizeBytes < finishAskedBytes;
}

/** Why the registered parts no longer fit the recording, or null while they do. */
function whyMisfit(state: TakeState, scene: Scene): string | null {
  const { sizeBytes } = scene;
  const byBytes = shiftBytes(state, scene);
  if (typeof byBytes === "number" && byBytes !== 0) {
    const headBytes = state.head!.bytes + byBytes;
    const words = `its media moved by ${byBytes} bytes`;
    if (state.parts.has(HEAD_NUMBER)) return `${words} after its head had been registered`;
    if (headBytes < MIN_PART_BYTES || headBytes > MAX_PART_BYTES) {
      return `${words}, which makes a head of ${headBytes} bytes`;
    }
  }
  if (state.totalBytes !== null) {
    if (sizeBytes === state.totalBytes) return null;
    return `the recording has ${sizeBytes} bytes now, ${state.totalBytes} were registered as its total`;
  }
  const { offsetBytes } = nextPart(state);
  if (state.parts.size > 0 && offsetBytes >= sizeBytes) {
    return `the recording was cut to ${sizeBytes} bytes, ${offsetBytes} are registered in parts`;
  }
  return null;
}

/**
 * By how much the media lie elsewhere than when the head was fixed. `unknown` while the front cannot be
 * read: a recorder is in the middle of rewriting it, and whatever is read now may be torn.
 */
function shiftBytes(state: TakeState, scene: Scene): number | "unknown" {
  const before = state.head?.mediaStart ?? null;
  if (before === null) return 0;
  if (scene.mediaStart !== null) return scene.mediaStart - before;
  return scene.judgement.is === "ended" ? 0 : "unknown";
}

/** What to declare to the service. One call at a time, so that numbers are given out in order. */
function registrations(state: TakeState, scene: Scene): Step[] {
  if (scene.busy("register")) return [];
  const open = openParts(state);
  const mostParts = PARTS_A_LANE * scene.lanes;
  const withoutUrl = open.filter((part) => !scene.hasUrl(part.number));
  if (withoutUrl.length > 0) {
    const again = withoutUrl.slice(0, mostParts);
    const totalBytes = again.some((part) => part.isFinal) ? state.totalBytes : null;
    return [{ do: "register", parts: again, totalBytes, again: true }];
  }
  // Refilled when half is left: one call then carries many parts, and no lane runs dry meanwhile.
  if (open.length > mostParts / 2 || state.totalBytes !== null) return [];
  return declare(state, scene, mostParts - open.length);
}

/** New parts: those whose bytes are there; and after the end the rest, the head, the final one. */
function declare(state: TakeState, scene: Scene, most: number): Step[] {
  const head = state.head ?? {
    bytes: Math.max(MIN_HEAD_BYTES, scene.headBytes),
    mediaStart: scene.mediaStart,
  };
  const fixHead: Step[] = state.head === null
    ? [{ do: "fix_head", headBytes: head.bytes, mediaStart: head.mediaStart }]
    : [];
  const register = (parts: readonly Part[], totalBytes: number | null = null): Step[] => [
    ...fixHead,
    { do: "register", parts, totalBytes, again: false },
  ];

  const next = nextPart(state);
  const offsetBytes = state.head === null ? head.bytes : next.offsetBytes;
  const growing = planGrowing(next.number, offsetBytes, scene.frontierBytes, most);
  if (growing.length > 0) return register(growing);
  if (!isEnding(scene)) return [];

  if (state.parts.size === 0 && scene.sizeBytes <= head.bytes) {
    if (scene.judgement.is !== "ended") return [];
    const only = { number: HEAD_NUMBER, sizeBytes: scene.sizeBytes, isFinal: true };
    return [{ do: "register", parts: [only], totalBytes: scene.sizeBytes, again: false }];
  }
  const rest = planRemainder(next.number, offsetBytes, scene.sizeBytes);
  if (rest.at(-1)!.number > MAX_PART_NUMBER) {
    return [{ do: "abandon_asset", reason: `part numbers end at ${MAX_PART_NUMBER}` }];
  }
  const body = rest.slice(0, -1);
  if (body.length > 0) return register(body.slice(0, most));
  if (openParts(state).length > 0) return [];
  if (!state.parts.has(HEAD_NUMBER)) {
    return register([{ number: HEAD_NUMBER, sizeBytes: head.bytes, isFinal: false }]);
  }
  if (scene.judgement.is !== "ended" || !allVerified(state, scene)) return [];
  return register(rest, scene.sizeBytes);
}

/** Parts that can go out. The head goes after the end, the final part after everything is verified. */
function puts(state: TakeState, scene: Scene): Step[] {
  const mayGo = (part: TakePart) => {
    if (part.at === "planned") return false;
    if (!scene.hasUrl(part.number) || scene.busy(putErrand(part.number))) return false;
    if (rangeOf(state, part.number).end > scene.frontierBytes) return false;
    if (part.isFinal) return scene.judgement.is === "ended" && othersVerified(state, scene);
    return part.number !== HEAD_NUMBER || isEnding(scene);
  };
  // A finished file may have thousands of open parts, and a place is counted from the first one on.
  const next = openParts(state).slice(0, PARTS_A_LANE * scene.lanes);
  return next.filter(mayGo).map(({ number }): Step => ({ do: "put", number }));
}

/** Stored parts that are to be read again, lowest number first. */
function checks(state: TakeState, scene: Scene): Step[] {
  if (!isEnding(scene) && state.finalized === null) return [];
  if (!scene.isSteady) return [];
  const steps: Step[] = [];
  let seen = 0;
  for (const part of state.parts.values()) {
    if (part.at !== "stored" || scene.isVerified(part.number)) continue;
    if (!scene.busy(verifyErrand(part.number))) steps.push({ do: "verify", number: part.number });
    if (++seen === VERIFY_LANES) break; // those under way are among the lowest that are left
  }
  return steps;
}

/** Whether the rest may be sent and read again: the bytes say that it is over, settled or not yet. */
function isEnding(scene: Scene): boolean {
  return scene.judgement.is === "settling" || scene.judgement.is === "ended";
}

/*
 * A take has up to 10,000 parts and takes many turns a second: plain loops, which leave nothing behind
 * for the collector.
 */

/** Parts that are not stored, or hold other bytes by now; a few at any time. */
function openParts(state: TakeState): TakePart[] {
  const open: TakePart[] = [];
  for (const part of state.parts.values()) if (part.at !== "stored") open.push(part);
  return open;
}

function allVerified(state: TakeState, scene: Scene): boolean {
  for (const part of state.parts.values()) {
    if (part.at !== "stored" || !scene.isVerified(part.number)) return false;
  }
  return true;
}

function othersVerified(state: TakeState, scene: Scene): boolean {
  for (const part of state.parts.values()) {
    if (part.isFinal) continue;
    if (part.at !== "stored" || !scene.isVerified(part.number)) return false;
  }
  return true;
}

/** How the names of all errands that send a part begin. */
export const PUT_ERRANDS = "put ";

/** Name of the errand that sends a part. */
export function putErrand(partNumber: number): string {
  return `${PUT_ERRANDS}${partNumber}`;
}

/** Name of the errand that reads a part again. */
export function verifyErrand(partNumber: number): string {
  return `verify ${partNumber}`;
}
