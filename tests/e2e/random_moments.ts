/** Moments to be killed at, drawn by chance: what they are reached by, and how far the take was then. */
import type { PublishedEvent } from "../../src/events.ts";
import { MIB } from "../../src/parts/limits.ts";
import type { Random } from "../../src/runtime/random.ts";
import type { Program } from "./program.ts";
import type { Relay } from "./relay.ts";

/** Longest real time from what was waited for to the kill, in milliseconds. */
const MOST_DELAY_MS = 30;

/** Longest real time from the start of a program to a kill that waits for nothing, in milliseconds. */
const MOST_START_MS = 500;

/**
 * Draws a moment and resolves there, or when the program has ended before. What is drawn repeats with the
 * seed; the real delay behind it spreads the kills over what the machine happens to be doing.
 */
export async function randomMoment(chance: Random, program: Program, relay: Relay): Promise<void> {
  const draw = (most: number) => Math.floor(chance.fraction() * most);
  const ended = program.ended();
  const passed = (reached: () => boolean) => untilPassed(relay, reached, ended);
  const before = { bytes: passedBytes(relay), calls: relay.passages.length };
  const told = (fits: (event: PublishedEvent) => boolean) => program.event(fits).catch(() => null); // it ended before
  const kinds = [
    () => sleep(draw(MOST_START_MS)),
    (count = 1 + draw(40)) => told((event) => event.id >= count),
    (bytes = draw(20 * MIB)) => passed(() => passedBytes(relay) - before.bytes > bytes),
    (calls = 1 + draw(10)) => passed(() => relay.passages.length - before.calls >= calls),
    (share = chance.fraction()) =>
      passed(() =>
        relay.passages.slice(before.calls).some(({ part, isAnswered, passedBytes, bodyBytes }) =>
          part !== null && !isAnswered && passedBytes >= share * bodyBytes
        )
      ),
    async (more = draw(12)) => {
      const over = await told((event) => event.type === "recording.ended");
      if (over !== null) await told((event) => event.id >= over.id + more);
    },
  ];
  const reach = kinds[draw(kinds.length)]!;
  const delayMs = chance.fraction() < 0.4 ? 0 : chance.fraction() * MOST_DELAY_MS;
  await Promise.race([reach(), ended]);
  if (delayMs > 0) await sleep(delayMs);
}

const sleep = (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs));

function passedBytes({ passages }: Relay): number {
  return passages.reduce((sum, passage) => sum + passage.passedBytes, 0);
}

/** Resolves when what has passed is enough, or when nothing more will pass. */
async function untilPassed(
  relay: Relay,
  isEnough: () => boolean,
  ended: Promise<unknown>,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const off = relay.on(() => isEnough() && resolve(null));
  await Promise.race([promise, ended]);
  off();
}

/** How far a take has come, by all that was told of it. */
export type Stage =
  | "before its asset"
  | "while it grows"
  | "after its end"
  | "after its final part";

/** The stage at which the telling stopped. */
export function stageOf(told: readonly PublishedEvent[]): Stage {
  const has = (type: PublishedEvent["type"]) => told.some((event) => event.type === type);
  if (has("take.finalized")) return "after its final part";
  if (has("recording.ended")) return "after its end";
  return has("asset.created") ? "while it grows" : "before its asset";
}
