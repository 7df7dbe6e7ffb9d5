import { ask, askFor } from "./asking.ts";
import type { Checks } from "./checks.ts";
import type { TakeOutcome } from "../../src/take/outcome.ts";
import type { Deed } from "./plan.ts";
import { pairDevice } from "./pairing.ts";
import { type Process, startProcess } from "./process.ts";
import type { Recording } from "./recording.ts";
import { isHalted, newestOf } from "./takes.ts";
import { recordingAt, type World } from "./world.ts";

/** Runs of the command in one world; more are a program that never gets to its end. */
const MOST_STARTS = 60;

/** How long somebody waits after the last recorder before the command is run once more to be sure. */
const LOOK_BACK_MS = 2000;

/** How often a resume is asked for until it is done, in milliseconds. */
const RESUME_EVERY_MS = 1000;

/** How soon a recording is added once more after a restart at the latest, in milliseconds. */
const MOST_ADD_MS = 3000;

/** A person at the machine: runs the command, presses keys, pulls plugs, runs it again. */
export interface Operator {
  /** The process that runs now, or the last one. */
  readonly process: Process | null;
  /** Processes started so far. */
  readonly starts: number;
  readonly crashes: number;
  /** When the last thing happened that the program has to get over, world milliseconds. */
  readonly disturbedAtMs: number;
  /** Resolves when every take is dealt with. */
  readonly over: Promise<void>;
}

export function startOperator(world: World, checks: Checks): Operator {
  const { schedule, plan, log } = world;
  const chance = world.chance.fork();
  const operator = {
    process: null as Process | null,
    starts: 0,
    crashes: 0,
    disturbedAtMs: 0,
    over: Promise.resolve(),
  };
  for (const deed of plan.deeds) {
    const act = deed.do === "resume" ? () => resume(deed.recording) : () => commit(deed);
    schedule.after(deed.atMs, null, act);
  }
  operator.over = operate();
  return operator;

  function commit(deed: Deed): void {
    const { process } = operator;
    if (deed.do === "add") world.recordings[deed.recording]!.isNamed = true; // by the next command
    if (process === null || process.life.isDead) return;
    const { life } = process;
    operator.disturbedAtMs = schedule.nowMs;
    world.tally(`operator: ${deed.do}`);
    log.note(`deed ${JSON.stringify(deed)}`);
    switch (deed.do) {
      case "crash":
        return life.die();
      case "crash_at_call":
        return life.dieAtCall(deed.calls, chance.pick(["before", "after"]));
      case "freeze":
        life.frozenUntilMs = schedule.nowMs + deed.forMs;
        operator.disturbedAtMs = life.frozenUntilMs;
        if (deed.breaks) world.network.breakAll(life);
        return;
      case "set_clock":
        world.wallShiftMs += deed.byMs;
        return;
      case "suspend":
        return process.interrupt();
      case "second_process": {
        const second = startProcess(world, checks);
        second.done.then(
          () => life.isDead || world.violate("a second process uploads the same recordings"),
          (error) => log.note(`second process: ${error.message}`),
        );
        schedule.after(60_000, null, () => second.life.die());
        return;
      }
      default:
        return askFor(world, process, deed);
    }
  }

  /** Nobody leaves a take paused: asks until it is not, also through crashes and full disks. */
  function resume(recording: number): void {
    const { path } = world.recordings[recording]!;
    const take = newestOf(world.takes, path);
    if (take === undefined || !isHalted(take)) return;
    const { process } = operator;
    if (process !== null && !process.life.isDead) {
      operator.disturbedAtMs = schedule.nowMs;
      ask(world, process, "resume", recording);
    }
    schedule.after(RESUME_EVERY_MS, null, () => resume(recording));
  }

  /** What was added before is named by the next command, or added once more, and then goes first. */
  function nameOrAdd(recording: Recording, index: number): void {
    if (recording.plan.isAdded === undefined) return;
    const isAddedAgain = operator.starts > 1 && recording.isNamed && chance.happens(0.5);
    recording.isNamed = (recording.isNamed && !isAddedAgain) || recording.isOver;
    if (!isAddedAgain) return;
    const addMs = chance.spread(1, MOST_ADD_MS);
    const atMs = schedule.nowMs + addMs;
    schedule.after(addMs, null, () => commit({ atMs, do: "add", recording: index }));
    schedule.after(2 * addMs, null, () => commit({ atMs, do: "prioritise", recording: index }));
  }

  async function operate(): Promise<void> {
    let mustPair = plan.device !== undefined;
    for (;;) {
      if (++operator.starts > MOST_STARTS) {
        return world.violate(`${MOST_STARTS} starts, and no end`);
      }
      if (mustPair) pairDevice(world);
      mustPair = false;
      world.recordings.forEach(nameOrAdd);
      const process = startProcess(world, checks);
      operator.process = process;
      operator.disturbedAtMs = Math.max(operator.disturbedAtMs, schedule.nowMs);
      const end = await Promise.race([
        process.done.catch((error) => error as Error),
        process.life.died.then(() => "died" as const),
        nothingLeft(process).then(() => "nothing left" as const),
      ]);
      log.note(`process ended: ${JSON.stringify(end)}`);
      mustPair = Array.isArray(end) &&
        end.some((outcome) =>
          outcome.is === "failed" && /Run reeltime pair again/.test(outcome.message)
        );
      if (end === "died") operator.crashes++;
      else if (end !== "nothing left") checkClosed(process);
      process.life.die();
      if (end === "nothing left" || isDone(end)) {
        await Promise.all(world.recordings.map(({ over }) => over));
        await schedule.wait(LOOK_BACK_MS, null);
      }
      if (end !== "died" && world.recordings.every(({ isOver }) => isOver) && isAllDone(world)) {
        return;
      }
      const { least, most } = plan.restartMs;
      // Nobody goes on pressing the same key: the more often it was in vain, the longer the pause.
      const patienceMs = 2 ** Math.min(operator.starts, 20);
      await schedule.wait(least + chance.fraction() * (most - least) + patienceMs, null);
    }
  }

  /** A process that has ended has nothing left open. */
  function checkClosed({ openCount, sends, life }: Process): void {
    if (life.isDead) return;
    if (openCount() !== 0) world.violate(`${openCount()} recordings are left open`);
    if (sends.count !== 0) world.violate(`${sends.count} PUTs are left under way`);
    if (schedule.pending(life) !== 0) world.violate(`${schedule.pending(life)} timers are left`);
  }

  /**
   * Resolves when nothing is left to wait for: each recording has its take, or one that has ended
   * somehow, or no bytes, or no name any more.
   */
  async function nothingLeft({ life, studio }: Process): Promise<void> {
    await Promise.all(world.recordings.map(({ over }) => over));
    for (;;) {
      await schedule.wait(5000, null);
      if (life.isDead) return await new Promise(() => {});
      const ended = studio.shown().filter(({ snapshot }) => snapshot.outcome !== null);
      const isLeft = (path: string) =>
        !isDealtWith(world, path) && !ended.some(({ target }) => target.path === path);
      if (!world.recordings.some(({ path }) => isLeft(path))) return;
    }
  }
}

function isDone(end: Error | TakeOutcome[] | "died"): boolean {
  return Array.isArray(end) && end.every((outcome) => outcome.is === "done");
}

/** Whether running the command again would change anything. */
function isAllDone(world: World): boolean {
  return world.recordings.every(({ path }) => isDealtWith(world, path));
}

function isDealtWith(world: World, path: string): boolean {
  const file = world.files.at(path);
  const take = [...world.takes.values()].filter((take) => take.path === path).at(-1);
  const { file: recorded } = recordingAt(world, path);
  // Gone before a process could follow it to its end, or never more than empty.
  if (file === undefined || file.content.sizeBytes === 0) {
    return recorded !== file || take === undefined || take.verified;
  }
  if (take === undefined || !take.verified) return false;
  if (take.finishAskedBytes !== null) return true;
  const { timeGrainMs } = world.plan.disk;
  const modifiedMs = Math.floor(file.modifiedMs / timeGrainMs) * timeGrainMs;
  return take.finalized!.sizeBytes === file.content.sizeBytes &&
    take.finalized!.modifiedMs === modifiedMs;
}
