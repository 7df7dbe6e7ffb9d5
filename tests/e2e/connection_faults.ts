/** Takes whose connections are broken by something in between: reset, held still, cut short, told to slow down. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { delay } from "@std/async/delay";
import { MIB } from "../../src/parts/limits.ts";
import type { Random } from "../../src/runtime/random.ts";
import type { Fault, Passage } from "./passage.ts";
import type { Program } from "./program.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { tell } from "./side_by_side.ts";
import { openTrial, type Trial } from "./trial.ts";

/** Number of the final part of a trial's recording. */
const FINAL = 7;

/** Faults by the name of the request they happen to, one after the other; then requests pass. */
type Plan = Readonly<Record<string, readonly Fault[]>>;

/** Hands the plan out, and counts the bytes of the PUTs that something happens to, as announced. */
function follow(plan: Plan) {
  const left = new Map(Object.entries(plan).map(([name, faults]) => [name, [...faults]]));
  let struckBytes = 0;
  return {
    fault({ name, part, bodyBytes }: Readonly<Passage>): Fault | null {
      const fault = left.get(name)?.shift() ?? null;
      if (fault !== null && part !== null) struckBytes += bodyBytes;
      return fault;
    },
    struckBytes: () => struckBytes,
    /** Names of requests that something would still happen to. */
    rest: () => [...left].flatMap(([name, faults]) => faults.length > 0 ? [name] : []),
  };
}

/** Records to the end while the plan is carried out, and checks what came of it. */
async function undergo(
  sandbox: SandboxProcess,
  name: string,
  plan: Plan,
  meanwhile: (program: Program, trial: Trial) => Promise<void> = () => Promise.resolve(),
): Promise<Trial["told"]> {
  const faults = follow(plan);
  await using trial = await openTrial(sandbox.url, name, { relay: { fault: faults.fault } });
  const program = trial.upload();
  await meanwhile(program, trial);
  await trial.finish(program);
  assertEquals(faults.rest(), [], "everything happened");
  const resentBytes = await trial.arrived(faults.struckBytes());
  const told = trial.told();
  tell(`${name}: ${resentBytes} bytes re-sent, ${faults.struckBytes()} in the PUTs it happened to`);
  return () => told;
}

/** Every part is reset once, at a random byte or when it is whole; the API's calls before they are in. */
export async function checkResets(sandbox: SandboxProcess, chance: Random): Promise<void> {
  const reset = (afterBytes: number): Fault => ({ is: "reset", afterBytes });
  const draw = (mostBytes: number) => Math.floor(chance.fraction() * mostBytes);
  const parts = Array.from({ length: FINAL }, (_, index) => `put ${index + 1}`);
  await undergo(sandbox, "resets.mov", {
    create: [reset(0)],
    register: [reset(0), reset(0)],
    ...Object.fromEntries(parts.map((name) => [name, [reset(draw(5 * MIB))]])),
    [`put ${FINAL - 1}`]: [reset(Infinity), reset(1)],
    [`put ${FINAL}`]: [reset(draw(3 * MIB))], // never whole: what its lost answer does is another matter
  });
}

/** Answers end too early: nothing of them comes, half a status line, half a head, half a JSON text. */
export async function checkTruncated(sandbox: SandboxProcess): Promise<void> {
  const truncate = (afterBytes: number): Fault => ({ is: "truncate", afterBytes });
  await undergo(sandbox, "truncated.mov", {
    create: [truncate(-20)],
    register: [truncate(-100), truncate(40)],
    read: [truncate(-10)],
    "put 2": [truncate(0)],
    "put 3": [truncate(9)],
    "put 4": [truncate(30), truncate(-1)],
    "put 1": [truncate(0)],
    [`put ${FINAL}`]: [truncate(0)],
  });
}

const SLOW_DOWN_XML = '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>SlowDown</Code>' +
  "<Message>Please reduce your request rate.</Message></Error>";
const SLOW_DOWN =
  "HTTP/1.1 503 Slow Down\r\ncontent-type: application/xml\r\nconnection: close\r\n" +
  `content-length: ${SLOW_DOWN_XML.length}\r\n\r\n${SLOW_DOWN_XML}`;

/** The storage says SlowDown, in the middle of a body and behind it, once and twice. */
export async function checkSlowDown(sandbox: SandboxProcess): Promise<void> {
  const refuse = (afterBytes: number): Fault => ({ is: "answer", afterBytes, text: SLOW_DOWN });
  const told = await undergo(sandbox, "slow_down.mov", {
    "put 2": [refuse(64 * 1024), refuse(0)],
    "put 3": [refuse(Infinity)],
    [`put ${FINAL}`]: [refuse(Infinity)],
  });
  const delays = told().flatMap((event) => event.type === "part.delayed" ? [event] : []);
  assertEquals(delays.map(({ number }) => number).toSorted(), [2, 2, 3, FINAL]);
  for (const { message } of delays) assertMatch(message, /the storage answered 503 SlowDown/);
}

/** The longest time that the program itself lets a PUT stand still, in seconds. */
const MOST_STALL_SECONDS = 60;

/**
 * Two parts stand still in the middle while the others go on; then one goes on, and one is reset.
 *
 * @param seconds How long they stand still when everything else is stored.
 */
export async function checkStalls(sandbox: SandboxProcess, seconds: number): Promise<void> {
  const [first, second] = [gate(), gate()];
  const stall = (until: Promise<"on" | "reset">): Fault => ({
    is: "stall",
    afterBytes: MIB,
    until,
  });
  const plan = { "put 2": [stall(first.opened)], "put 3": [stall(second.opened)] };
  const told = await undergo(sandbox, "stalls.mov", plan, async (program, { inFlight }) => {
    for (const number of [4, 5, 6]) {
      await program.event((event) => event.type === "part.stored" && event.number === number);
    }
    assertEquals(inFlight(), new Set([2, 3]), "the others do not wait");
    await delay(seconds * 1000);
    first.open("on");
    second.open("reset");
  });
  const delayed = told().flatMap((event) => event.type === "part.delayed" ? [event.number] : []);
  const isGivenUp = seconds > MOST_STALL_SECONDS;
  assertEquals(new Set(delayed), new Set(isGivenUp ? [2, 3] : [3]));
  const gaveUp = told().some((e) => e.type === "part.delayed" && /no progress/.test(e.message));
  assert(gaveUp === isGivenUp, "the program gives up by itself after a minute");
}

/** Something that is decided later. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<"on" | "reset">();
  return { opened: promise, open: resolve };
}
