import type { StripRun, StripState, TakeView } from "../../src/control/view.ts";

/** A take in the middle of its recording; `over` replaces what a test is about. */
export function takeView(over: Partial<TakeView> = {}): TakeView {
  return {
    id: "t1",
    name: "take01.mov",
    path: "/card/take01.mov",
    phase: "recording",
    words: "recording",
    sandbox: false,
    assetId: "1b2c7f0e",
    assetUrl: null,
    formerAssets: [],
    recordedBytes: 1_240_000_000,
    storedBytes: 1_100_000_000,
    verifiedBytes: 0,
    resentBytes: 0,
    rateBytesPerSecond: 48_200_000,
    rateTrend: [],
    behindSeconds: 2.4,
    recordRateBytesPerSecond: 50_000_000,
    doneInSeconds: null,
    playableAt: "2024-06-12T14:00:03.000Z",
    diskFullInSeconds: null,
    endedBy: null,
    endedByWords: null,
    finishedByRecorder: null,
    tailSeconds: null,
    verified: false,
    problem: null,
    canFinish: true,
    prioritised: false,
    operations: ["finish", "pause", "prioritise", "cancel"],
    partCount: 10,
    resentPartCount: 0,
    strip: stripRuns(["stored", 8, 1_000_000_000], ["sending", 1, 100_000_000], [
      "registered",
      1,
      40_000_000,
    ]),
    ...over,
  };
}

/** A take that is finalized and verified. */
export function finalizedView(over: Partial<TakeView> = {}): TakeView {
  return takeView({
    phase: "finalized",
    words: "finalized and verified",
    storedBytes: 1_240_000_000,
    verifiedBytes: 1_240_000_000,
    rateBytesPerSecond: 0,
    behindSeconds: null,
    endedBy: "container",
    finishedByRecorder: true,
    endedByWords: "the file's own bytes say that its recorder finished it",
    tailSeconds: 0.8,
    verified: true,
    canFinish: false,
    operations: [],
    strip: stripRuns(["verified", 10, 1_240_000_000]),
    ...over,
  });
}

/** Runs from `[state, parts, bytes]`, numbered from part 1 on. */
export function stripRuns(...runs: [state: StripState, parts: number, bytes: number][]) {
  let from = 1;
  return runs.map(([state, parts, sizeBytes]): StripRun => {
    const run = { from, to: from + parts - 1, state, sizeBytes };
    from += parts;
    return run;
  });
}
