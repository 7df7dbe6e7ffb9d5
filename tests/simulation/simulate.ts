import { MIN_PART_BYTES } from "../../src/parts/limits.ts";
import { createChecks } from "./checks.ts";
import { checkEnd } from "./end_checks.ts";
import { startOperator } from "./operator.ts";
import { planOf } from "./draw.ts";
import type { Plan } from "./plan.ts";
import { recordedHours } from "./recording.ts";
import { isHalted, newestOf } from "./takes.ts";
import { createWorld, type World } from "./world.ts";

/** How one world came out. Holds nothing of the wall clock. */
export interface Result {
  readonly seed: number;
  /** Hash of everything that happened, 16 hex digits. */
  readonly hash: string;
  /** Recordings that were taken up. */
  readonly takes: number;
  readonly recordingHours: number;
  readonly virtualMs: number;
  readonly steps: number;
  readonly starts: number;
  readonly crashes: number;
  /** Faults by name. */
  readonly faults: ReadonlyMap<string, number>;
  readonly violations: readonly string[];
  /** The log, where it was asked for. */
  readonly lines: readonly string[];
}

/** Steps of one world; the longest outages need two million. */
const MOST_STEPS = 5_000_000;

/**
 * Runs one world to its end.
 *
 * @param seed Decides everything.
 * @param plan What the world is like; drawn from the seed by default.
 */
export async function simulate(
  seed: number,
  plan: Plan = planOf(seed),
  { keepsLog = false } = {},
): Promise<Result> {
  const world = createWorld(seed, plan, keepsLog);
  const checks = createChecks(world);
  const operator = startOperator(world, checks);
  let isOver = false;
  operator.over.then(
    () => isOver = true,
    (error) => {
      world.violate(`the operator met ${error.stack}`);
      isOver = true;
    },
  );
  const isEnough = await world.schedule.run(
    () => isOver || world.violations.length > 0,
    () => {
      if (operator.process !== null) checks.step(operator.process);
      checkTime(world, operator);
    },
    MOST_STEPS,
  );
  if (!isEnough) world.violate(`no end after ${MOST_STEPS} steps`);
  if (isOver && world.violations.length === 0) checkEnd(world);
  else if (world.violations.length === 0) world.violate("nothing happens any more");
  operator.process?.life.die();
  return {
    seed,
    hash: world.log.hash(),
    takes: world.takes.size,
    recordingHours: recordedHours(world.recordings),
    virtualMs: world.schedule.nowMs,
    steps: world.schedule.steps,
    starts: operator.starts,
    crashes: operator.crashes,
    faults: world.faults,
    violations: world.violations,
    lines: world.log.lines,
  };
}

/** Longest wait before something is tried again (transfer/retry.ts), and room for a few of them. */
const MOST_WAIT_MS = 10 * 60_000;
const WAITS = 3;

/** Reads of the looks that one part takes, at most: a FLAC file's frames are searched from its end. */
const LOOK_READS = 100;

/** How long the service's rate limit makes the parts calls of so many bytes take. */
function limitedMs({ device, lanes }: Plan, bytes: number): number {
  if (device === undefined) return 0;
  // Half of what may be registered ahead is asked for at once (take/decide.ts).
  const calls = bytes / MIN_PART_BYTES / (2 * lanes);
  return 2 * calls * device.limit.windowMs / device.limit.calls;
}

/** Once everything has healed, a take comes to its end within a bounded time. */
function checkTime(world: World, operator: ReturnType<typeof startOperator>): void {
  const { plan, schedule, recordings, network } = world;
  if (operator.process === null || operator.process.life.isDead) return;
  const newest = recordings.flatMap(({ path }) => newestOf(world.takes, path) ?? []);
  if (newest.some(isHalted)) return;
  const calmSinceMs = Math.max(
    operator.disturbedAtMs,
    network.weather.healMs,
    plan.disk.failing.untilMs,
    plan.disk.full?.untilMs ?? 0,
    ...plan.device?.pauses.map(({ untilMs }) => untilMs) ?? [],
    ...recordings.map(({ endedAtMs, changedAtMs }) => Math.max(endedAtMs ?? Infinity, changedAtMs)),
  );
  const bytes = recordings.reduce((sum, { file }) => sum + (file?.content.sizeBytes ?? 0), 0);
  const movingMs = 1000 * bytes *
    (3 / network.weather.uplinkBytesPerSecond() + 6 / plan.disk.bytesPerSecond);
  const lookingMs = LOOK_READS * plan.disk.slowMs * (bytes / MIN_PART_BYTES);
  const mostMs = plan.abandonMs + 4 * plan.idleMs + WAITS * MOST_WAIT_MS + 2 * movingMs +
    lookingMs + limitedMs(plan, bytes);
  if (schedule.nowMs > calmSinceMs + mostMs) {
    world.violate(`not finalized ${Math.round(mostMs / 1000)} s after everything was well again`);
  }
}
