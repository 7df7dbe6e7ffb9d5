import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { Config } from "../../src/errors.ts";
import { createLiveLimits, LEAST_BYTES_PER_SECOND } from "../../src/transfer/limits.ts";
import { handClock, settled } from "../support/hand_clock.ts";

const MB = 1_000_000;
const BUFFER_BYTES = 256 * 1024;
const never = new AbortController().signal;

/** Fails unless `bytes` are `wantedBytes`, give or take `offBytes`. */
function assertNear(bytes: number, wantedBytes: number, offBytes = 0.05 * wantedBytes): void {
  assert(Math.abs(bytes - wantedBytes) <= offBytes, `${bytes} bytes, not ${wantedBytes}`);
}

/** Connections that take whatever they are granted, and the bytes that they took. */
function greedy(count: number, bytesPerSecond: number | null) {
  const clock = handClock();
  const limits = createLiveLimits(clock, { bytesPerSecond, lanes: 5 });
  const abort = new AbortController();
  const taken = Array.from({ length: count }, () => 0);
  const over = Promise.allSettled(taken.map(async (_, i) => {
    while (!abort.signal.aborted) taken[i]! += await limits.pace(BUFFER_BYTES, abort.signal);
  }));
  return {
    clock,
    limits,
    taken,
    sum: () => taken.reduce((sum, bytes) => sum + bytes, 0),
    async run(ms: number, stepMs = 1) {
      for (let atMs = 0; atMs < ms; atMs += stepMs) await clock.advance(stepMs);
    },
    async end() {
      abort.abort();
      await over;
      assertEquals(clock.sleeping(), 0, "no timer is left");
    },
  };
}

Deno.test("LiveLimits lets a second carry what it says, within 5 %, at 1 to 50 MB/s", async () => {
  for (const megabytes of [1, 5, 20, 50]) {
    const world = greedy(5, megabytes * MB);
    for (let second = 0; second < 3; second++) {
      const before = world.sum();
      await world.run(1000);
      assertNear(world.sum() - before, megabytes * MB);
    }
    for (const bytes of world.taken) { // shared evenly
      assertNear(bytes, 3 * megabytes * MB / 5, 0.1 * megabytes * MB);
    }
    await world.end();
  }
});

Deno.test("LiveLimits makes good for timers that fire late", async () => {
  const world = greedy(5, 10 * MB);
  await world.run(1000, 25);
  assertNear(world.sum(), 10 * MB);
  await world.end();
});

Deno.test("LiveLimits saves nothing up while nobody sends", async () => {
  const world = greedy(0, 10 * MB);
  await world.run(60_000, 1000);
  let bytes = 0;
  const abort = new AbortController();
  const over = (async () => {
    while (!abort.signal.aborted) bytes += await world.limits.pace(BUFFER_BYTES, abort.signal);
  })().catch(() => {});
  await world.run(1000);
  assert(bytes <= 10.5 * MB, `${bytes} bytes in the first second`);
  abort.abort();
  await over;
  await world.end();
});

Deno.test("LiveLimits without a limit grants everything at once, without a promise", async () => {
  const { limits, clock } = greedy(0, null);
  assertEquals(limits.pace(BUFFER_BYTES, never), BUFFER_BYTES);
  assertEquals(clock.sleeping(), 0);
  await settled();
});

Deno.test("LiveLimits.set() takes effect within 100 ms: lower, higher, none, and one again", async () => {
  const world = greedy(5, 50 * MB);
  await world.run(500);
  for (const megabytes of [1, 50, 2, 30]) {
    world.limits.set({ bytesPerSecond: megabytes * MB });
    await world.run(100);
    const before = world.sum();
    await world.run(1000);
    assertNear(world.sum() - before, megabytes * MB);
  }
  await world.end();
  world.limits.set({ bytesPerSecond: LEAST_BYTES_PER_SECOND });
  await world.limits.pace(4096, never); // what was saved up meanwhile
  const waiting = world.limits.pace(12_345, never);
  world.limits.set({ bytesPerSecond: null });
  assertEquals(await waiting, 12_345);
  assertEquals(world.limits.pace(77, never), 77);
  world.limits.set({ bytesPerSecond: MB });
  const again = world.limits.pace(4096, never);
  assert(typeof again !== "number", "limited again");
  await world.run(100);
  assertEquals(await again, 4096);
  assertEquals(world.clock.sleeping(), 0);
});

Deno.test("LiveLimits.pace() is left by who is aborted, and nobody else waits longer for it", async () => {
  const clock = handClock();
  const limits = createLiveLimits(clock, { bytesPerSecond: MB, lanes: 1 });
  const abort = new AbortController();
  const first = limits.pace(10_000, abort.signal) as Promise<number>;
  const second = limits.pace(10_000, never);
  abort.abort(new Error("enough"));
  await assertRejects(() => first, Error, "enough");
  await assertRejects(async () => await limits.pace(1, abort.signal), Error, "enough");
  await clock.advance(10);
  assertEquals(await second, 10_000);
  assertEquals(clock.sleeping(), 0);
});

Deno.test("LiveLimits.set() changes what is named, and refuses what makes no sense", () => {
  const limits = createLiveLimits(handClock(), { bytesPerSecond: null, lanes: 5 });
  assertEquals(limits.set({ lanes: 8 }), { bytesPerSecond: null, lanes: 8 });
  assertEquals(limits.lanes.count, 8);
  assertEquals(limits.set({ bytesPerSecond: 5 * MB }), { bytesPerSecond: 5 * MB, lanes: 8 });
  for (const lanes of [0, 33, 1.5, NaN, -1]) {
    assertThrows(() => limits.set({ lanes }), Config, "from 1 to 32");
  }
  for (const bytesPerSecond of [0, -1, 1000, NaN, Infinity]) {
    assertThrows(() => limits.set({ bytesPerSecond, lanes: 2 }), Config, "bytes a second");
  }
  assertEquals(limits.current(), { bytesPerSecond: 5 * MB, lanes: 8 });
});
