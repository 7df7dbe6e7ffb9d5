import { assert, assertEquals } from "@std/assert";
import { type Outage, Unavailable } from "../../src/errors.ts";
import { retryDelayMs } from "../../src/transfer/retry.ts";
import { seededRandom } from "../support/seeded_random.ts";

const OUTAGES: readonly Outage[] = [
  "network",
  "rate_limit",
  "api_fault",
  "storage",
  "disk",
  "paused",
];
const chance = (fraction: number) => ({ fraction: () => fraction, hex: () => "" });
const failed = (outage: Outage, retryAfterMs?: number) =>
  new Unavailable("no", outage, { retryAfterMs });

/** The shortest and the longest wait before attempt `attempt + 1`. */
function bounds(outage: Outage, attempt: number): [least: number, most: number] {
  const wait = (fraction: number) => retryDelayMs(failed(outage), attempt, chance(fraction));
  return [wait(0), wait(1)];
}

Deno.test("retryDelayMs() waits at least what each service asks for", () => {
  assertEquals(bounds("rate_limit", 1), [1000, 2000]); // "about 1 s, then exponential"
  assertEquals(bounds("api_fault", 1), [30_000, 40_000]); // ">= 30 s"
  assertEquals(bounds("storage", 1), [100, 1000]);
  assertEquals(bounds("network", 1), [100, 500]);
  assertEquals(bounds("disk", 1), [250, 500]);
});

Deno.test("retryDelayMs() doubles its upper end with each attempt, up to a bound, for ever", () => {
  for (const outage of OUTAGES) {
    const tops = [1, 2, 3, 4, 5, 20, 1000, 1e9].map((attempt) => bounds(outage, attempt)[1]);
    assertEquals(tops[1], 2 * tops[0]!);
    for (let i = 1; i < tops.length; i++) assert(tops[i]! >= tops[i - 1]!, `${outage} ${tops}`);
    assertEquals(tops.at(-1), tops.at(-2));
    assert(tops.at(-1)! <= 300_000);
  }
});

Deno.test("retryDelayMs() spreads many lanes over the whole span", () => {
  const random = seededRandom(7);
  const waits = Array.from({ length: 400 }, () => retryDelayMs(failed("storage"), 4, random));
  const quarters = [0, 0, 0, 0];
  for (const wait of waits) quarters[Math.min(3, Math.floor(wait / 2000))]!++;
  assert(quarters.every((count) => count > 60), `${quarters}`);
});

Deno.test("retryDelayMs() waits what the other side asks for, but never over ten minutes", () => {
  assertEquals(retryDelayMs(failed("rate_limit", 7000), 1, chance(0.5)), 7000);
  assertEquals(retryDelayMs(failed("api_fault", 86_400_000), 1, chance(0.5)), 600_000);
});

Deno.test("retryDelayMs() never waits less than the outage's least, whatever the other side says", () => {
  assertEquals(retryDelayMs(failed("rate_limit", 0), 1, chance(0)), 1000);
  assertEquals(retryDelayMs(failed("network", 0), 1, chance(0)), 100);
});

Deno.test("retryDelayMs() shows within half a minute that a channel was un-paused", () => {
  assertEquals(bounds("paused", 1), [5000, 10_000]);
  assertEquals(bounds("paused", 2), [5000, 20_000]);
  for (const attempt of [3, 20, 1e9]) assertEquals(bounds("paused", attempt), [5000, 30_000]);
});
