import type { DurableEvent } from "../../src/events.ts";
import type { Judgement } from "../../src/recording/settle.ts";
import type { Sight } from "../../src/take/sight.ts";
import { emptyState, replayState, type TakeState } from "../../src/take/state.ts";
import { newestMeter } from "../support/newest_meter.ts";
import type { Shown } from "../../src/take/shown.ts";
import type { TakeSnapshot } from "../../src/take/outcome.ts";

const STARTED: DurableEvent = {
  type: "take.started",
  path: "/card/a.mov",
  name: "a.mov",
  filetype: "video/quicktime",
  fileId: "7:1",
};

/** Parts of 10 bytes each, numbered from 1, as far as each letter says: planned, registered, stored, changed. */
export function stateOf(letters: string, ...more: readonly DurableEvent[]): TakeState {
  const events: DurableEvent[] = [
    STARTED,
    { type: "asset.created", assetId: "a1", name: "a.mov" },
    { type: "head.fixed", headBytes: 10, mediaStart: null },
  ];
  [...letters].forEach((letter, i) => {
    const number = i + 1;
    events.push({ type: "part.planned", number, sizeBytes: 10, isFinal: false });
    if (letter !== "p") events.push({ type: "part.registered", number });
    if ("sc".includes(letter)) events.push({ type: "part.stored", number, digest: "00" });
    if (letter === "c") events.push({ type: "part.changed", number });
  });
  return replayState("t1", [...events, ...more]);
}

/** A look at a recording of that size. */
export function sightOf(
  sizeBytes: number,
  judgement: Judgement,
  verdict: Sight["look"]["verdict"] = "open",
) {
  return {
    facts: { sizeBytes, modifiedMs: 0, bornMs: null },
    look: { verdict, headBytes: 0, mediaStart: null },
    frontierBytes: sizeBytes,
    observed: { sinceMs: 0, modifiedMs: 0, changedOnce: true, longestGapMs: 0 },
    judgement,
    onNetwork: false,
  } as unknown as Sight;
}

export const GROWING: Judgement = { is: "growing" };
export const ENDED: Judgement = { is: "ended", by: "container", finishedByRecorder: true };
export const DEAD: Judgement = { is: "ended", by: "abandoned", finishedByRecorder: false };

/** A take as the views see it: waiting, with nothing known, but for what is given. */
export function shown(over: Partial<TakeSnapshot>, already = false): Shown {
  return {
    takeId: "t1",
    target: { path: "/card/a.mov", name: "a.mov", filetype: "video/quicktime" },
    already,
    snapshot: {
      state: emptyState("t1"),
      sight: null,
      sending: new Map(),
      isVerified: () => false,
      trouble: null,
      meter: newestMeter(),
      outcome: null,
      paused: false,
      cancelled: false,
      ...over,
    },
  };
}

/** Facts of its end, as the journal keeps them. */
export const ended = (judgement: Judgement & { is: "ended" }): DurableEvent => ({
  type: "recording.ended",
  by: judgement.by,
  sizeBytes: 30,
  finishedByRecorder: judgement.finishedByRecorder,
});
const finalized = { type: "take.finalized", sizeBytes: 30, modifiedMs: 1 } as const;
export const FINALIZED: DurableEvent = { ...finalized, tailMs: 850 };
/** It was over before anybody looked. */
export const FINALIZED_UNSEEN: DurableEvent = { ...finalized, tailMs: null };
export const VERIFIED: DurableEvent = { type: "take.verified" };
export const FINAL: DurableEvent = {
  type: "part.planned",
  number: 3,
  sizeBytes: 10,
  isFinal: true,
  totalBytes: 30,
};
