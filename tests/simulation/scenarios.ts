/** Worlds that were thought out, each for one thing that must go well. */
import { MIB } from "../../src/parts/limits.ts";
import type { Deed, DiskPlan, Plan, RecordingPlan, Spell } from "./plan.ts";
import { recorders } from "./recorders/all.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const GIB = 1024 * MIB;

/** A recorder that records 40 MiB in eight seconds and stops. */
const take = (recorder: string, over: Partial<RecordingPlan> = {}): RecordingPlan => ({
  ...{ recorder, mediaBytes: 40 * MIB, startMs: 0, bytesPerSecond: 5 * MIB, writeEveryMs: 200 },
  ...{ pauses: [], diesAtShare: null, lateChangeMs: null, againMs: null, ...over },
});

/** A disk without any trouble. */
const DISK: DiskPlan = {
  slowMs: 0,
  bytesPerSecond: GIB,
  failing: { fromMs: 0, untilMs: 0, share: 0 },
  journalFaults: [],
  full: null,
  timeGrainMs: 4,
  staleMs: null,
  tellsWriters: true,
  hints: true,
};

/** A calm world around some recordings. */
const world = (recordings: readonly RecordingPlan[], over: Partial<Plan> = {}): Plan => ({
  ...{ recordings, spells: [], deeds: [], disk: DISK, restartMs: { least: 0, most: SECOND } },
  ...{ idleMs: 5 * SECOND, abandonMs: MINUTE, lanes: 5, correct: false },
  ...{ urlLifeMs: 24 * HOUR, latencyMs: 20, ...over },
});

const spell = (kind: Spell["kind"], untilMs: number, uplinkBytesPerSecond = 20 * MIB): Spell => ({
  ...{ kind, untilMs, uplinkBytesPerSecond, severity: 1 },
});
const hit = (over: Partial<Plan>, recorder = "mov_ffmpeg") => world([take(recorder)], over);
const deeds = (...list: readonly Deed[]) => hit({ deeds: list });

/** The same world, killed at each of the first calls of a door in the middle of the take, one after the other. */
const killedAtEachCall = Array.from({ length: 60 }, (_, calls): [string, Plan] => [
  `killed at call ${calls + 1} of a door`,
  deeds({ atMs: 7 * SECOND, do: "crash_at_call", calls: calls + 1 }),
]);

/** Each recorder once, without any fault. */
const everyRecorder = recorders.map(({ name, mostMediaBytes }): [string, Plan] => [
  `records as ${name} does`,
  world([take(name, { mediaBytes: Math.min(40 * MIB, mostMediaBytes) })]),
]);

/** Named worlds. */
export const scenarios: readonly (readonly [name: string, plan: Plan])[] = [
  ...everyRecorder,
  ["has one byte", world([take("one_byte")])],
  [
    "is longer than 10,000 parts of 5 MiB reach",
    world([
      take("mov_ffmpeg", { mediaBytes: 60 * GIB, bytesPerSecond: GIB / 4 }),
    ], { spells: [spell("clear", HOUR, GIB)] }),
  ],
  [
    "has 5 TiB",
    world([
      take("ts", {
        mediaBytes: 5 * 1024 * GIB - 64 * 1024,
        bytesPerSecond: 64 * GIB,
        writeEveryMs: SECOND,
      }),
    ], { spells: [spell("clear", HOUR, 64 * GIB)], disk: { ...DISK, bytesPerSecond: 64 * GIB } }),
  ],
  ["is followed by the next under its name", world([take("mov_ffmpeg", { againMs: 3 * SECOND })])],
  [
    "is to be finished, and its recorder begins the file anew while the rest goes out",
    world([take("mov_ffmpeg", { againMs: SECOND })], {
      deeds: [{ atMs: 7500, do: "finish", recording: 0 }],
      spells: [spell("clear", HOUR, MIB)],
    }),
  ],
  [
    "is finished long before its recorder stops, over a slow line",
    world([take("mov_ffmpeg", { bytesPerSecond: MIB })], {
      deeds: [{ atMs: 10 * SECOND, do: "finish", recording: 0 }],
      spells: [spell("clear", HOUR, MIB / 4)],
    }),
  ],
  [
    "pauses for minutes and goes on",
    world([
      take("mov_ffmpeg", { pauses: [{ atShare: 0.5, forMs: 4 * MINUTE }] }),
    ], { abandonMs: HOUR }),
  ],
  ["dies in the middle", world([take("mkv_ffmpeg", { diesAtShare: 0.6 })])],
  [
    "is changed after its end",
    world([take("mov_ffmpeg", { lateChangeMs: 800 })], { correct: true }),
  ],
  [
    "is offline for twelve hours",
    hit({ spells: [spell("clear", 3000), spell("down", 12 * HOUR)] }),
  ],
  ["loses every other answer", hit({ spells: [{ ...spell("lossy", MINUTE), severity: 0.5 }] })],
  ["meets a login page", hit({ spells: [spell("portal", 20 * SECOND)] })],
  ["is told to slow down", hit({ spells: [spell("throttled", 30 * SECOND)] })],
  ["meets a service that fails", hit({ spells: [{ ...spell("faulty", MINUTE), severity: 0.5 }] })],
  ["waits for answers that take for ever", hit({ spells: [spell("slow", 2 * MINUTE)] })],
  ["is refused", hit({ spells: [spell("clear", 2000), spell("refusing", 9 * SECOND)] })],
  [
    "has URLs that live for five seconds",
    hit({
      urlLifeMs: 5 * SECOND,
      spells: [spell("clear", MINUTE, MIB)],
    }),
  ],
  [
    "is restarted a day later",
    hit({
      deeds: [{ atMs: 4 * SECOND, do: "crash" }],
      restartMs: { least: 24 * HOUR, most: 24 * HOUR },
    }),
  ],
  ["is suspended and goes on", deeds({ atMs: 4 * SECOND, do: "suspend" })],
  ["is finished by the operator", deeds({ atMs: 5 * SECOND, do: "finish", recording: 0 })],
  [
    "is paused over its recorder's stop, killed, and resumed in another process",
    deeds(
      { atMs: 4 * SECOND, do: "pause", recording: 0 },
      { atMs: 9 * SECOND, do: "crash" },
      { atMs: MINUTE, do: "resume", recording: 0 },
    ),
  ],
  [
    "is finished while it is paused",
    deeds(
      { atMs: 4 * SECOND, do: "pause", recording: 0 },
      { atMs: 5 * SECOND, do: "finish", recording: 0 },
      { atMs: 20 * SECOND, do: "resume", recording: 0 },
    ),
  ],
  ["is given up half-way and begun anew", deeds({ atMs: 4 * SECOND, do: "cancel", recording: 0 })],
  [
    "is given up in a pause after a crash",
    deeds(
      { atMs: 3 * SECOND, do: "pause", recording: 0 },
      { atMs: 4 * SECOND, do: "crash" },
      { atMs: 7 * SECOND, do: "cancel", recording: 0 },
    ),
  ],
  [
    "is added while another one is uploaded, and then goes first",
    world([take("mov_ffmpeg"), take("mxf_vbr", { isAdded: true })], {
      lanes: 1,
      deeds: [
        { atMs: 4 * SECOND, do: "add", recording: 1 },
        { atMs: 5 * SECOND, do: "prioritise", recording: 1 },
        { atMs: 6 * SECOND, do: "add", recording: 0 },
      ],
      spells: [spell("clear", MINUTE, 4 * MIB)],
    }),
  ],
  [
    "goes under limits that change",
    deeds(
      { atMs: 2 * SECOND, do: "limit", lanes: 1, bytesPerSecond: MIB },
      { atMs: 6 * SECOND, do: "limit", lanes: 8, bytesPerSecond: 16 * MIB },
      { atMs: 12 * SECOND, do: "limit", lanes: 5, bytesPerSecond: null },
    ),
  ],
  ["is started twice", deeds({ atMs: 4 * SECOND, do: "second_process" })],
  ["sleeps for an hour", deeds({ atMs: 4 * SECOND, do: "freeze", forMs: HOUR, breaks: true })],
  [
    "has a clock that jumps ahead and back",
    deeds(
      { atMs: 3 * SECOND, do: "set_clock", byMs: 49 * HOUR },
      { atMs: 6 * SECOND, do: "set_clock", byMs: -98 * HOUR },
    ),
  ],
  [
    "lies on FAT, whose times are even seconds",
    hit({ disk: { ...DISK, timeGrainMs: 2000 } }, "mxf_vbr"),
  ],
  ["lies on a network volume", hit({ disk: { ...DISK, staleMs: 3000, slowMs: 5 } })],
  [
    "lies on a disk that is away for ten seconds",
    hit({
      disk: { ...DISK, failing: { fromMs: 3000, untilMs: 13_000, share: 1 } },
    }),
  ],
  [
    "has its journal on a full disk",
    hit({ disk: { ...DISK, full: { fromMs: 3000, untilMs: 9000 } } }),
  ],
  ...killedAtEachCall,
];
