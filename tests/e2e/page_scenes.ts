/** Made-up takes for the looks of the page: states that are rare, or take hours to come about. */
import { machineOf } from "../../src/control/machine.ts";
import type { FinishedTake, StripState, TakeDetail, TakeView } from "../../src/control/view.ts";
import { finalizedView, stripRuns, takeView } from "../control/views.ts";

/** What the fixture serves: the answers of the API, made up. */
export interface Scene {
  readonly takes: readonly TakeView[];
  readonly history: readonly FinishedTake[];
  readonly bytesPerSecond: number | null;
}

const GB = 1_000_000_000;
const MB = 1_000_000;

/** A rate that goes up and down about `middle`, as links do. */
function trend(middle: number, dip = 0): number[] {
  return Array.from({ length: 40 }, (_, i) => {
    const sway = 1 + 0.1 * Math.sin(i / 2.3) + 0.05 * Math.sin(i * 1.7);
    return Math.round(middle * (i > 40 - dip ? 0.12 : sway));
  });
}

/** The take on the README's pictures: a camera on its way. */
function live(over: Partial<TakeView> = {}): TakeView {
  const parts: [StripState, number, number][] = [
    ["registered", 1, 5 * MB],
    ["stored", 796, 11.62 * GB],
    ["sending", 4, 0.09 * GB],
    ["registered", 2, 0.05 * GB],
  ];
  const strip = stripRuns(...parts);
  strip[1] = { ...strip[1]!, to: 500, sizeBytes: 6.9 * GB };
  strip.splice(2, 0, { from: 501, to: 509, state: "stored", sizeBytes: 0.16 * GB, resent: true });
  strip.splice(3, 0, { from: 510, to: 797, state: "stored", sizeBytes: 4.56 * GB });
  return takeView({
    id: "take-0417",
    name: "A017C004_261120_R2KL.mov",
    path: "/media/recorder/A017C004_261120_R2KL.mov",
    assetId: "1b2c7f0e-58d1-4a6e-9c3b-2f4e7a90d6c1",
    recordedBytes: 11.84 * GB,
    storedBytes: 11.62 * GB,
    resentBytes: 0.16 * GB,
    rateBytesPerSecond: 48.2 * MB,
    rateTrend: trend(48 * MB),
    recordRateBytesPerSecond: 47.5 * MB,
    behindSeconds: 4.6,
    playableAt: at(5),
    diskFullInSeconds: 4 * 3600 + 12 * 60,
    operations: ["finish", "pause", "cancel", "prioritise"],
    partCount: 803,
    resentPartCount: 9,
    strip,
    ...over,
  });
}

/** The same strip while nothing is sent. */
function still(over: Partial<TakeView>): TakeView {
  const view = live(over);
  const strip = view.strip.map((run) =>
    run.state === "sending" ? { ...run, state: "registered" as const } : run
  );
  return { ...view, strip, rateBytesPerSecond: 0 };
}

/** ISO 8601, so many seconds from now. */
function at(seconds: number): string {
  return new Date(Date.now() + 1000 * seconds).toISOString();
}

const done = (id: string, over: Partial<TakeView> = {}) =>
  finalizedView({
    id,
    name: `A017C00${id}_261120_R2KL.mov`,
    path: `/media/recorder/A017C00${id}_261120_R2KL.mov`,
    assetId: "9e0d2c44-7711-4f0a-8a55-0c1d7ab0e2f3",
    recordedBytes: 38.4 * GB,
    storedBytes: 38.4 * GB,
    tailSeconds: 1.4,
    endedByWords: "the file's own bytes say that its recorder finished it",
    ...over,
  });

const past = (index: number, over: Partial<FinishedTake> = {}): FinishedTake => ({
  id: `past-${index}`,
  name: `A016C${String(20 - index).padStart(3, "0")}_261120_R2KL.mov`,
  assetId: `a-${index}`,
  assetUrl: null,
  finalizedAt: new Date(Date.now() - (index + 1) * 1_740_000).toISOString(),
  sizeBytes: (12 + ((index * 7.3) % 40)) * GB,
  tailSeconds: 0.8 + ((index * 1.7) % 3),
  endedBy: "container",
  finishedByRecorder: true,
  endedByWords: "the file's own bytes say that its recorder finished it",
  verified: true,
  completed: true,
  proof: "every byte read again and equal; complete in Frame.io",
  ...over,
});

const HISTORY = Array.from({ length: 4 }, (_, index) => past(index));

/** Fifty takes: some of each kind, one of them with 10,000 parts that all differ from their neighbours. */
function fifty(): TakeView[] {
  const kinds: ((id: string, name: string) => TakeView)[] = [
    (id, name) => live({ id, name, behindSeconds: 1 + (Number(id) % 7) * 1.3 }),
    (id, name) => live({ id, name, phase: "verifying", words: "ended: 62 % read again and equal" }),
    (id, name) => takeView({ id, name, phase: "waiting", words: "waiting for the recording" }),
  ];
  const views = Array.from({ length: 49 }, (_, index) => {
    const name = `CAM${String(index % 8)}_take${String(index).padStart(3, "0")}.mxf`;
    if (index > 36) return done(String(index), { name });
    return kinds[index % 9 === 8 ? 1 : 0]!(String(index), name);
  });
  return [...views, tenThousand()];
}

/** A take whose every part differs from its neighbours: the most that a strip can hold. */
function tenThousand(): TakeView {
  return live({
    id: "10000",
    name: "ten_thousand_parts.mov",
    recordedBytes: 5000 * GB,
    storedBytes: 2500 * GB,
    partCount: 10_000,
    strip: Array.from({ length: 10_000 }, (_, index) => ({
      from: index + 1,
      to: index + 1,
      state: index % 2 ? "stored" : "sending",
      sizeBytes: 500 * MB,
    })),
  });
}

/** The scenes by name; made anew when asked for, because they tell times of day. */
export const SCENES: Readonly<Record<string, () => Partial<Scene>>> = {
  idle: () => ({ history: HISTORY }),
  live: () => ({ takes: [live(), done("3"), done("2")], history: HISTORY }),
  behind: () => ({
    takes: [
      live({
        recordedBytes: 18.2 * GB,
        behindSeconds: 142,
        rateBytesPerSecond: 6.1 * MB,
        rateTrend: trend(48 * MB, 22),
        playableAt: at(1078),
        problem: "Cannot reach Frame.io's storage: the connection was reset. " +
          "Trying again in 8 s; nothing is lost while the recording is on disk.",
        operations: ["finish", "pause", "retry", "cancel", "prioritise"],
      }),
      done("3"),
    ],
    history: HISTORY,
    bytesPerSecond: 6_250_000,
  }),
  paused: () => ({
    takes: [still({
      phase: "paused",
      words: "paused: nothing is sent until it is resumed",
      behindSeconds: 38,
      rateTrend: trend(48 * MB, 12).map((rate, i) => i > 28 ? 0 : rate),
      playableAt: null,
      operations: ["finish", "resume", "cancel"],
    })],
    history: HISTORY,
  }),
  failed: () => ({
    takes: [
      still({
        phase: "failed",
        words: "failed",
        behindSeconds: null,
        problem: "Frame.io refuses the token (401). Renew it with the login command, " +
          "then press Try again.",
        operations: ["retry", "cancel"],
      }),
      live({ id: "b", name: "B017C004_261120_R1ZX.mov", diskFullInSeconds: 1500 }),
    ],
    history: HISTORY,
  }),
  finished: () => ({
    takes: [
      done("4", { assetUrl: "https://next.frame.io/project/p/view/a" }),
      done("3"),
      done("2", {
        endedBy: "writer_gone",
        finishedByRecorder: false,
        words: "whole and verified; its recorder never closed the file",
      }),
    ],
    history: HISTORY,
  }),
  sandbox: () => ({
    takes: [done("4", { sandbox: true, recordedBytes: 154 * MB, storedBytes: 154 * MB })],
  }),
  given_up: () => ({
    takes: [
      live(),
      takeView({
        id: "w",
        phase: "waiting",
        rateBytesPerSecond: 0,
        strip: [],
        behindSeconds: null,
        words: "waiting for the recording",
        name: "B001.mov",
      }),
      still({
        id: "g",
        phase: "cancelled",
        words: "given up: what is stored stays incomplete in Frame.io",
        name: "C001.mov",
        behindSeconds: null,
        operations: [],
      }),
      done("3"),
    ],
  }),
  verifying: () => ({
    takes: [live({
      phase: "verifying",
      words: "ended: sending the rest, 62 % read again and equal",
      endedBy: "container",
      endedByWords: "the file's own bytes say that its recorder finished it",
      verifiedBytes: 7.3 * GB,
      behindSeconds: 2.1,
      doneInSeconds: 6,
      playableAt: at(6),
      operations: ["pause", "cancel"],
      partCount: 777,
      resentPartCount: 0,
      strip: stripRuns(
        ["registered", 1, 5 * MB],
        ["verified", 480, 7.3 * GB],
        [
          "stored",
          280,
          4.3 * GB,
        ],
        ["changed", 12, 0.1 * GB],
        ["sending", 4, 0.1 * GB],
      ),
    })],
    history: HISTORY,
  }),
  two: () => ({
    takes: [
      live({ id: "a", name: "A001.mov" }),
      live({ id: "b", name: "B001.mov", prioritised: true }),
    ],
  }),
  many: () => ({ takes: fifty(), history: HISTORY }),
  ugly: () => ({
    takes: [live({
      name: `<img src=x onerror=alert(1)> "quoted" 🎬 ${"very_long_".repeat(16)}.mov`,
      assetUrl: "javascript:alert(1)",
    })],
    history: [past(0, { name: "<script>alert(1)</script>.mov" })],
  }),
};

/** The answers of the API for a scene; `over` replaces figures of its first take. */
export function answersOf(name: string, over: Partial<TakeView> = {}) {
  const { takes: [first, ...rest] = [], history = [], bytesPerSecond = null } = SCENES[name]!();
  const takes = first === undefined ? [] : [{ ...first, ...over }, ...rest];
  return {
    takes: { machine: machineOf(takes), takes },
    history: { takes: history },
    limits: { bytesPerSecond, lanes: 4 },
    detailOf: (id: string): TakeDetail | undefined => {
      const view = takes.find((take) => take.id === id);
      return view && { ...view, timeline: TIMELINE(), errors: [] };
    },
  };
}

const TIMELINE = () => [
  entry(-260, "take.started", "The recording was found"),
  entry(-259, "asset.created", "The asset was created"),
  entry(-90, "part.delayed", "The storage is busy. Part 501 goes again in 2.0 s"),
  entry(-88, "service.delayed", "The connection was reset. Next try in 4.0 s"),
];

function entry(seconds: number, type: string, words: string) {
  return { id: null, time: at(seconds), type, words };
}
