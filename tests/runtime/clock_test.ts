import { assert, assertEquals, assertRejects } from "@std/assert";
import { systemClock } from "../../src/runtime/clock.ts";
import { systemRandom } from "../../src/runtime/random.ts";

Deno.test("systemClock sleeps no shorter than it is told", async () => {
  const before = systemClock.monotonicMs();
  await systemClock.sleep(20);
  assert(systemClock.monotonicMs() - before >= 19);
});

Deno.test("systemClock's sleep ends with the signal's reason, and leaves no timer", async () => {
  const abort = new AbortController();
  const sleep = systemClock.sleep(60_000, abort.signal);
  abort.abort(new Error("suspended"));
  await assertRejects(() => sleep, Error, "suspended");
  await assertRejects(() => systemClock.sleep(60_000, abort.signal), Error, "suspended");
});

Deno.test("systemRandom gives fractions below one, and as many digits as asked for", () => {
  for (let i = 0; i < 1000; i++) {
    const fraction = systemRandom.fraction();
    assert(fraction >= 0 && fraction < 1);
  }
  for (const digits of [1, 7, 8, 32]) {
    assert(new RegExp(`^[0-9a-f]{${digits}}$`).test(systemRandom.hex(digits)));
  }
  assertEquals(new Set(Array.from({ length: 1000 }, () => systemRandom.hex(16))).size, 1000);
});
