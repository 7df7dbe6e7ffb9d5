/** Draws a world from a seed. A plan says what the world is like; what the program makes of it is up to it. */
import { type Chance, chanceOf } from "./chance.ts";
import { asDevice } from "./draw_device.ts";
import { sharpened } from "./draw_ending.ts";
import { operated } from "./draw_operations.ts";
import { sharing } from "./draw_sharing.ts";
import {
  type AtFinal,
  type Deed,
  type DiskPlan,
  durationMs,
  type Plan,
  type RecordingPlan,
  type Spell,
  type WeatherKind,
} from "./plan.ts";
import { recorders } from "./recorders/all.ts";
import type { Recorder } from "./recorders/recorder.ts";
import { MIB } from "../../src/parts/limits.ts";

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

/** Seeds from here up to {@linkcode FIRST_LONG_SEED} are about what happens around the final part. */
export const FIRST_ENDING_SEED = 500_000;

/** Seeds from here up to {@linkcode FIRST_OPERATED_SEED} go in as a paired device. */
export const FIRST_DEVICE_SEED = 300_000;

/** Seeds from here up to {@linkcode FIRST_SHARING_SEED} are about what an operator asks for. */
export const FIRST_OPERATED_SEED = 400_000;

/** Seeds from here up to {@linkcode FIRST_ENDING_SEED} are about takes that share lanes and limits. */
export const FIRST_SHARING_SEED = 450_000;

/** Draws a world. */
export function planOf(seed: number): Plan {
  const plan = drawWorld(seed);
  if (seed < FIRST_DEVICE_SEED || seed >= FIRST_LONG_SEED) return plan;
  if (seed < FIRST_OPERATED_SEED) return asDevice(plan, chanceOf(seed ^ 0xdec1));
  if (seed < FIRST_SHARING_SEED) return operated(plan, chanceOf(seed ^ 0x09e7a));
  if (seed < FIRST_ENDING_SEED) return sharing(plan, chanceOf(seed ^ 0x5a7e));
  return sharpened(plan, chanceOf(seed ^ 0xe4d));
}

/** Most worlds are brisk; a few are long, huge or far offline. */
function drawWorld(seed: number): Plan {
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
