import { Config, StateFailure } from "../../src/errors.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { type LeapingClock, leapingClock } from "../frameio/leaping_clock.ts";
import { start } from "../sandbox/sandbox_client.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** A sandbox on a clock, an empty state folder, and everything that a command said. */
export interface AccessWorld {
  readonly baseUrl: string;
  readonly stateFolder: string;
  readonly clock: LeapingClock;
  readonly doors: {
    http: typeof systemHttp;
    clock: LeapingClock;
    random: typeof systemRandom;
  };
  readonly said: string[];
  say(text: string): void;
  /** Runs when a sleep is over. */
  onSleep: () => unknown;
}

/** Runs a test of a command around credentials. */
export async function withAccess(test: (world: AccessWorld) => Promise<void>): Promise<void> {
  await using folder = await tempFolder();
  const clock = leapingClock(() => world.onSleep());
  const sandbox = await start(folder.at("sandbox"), { now: () => new Date(clock.trueMs()) });
  const said: string[] = [];
  const world: AccessWorld = {
    ...{ baseUrl: sandbox.baseUrl, stateFolder: folder.at("state"), clock, said },
    doors: { http: systemHttp, clock, random: systemRandom },
    say: (text) => void said.push(text),
    onSleep: () => {},
  };
  try {
    await test(world);
  } finally {
    await sandbox.shutdown();
  }
}

/**
 * Runs a command as the program does: exit status 1 and the error's words where it fails, 130 where it
 * was interrupted. Configuration and state failures are thrown on.
 */
export async function endOf(
  { said }: AccessWorld,
  command: Promise<number>,
  signal?: AbortSignal,
): Promise<number> {
  try {
    return await command;
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return 130;
    if (error instanceof Config || error instanceof StateFailure) throw error;
    said.push((error as Error).message);
    return 1;
  }
}
