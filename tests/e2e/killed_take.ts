/** A take whose uploader is killed several times, and what each kill cost. */
import { assertEquals, assertLessOrEqual } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import type { Random } from "../../src/runtime/random.ts";
import { story } from "./figures.ts";
import type { Passage } from "./passage.ts";
import type { Program } from "./program.ts";
import { randomMoment, type Stage, stageOf } from "./random_moments.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { openTrial, type Trial } from "./trial.ts";

/** What one kill cost. */
export interface Kill {
  readonly stage: Stage;
  /** PUTs that were begun and that the program had not told as stored, as announced. */
  readonly inFlightBytes: number;
  /** What of that went again. */
  readonly resentBytes: number;
}

/**
 * Records, and kills the uploader up to `wanted` times; then the same command must carry the take to its
 * end. Fewer kills come of it when the program is quicker than the moment that was drawn.
 */
export async function killedTake(
  sandbox: SandboxProcess,
  name: string,
  wanted: number,
  chance: Random,
): Promise<Kill[]> {
  const mostBytes = (12 + Math.floor(chance.fraction() * 26)) * MIB;
  const mostPauseMs = 20 + chance.fraction() * 60;
  const step = () => ({
    bytes: Math.ceil(chance.fraction() * MIB),
    pauseMs: chance.fraction() * mostPauseMs,
  });
  await using trial = await openTrial(sandbox.url, name, {
    roll: { mostBytes, step },
    relay: { pauseMs: Math.max(0, Math.floor(chance.fraction() * 14) - 4) },
  });
  const stopped = trial.camera.full.then(() => trial.camera.stop());
  const runs: Run[] = [];
  let isKilled = true;
  for (let i = 0; isKilled; i++) {
    const first = trial.relay.passages.length;
    const program = trial.upload();
    if (i < wanted) {
      await randomMoment(chance, program, trial.relay);
      isKilled = await kill(program);
    } else isKilled = (await endOf(program)) !== 0;
    await trial.relay.isLeft();
    const stored = program.events().flatMap((e) => e.type === "part.stored" ? [e.number] : []);
    const passages = trial.relay.passages.slice(first);
    runs.push({ passages, stored: new Set(stored), stage: stageOf(trial.told()) });
  }
  await stopped;
  return await costOf(runs, trial);
}

/** What a run of the program did, up to its kill or its end. */
interface Run {
  readonly passages: readonly Passage[];
  /** Parts that it told as stored. */
  readonly stored: ReadonlySet<number>;
  readonly stage: Stage;
}

/** Kills it. @returns False if it had ended by itself, as it should. */
async function kill(program: Program): Promise<boolean> {
  try {
    program.signal("SIGKILL");
  } catch (error) { // so says Deno of a process that is no more
    if (!(error instanceof TypeError)) throw error;
  }
  const status = await endOf(program);
  return status === KILLED;
}

/** The status of a process that was ended by SIGKILL. */
const KILLED = 128 + 9;

async function endOf(program: Program): Promise<number> {
  const { code, err } = await program.ended();
  if (code !== 0 && code !== KILLED) {
    throw new Error(`it ended with status ${code}\n${story(program.events())}\n${err}`);
  }
  return code;
}

/** Checks that the take arrived, and that nothing went again but what was in flight at a kill. */
async function costOf(runs: readonly Run[], trial: Trial): Promise<Kill[]> {
  const begun = runs.map(({ passages }) => passages.filter(({ part }) => part !== null));
  const kills = runs.slice(0, -1).map(({ stored, stage }, index): Kill => {
    const inFlight = begun[index]!.filter(({ part }) => !stored.has(part!));
    const later = begun.slice(index + 1).flat();
    const again = begun[index]!.filter(({ part }) => later.some((put) => put.part === part));
    const kill = { stage, inFlightBytes: bytesOf(inFlight), resentBytes: bytesOf(again) };
    assertLessOrEqual(kill.resentBytes, kill.inFlightBytes, story(trial.told()));
    return kill;
  });
  const counted = kills.reduce((sum, { resentBytes }) => sum + resentBytes, 0);
  assertEquals(
    await trial.arrived(counted, "announced"),
    counted,
    "what went again is what the kills cost",
  );
  return kills;
}

function bytesOf(passages: readonly Passage[]): number {
  return passages.reduce((sum, { bodyBytes }) => sum + bodyBytes, 0);
}
