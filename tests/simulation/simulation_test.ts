import { assertEquals, assertNotEquals } from "@std/assert";
import failedSeeds from "./failed_seeds.json" with { type: "json" };
import {
  FIRST_DEVICE_SEED,
  FIRST_ENDING_SEED,
  FIRST_OPERATED_SEED,
  FIRST_SHARING_SEED,
} from "./draw.ts";
import type { Plan } from "./plan.ts";
import { lineOf, violationsOf } from "./report.ts";
import { scenarios } from "./scenarios.ts";
import { simulate } from "./simulate.ts";

/**
 * Random worlds in each run of the tests: in turn any, about what happens around the final part, as a
 * paired device, about what an operator asks for, and about what takes share; the first seed changes
 * from day to day and is printed.
 */
const RANDOM_WORLDS = 300;

/** Days until the same seeds come again. */
const DAYS = 99;

/** Where the random worlds of today begin. SEED=N begins at N. */
const firstSeed = Number(
  Deno.env.get("SEED") ?? 1000 * (Math.floor(Date.now() / 86_400_000) % DAYS),
);

/** Simulates a world, and fails with the command that replays it. */
async function keepsItsPromises(seed: number, plan?: Plan): Promise<void> {
  const result = await simulate(seed, plan);
  assertEquals(violationsOf(result), [], lineOf(result));
}

Deno.test("simulation of one seed is the same world each time", async () => {
  const [first, again, other] = [await simulate(7), await simulate(7), await simulate(8)];
  assertEquals(lineOf(again), lineOf(first));
  assertEquals([again.steps, again.virtualMs], [first.steps, first.virtualMs]);
  assertNotEquals(other.hash, first.hash);
});

Deno.test("simulated take keeps its promises when it", async (t) => {
  for (const [name, plan] of scenarios) await t.step(name, () => keepsItsPromises(1, plan));
});

Deno.test("simulated take keeps its promises where it once broke them:", async (t) => {
  for (const { seed, bug, plan } of failedSeeds as { seed: number; bug: string; plan: Plan }[]) {
    await t.step(`seed ${seed}: ${bug}`, () => keepsItsPromises(seed, plan));
  }
});

Deno.test(`simulated takes keep their promises in ${RANDOM_WORLDS} worlds from seed ${firstSeed} on`, async () => {
  for (let seed = firstSeed; seed < firstSeed + RANDOM_WORLDS / 5; seed++) {
    await keepsItsPromises(seed);
    await keepsItsPromises(FIRST_ENDING_SEED + seed);
    await keepsItsPromises(FIRST_DEVICE_SEED + seed);
    await keepsItsPromises(FIRST_OPERATED_SEED + seed);
    await keepsItsPromises(FIRST_SHARING_SEED + seed);
  }
});
