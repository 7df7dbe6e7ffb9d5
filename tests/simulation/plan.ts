/**
 * What happens in one world, as plain data: drawn from a seed, or written down as a scenario. A plan
 * says what the world is like; what the program makes of it is up to the program.
 */
import { type Chance, chanceOf } from "./chance.ts";
import { recorders } from "./recorders/all.ts";
import type { Recorder } from "./recorders/recorder.ts";
import { MIB } from "../../src/parts/limits.ts";

/** One recording: who records, how much, in which rhythm, and how it ends. */
export interface RecordingPlan {
  /** Name of a recorder of `recorders/`. */
  readonly recorder: string;
  readonly mediaBytes: number;
  /** When the recorder begins, world milliseconds. */
  readonly startMs: number;
  readonly bytesPerSecond: number;
  /** Time between two writes. */
  readonly writeEveryMs: number;
  /** A pause of the recorder: nothing is written for a while. */
  readonly pauses: readonly { readonly atShare: number; readonly forMs: number }[];
  /** The recorder is killed when this share of its media is written; null for a clean stop. */
  readonly diesAtShare: number | null;
  /** Bytes are patched this long after the recorder's end; null for never. */
  readonly lateChangeMs: number | null;
  /** The recorder records once more under the same name, this long after its end; null for never. */
  readonly againMs: number | null;
  /** What happens around the moment that counts; nothing if left out. */
  readonly atFinal?: AtFinal;
}

/** How long after the final part was first written down something happens; null for never. */
export interface AtFinal {
  /** Bytes of the recording are patched. */
  readonly patchMs: number | null;
  /** Bytes are added behind its end. */
  readonly appendMs: number | null;
  /** The program crashes. */
  readonly crashMs: number | null;
}

/** What the network and the service are like for a while. */
export type WeatherKind =
  | "clear"
  /** Requests and answers get lost, connections are reset, completions come twice or late. */
  | "lossy"
  /** Nothing gets through. */
  | "down"
  /** A login page answers everything. */
  | "portal"
  /** 429 and SlowDown. */
  | "throttled"
  /** 5xx of the API and of the storage. */
  | "faulty"
  /** Answers that take for ever. */
  | "slow"
  /** Refusals that no retry mends: 400, 401, 403, 404, 409, 501. A person runs the command again. */
  | "refusing";

/** One spell of weather. */
export interface Spell {
  readonly untilMs: number;
  readonly kind: WeatherKind;
  /** Share of exchanges that are hit, 0 to 1. */
  readonly severity: number;
  readonly uplinkBytesPerSecond: number;
}

/** What is done to the program, and when. */
export type Deed =
  | { readonly atMs: number; readonly do: "crash" }
  /** A crash at the n-th call of any door from this moment on, before or after it took effect. */
  | { readonly atMs: number; readonly do: "crash_at_call"; readonly calls: number }
  /** A stop of the whole process: SIGSTOP, or a machine that sleeps (`breaks` its connections). */
  | {
    readonly atMs: number;
    readonly do: "freeze";
    readonly forMs: number;
    readonly breaks: boolean;
  }
  /** The wall clock is set. */
  | { readonly atMs: number; readonly do: "set_clock"; readonly byMs: number }
  | { readonly atMs: number; readonly do: "suspend" }
  | { readonly atMs: number; readonly do: "finish"; readonly recording: number }
  /** The same command once more, while the first process lives. */
  | { readonly atMs: number; readonly do: "second_process" };

/** How the disk behaves. */
export interface DiskPlan {
  /** Longest time that one look or read takes, in milliseconds; 0 for at once. */
  readonly slowMs: number;
  readonly bytesPerSecond: number;
  /** A spell in which reads fail with this probability. */
  readonly failing: { readonly fromMs: number; readonly untilMs: number; readonly share: number };
  /** Appends to the journal that fail, by their number; `kept` ones reach the disk all the same. */
  readonly journalFaults: readonly { readonly append: number; readonly kept: boolean }[];
  /** No append succeeds between these moments. */
  readonly full: { readonly fromMs: number; readonly untilMs: number } | null;
  /** File times are cut to this. ext4 4 ms, exFAT 10 ms, FAT 2,000 ms. */
  readonly timeGrainMs: number;
  /** Looks on a network volume are up to this old; null on a disk of this machine. */
  readonly staleMs: number | null;
  /** Whether the system tells who has a file open for writing. */
  readonly tellsWriters: boolean;
  /** Whether the system tells when a folder changes. */
  readonly hints: boolean;
}

/** A whole world. */
export interface Plan {
  readonly recordings: readonly RecordingPlan[];
  readonly spells: readonly Spell[];
  readonly deeds: readonly Deed[];
  readonly disk: DiskPlan;
  /** How long the operator takes to run the command again, drawn between these. */
  readonly restartMs: { readonly least: number; readonly most: number };
  readonly idleMs: number;
  readonly abandonMs: number;
  readonly lanes: number;
  readonly correct: boolean;
  readonly urlLifeMs: number;
  readonly latencyMs: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** How long things take in a world. Most worlds are brisk: short ones find most, and many fit in an hour. */
interface Pace {
  readonly leastSeconds: number;
  readonly mostSeconds: number;
  readonly recorders: readonly Recorder[];
  /** Sizes are drawn below this; Infinity for all there are. */
  readonly mostMediaBytes: number;
  readonly mostPauseMs: number;
  readonly mostSpellMs: number;
  readonly mostFreezeMs: number;
  readonly idleMs: readonly number[];
  readonly abandonMs: readonly number[];
}

const BRISK: Pace = {
  recorders,
  leastSeconds: 1,
  mostMediaBytes: Infinity,
  mostSeconds: 8,
  mostPauseMs: 4000,
  mostSpellMs: 4000,
  mostFreezeMs: 4000,
  idleMs: [2 * SECOND, 5 * SECOND],
  abandonMs: [6 * SECOND, 15 * SECOND],
};

const CALM: Pace = {
  recorders,
  leastSeconds: 1,
  mostMediaBytes: Infinity,
  mostSeconds: 60,
  mostPauseMs: 240_000,
  mostSpellMs: 60_000,
  mostFreezeMs: 200_000,
  idleMs: [10 * SECOND, 60 * SECOND],
  abandonMs: [MINUTE, 5 * MINUTE],
};

/** Takes of hours, of few bytes, so that many hours fit in one. */
const LONG: Pace = {
  ...CALM,
  // A look at one of the others reads 200 KiB: in an hour, of which there are 14,400 looks, that is 3 GiB.
  recorders: recorders.filter(({ name }) => !/moov_size|ogg|preallocated/.test(name)),
  leastSeconds: 1800,
  mostSeconds: 4 * 3600,
  mostMediaBytes: 64 * MIB,
  mostSpellMs: HOUR,
};

/** Networks that are away for half a day. */
const CUT_OFF: Pace = { ...CALM, mostSpellMs: 12 * HOUR };

/** Seeds from here on record for hours ten times as often: for swarms that are measured in hours. */
export const FIRST_LONG_SEED = 1_000_000;

/** Draws a world. Most are brisk; a few are long, huge or far offline. */
export function planOf(seed: number): Plan {
  const chance = chanceOf(seed);
  const longShare = seed < FIRST_LONG_SEED ? 60 : 600;
  const pace = chance.weigh([[900, BRISK], [70, CALM], [longShare, LONG], [2, CUT_OFF]]);
  const atFinal = chanceOf(seed ^ 0xf17a1);
  const recordings = Array.from(
    { length: chance.weigh([[8, 1], [3, 2], [1, 3]]) },
    () => ({ ...drawRecording(chance, pace), atFinal: drawAtFinal(atFinal) }),
  );
  const lastMs = Math.max(...recordings.map(durationMs));
  const spells = drawSpells(chance, pace, lastMs);
  const healMs = spells.at(-1)?.untilMs ?? 0;
  return {
    recordings,
    spells,
    deeds: drawDeeds(
      chance,
      pace,
      Math.max(lastMs, Math.min(healMs, lastMs * 2)),
      recordings.length,
    ),
    disk: drawDisk(chance, lastMs),
    restartMs: chance.weigh([[6, { least: 0, most: 2000 }], [2, { least: 0, most: 60_000 }], [
      0.2,
      { least: HOUR, most: 24 * HOUR },
    ]]),
    idleMs: chance.pick(pace.idleMs),
    abandonMs: chance.pick(pace.abandonMs),
    lanes: chance.pick([1, 2, 5, 5, 8]),
    correct: chance.happens(0.3),
    urlLifeMs: chance.weigh([[8, 24 * HOUR], [1, 5 * SECOND], [2, MINUTE]]),
    latencyMs: chance.spread(1, 400),
  };
}

/** How long a recorder records, in milliseconds from the world's beginning. */
export function durationMs(recording: RecordingPlan): number {
  const { startMs, mediaBytes, bytesPerSecond, pauses } = recording;
  return startMs + 1000 * mediaBytes / bytesPerSecond +
    pauses.reduce((sum, pause) => sum + pause.forMs, 0);
}

function drawRecording(chance: Chance, pace: Pace): RecordingPlan {
  const recorder = chance.pick(pace.recorders);
  const wanted = chance.weigh<() => number>([
    [1, () => chance.spread(1, 64 * 1024)],
    [2, () => chance.spread(64 * 1024, 12 * MIB)],
    [8, () => chance.spread(8 * MIB, 200 * MIB)],
    [1, () => chance.whole(1, 30) * 5 * MIB], // stops near a boundary
    [0.3, () => chance.spread(200 * MIB, 8 * 1024 * MIB)],
    [0.01, () => chance.spread(50, 200) * 1024 * MIB], // beyond 48.8 GiB parts must grow
  ])();
  const mediaBytes = Math.min(wanted, recorder.mostMediaBytes, pace.mostMediaBytes);
  const seconds = chance.spread(pace.leastSeconds, pace.mostSeconds);
  const pauses = chance.happens(0.25)
    ? [{
      atShare: chance.fraction(),
      forMs: chance.spread(300, pace.mostPauseMs),
    }]
    : [];
  return {
    recorder: recorder.name,
    mediaBytes,
    startMs: chance.weigh([[3, 0], [2, chance.whole(0, 3000)]]),
    bytesPerSecond: Math.max(1, mediaBytes / seconds),
    writeEveryMs: chance.spread(20, 1500),
    pauses,
    diesAtShare: chance.happens(0.08) ? chance.fraction() : null,
    lateChangeMs: chance.happens(0.06) ? chance.spread(1, 10_000) : null,
    againMs: chance.happens(0.06) ? chance.spread(100, 20_000) : null,
  };
}

function drawAtFinal(chance: Chance): AtFinal {
  const soonMs = (share: number) => chance.happens(share) ? chance.spread(1, 3000) : null;
  return { patchMs: soonMs(0.06), appendMs: soonMs(0.03), crashMs: soonMs(0.08) };
}

/** Uplinks in bytes a second: from a poor one, on which a take lags far behind, to a studio's. */
function drawUplink(chance: Chance): number {
  return chance.spread(1 * MIB, 400 * MIB);
}

function drawSpells(chance: Chance, pace: Pace, lastMs: number): Spell[] {
  if (chance.happens(0.15)) return [];
  const spells: Spell[] = [];
  const kinds: readonly (readonly [number, WeatherKind])[] = [
    [6, "clear"],
    [6, "lossy"],
    [2, "down"],
    [1, "portal"],
    [2, "throttled"],
    [0.5, "faulty"],
    [0.5, "slow"],
    [0.7, "refusing"],
  ];
  let atMs = 0;
  const count = chance.whole(1, 5);
  for (let i = 0; i < count; i++) {
    const kind = chance.weigh(kinds);
    atMs += chance.spread(300, Math.max(pace.mostSpellMs, Math.min(lastMs, MINUTE)));
    spells.push({
      untilMs: atMs,
      kind,
      severity: chance.pick([0.05, 0.2, 0.5, 1]),
      uplinkBytesPerSecond: drawUplink(chance),
    });
  }
  return spells;
}

function drawDeeds(chance: Chance, pace: Pace, lastMs: number, recordings: number): Deed[] {
  const deeds: Deed[] = [];
  const at = () => Math.floor(chance.fraction() * 1.3 * lastMs);
  const count = chance.weigh([[3, 0], [4, 1], [2, 2], [1, 4]]);
  for (let i = 0; i < count; i++) {
    const atMs = at();
    deeds.push(
      chance.weigh<() => Deed>([
        [2, () => ({ atMs, do: "crash" })],
        [5, () => ({ atMs, do: "crash_at_call", calls: chance.spread(1, 300) })],
        [1, () => ({
          atMs,
          do: "freeze",
          forMs: chance.spread(100, pace.mostFreezeMs),
          breaks: chance.happens(0.5),
        })],
        [
          1,
          () => ({
            atMs,
            do: "set_clock",
            byMs: chance.whole(-1, 1) * chance.spread(1, 48 * HOUR),
          }),
        ],
        [1, () => ({ atMs, do: "suspend" })],
        [0.7, () => ({ atMs, do: "finish", recording: chance.whole(0, recordings - 1) })],
        [0.4, () => ({ atMs, do: "second_process" })],
      ])(),
    );
  }
  return deeds.sort((a, b) => a.atMs - b.atMs);
}

function drawDisk(chance: Chance, lastMs: number): DiskPlan {
  const isFailing = chance.happens(0.1);
  const fromMs = chance.fraction() * lastMs;
  const fullFromMs = chance.fraction() * lastMs;
  return {
    slowMs: chance.weigh([[6, 0], [2, 5], [1, 60]]),
    bytesPerSecond: chance.spread(100 * MIB, 4096 * MIB),
    failing: {
      fromMs,
      untilMs: isFailing ? fromMs + chance.spread(100, 30_000) : fromMs,
      share: chance.pick([0.01, 0.2, 1]),
    },
    journalFaults: chance.happens(0.08)
      ? [{ append: chance.spread(1, 120), kept: chance.happens(0.5) }]
      : [],
    full: chance.happens(0.03)
      ? { fromMs: fullFromMs, untilMs: fullFromMs + chance.spread(500, 60_000) }
      : null,
    timeGrainMs: chance.weigh([[6, 4], [2, 10], [1, 2000]]),
    staleMs: chance.happens(0.1) ? chance.whole(500, 3000) : null,
    tellsWriters: chance.happens(0.6),
    hints: chance.happens(0.7),
  };
}
