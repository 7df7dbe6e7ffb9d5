/** What a person asks of the running program: words about a take, one more recording, other limits. */
import type { Deed } from "./plan.ts";
import type { Process } from "./process.ts";
import type { World } from "./world.ts";

/** What can be asked. */
export type Word = Extract<
  Deed,
  { recording: number } | { do: "limit" }
>;

/** Asks a process, once. */
export function askFor(world: World, process: Process, deed: Word): void {
  switch (deed.do) {
    case "limit":
      return process.limit(deed);
    case "add":
      return add(world, process, deed.recording);
    case "finish":
      return finish(world, process, deed.recording);
    case "retry":
      world.retriedAtMs = world.schedule.nowMs;
      return ask(world, process, deed.do, deed.recording);
    default:
      return ask(world, process, deed.do, deed.recording);
  }
}

/** Says a word about the newest take of a recording. */
export function ask(
  world: World,
  process: Process,
  what: "pause" | "resume" | "cancel" | "retry" | "prioritise",
  recording: number,
): void {
  const { path } = world.recordings[recording]!;
  const shown = process.studio.shown().findLast(({ target }) => target.path === path);
  if (shown === undefined) return;
  const givenId = what === "prioritise" ? process.givenIds.get(path) : undefined;
  const answer = process.studio[what](givenId ?? shown.takeId);
  world.log.note(`${what}: ${answer}`);
  if (answer === "unknown") world.violate(`${path} is not known by the id that it was given`);
}

function finish({ recordings, log }: World, { studio }: Process, recording: number): void {
  const { path } = recordings[recording]!;
  const shown = studio.shown().find(({ target }) => target.path === path);
  if (shown === undefined) return;
  try {
    studio.finish(shown.takeId);
  } catch (error) { // a full disk is told to whoever pressed the key
    log.note(`finish failed: ${(error as Error).message}`);
  }
}

/** The id that is given for a recording is one that can be seen and asked from then on. */
function add(world: World, process: Process, recording: number): void {
  const { path } = world.recordings[recording]!;
  const { studio, givenIds } = process;
  try {
    const { takeId } = studio.add(path);
    world.log.note(`added: ${path}`);
    givenIds.set(path, takeId);
    if (!studio.shown().some((shown) => shown.takeId === takeId)) {
      world.violate(`${path} was added, and is not shown`);
    }
  } catch (error) {
    const { message } = error as Error;
    const isElsewhere = world.faults.has("operator: second_process") &&
      /another reeltime process/.test(message);
    if (!isElsewhere && !/reeltime is about to end/.test(message)) {
      world.violate(`${path} cannot be added: ${message}`);
    }
    world.log.note(`not added: ${message}`);
  }
}
