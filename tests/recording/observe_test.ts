import { assertEquals } from "@std/assert";
import type { Look } from "../../src/containers/container.ts";
import { type Moment, observe, type Observed, quietMs } from "../../src/recording/settle.ts";

const NOW_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;

/** The moment `afterMs` later, by both clocks. */
const at = (afterMs: number): Moment => ({ nowMs: NOW_MS + afterMs, monotonicMs: 1000 + afterMs });

type Step = readonly [afterMs: number, sizeBytes: number, modifiedMs: number, Look["verdict"]];

/** All looks so far, one by one. */
function watched(...steps: readonly Step[]): Observed {
  let observed: Observed | null = null;
  for (const [afterMs, sizeBytes, modifiedMs, verdict] of steps) {
    observed = observe(observed, { sizeBytes, modifiedMs }, verdict, at(afterMs));
  }
  return observed!;
}

Deno.test("observe() remembers since when size and time are as they are", () => {
  assertEquals(watched([0, 10, NOW_MS, "open"]).sinceMs, 1000);
  assertEquals(watched([0, 10, NOW_MS, "open"], [250, 10, NOW_MS, "open"]).sinceMs, 1000);
  assertEquals(watched([0, 10, NOW_MS, "open"], [250, 11, NOW_MS, "open"]).sinceMs, 1250);
  assertEquals(watched([0, 10, NOW_MS, "open"], [250, 10, NOW_MS + 1, "open"]).sinceMs, 1250);
  assertEquals(watched([0, 10, NOW_MS, "open"], [250, 9, NOW_MS, "open"]).sinceMs, 1250);
});

Deno.test("observe() knows whether the file ever changed under our eyes", () => {
  assertEquals(watched([0, 10, NOW_MS, "open"]).changedOnce, false);
  assertEquals(watched([0, 10, NOW_MS, "open"], [250, 10, NOW_MS, "open"]).changedOnce, false);
  const changed = watched([0, 10, 1, "open"], [250, 11, 1, "open"], [500, 11, 1, "open"]);
  assertEquals(changed.changedOnce, true);
});

Deno.test("observe() counts a run of final from its first look", () => {
  const finalSince = (...steps: readonly Step[]) => watched(...steps).finalSinceMs;
  assertEquals(finalSince([0, 10, 1, "open"]), null);
  assertEquals(finalSince([0, 10, 1, "final"]), 1000);
  assertEquals(finalSince([0, 10, 1, "final"], [250, 10, 1, "final"]), 1000);
  assertEquals(finalSince([0, 10, 1, "open"], [250, 11, 2, "final"]), 1250);
});

Deno.test("observe() starts the run of final again when size, time or verdict change", () => {
  const final = [0, 10, 1, "final"] as const;
  assertEquals(watched(final, [250, 11, 1, "final"]).finalSinceMs, 1250);
  assertEquals(watched(final, [250, 10, 2, "final"]).finalSinceMs, 1250);
  // An AVI says final for moments while it grows: each time counts for itself.
  const flicker: Step[] = [final, [250, 10, 1, "open"], [500, 10, 1, "final"]];
  assertEquals(watched(...flicker).finalSinceMs, 1500);
  assertEquals(watched(final, [250, 10, 1, "undecidable"]).finalSinceMs, null);
  assertEquals(watched(final, [250, 10, 1, "undecidable"]).sinceMs, 1000, "the bytes stand still");
});

Deno.test("observe() tells how late a change was seen, up to a second", () => {
  assertEquals(watched([0, 10, NOW_MS - 300, "open"]).seenLateMs, 300);
  const old = NOW_MS - HOUR_MS;
  assertEquals(watched([0, 10, old - 1, "open"], [250, 10, old, "open"]).seenLateMs, 1000);
  assertEquals(watched([0, 10, old, "open"]).seenLateMs, null, "nobody saw it");
  assertEquals(watched([0, 10, NOW_MS + HOUR_MS, "open"]).seenLateMs, 0, "time in the future");
});

Deno.test("observe() keeps the longest time between two changes that we saw", () => {
  // The time before the first change is no gap: we came in the middle of it.
  const steps: Step[] = [[0, 1, 1, "open"], [9000, 2, 2, "open"]];
  assertEquals(watched(...steps).longestGapMs, 0);
  assertEquals(watched(...steps, [12_000, 3, 3, "open"]).longestGapMs, 3000);
  const calmer: Step[] = [...steps, [12_000, 3, 3, "open"], [13_000, 4, 4, "open"]];
  assertEquals(watched(...calmer).longestGapMs, 3000);
  assertEquals(watched(...calmer, [99_000, 4, 4, "open"]).longestGapMs, 3000, "silence is no gap");
});

Deno.test("quietMs() counts from the file's own time while we never saw it change", () => {
  const old = watched([0, 10, NOW_MS - 5 * HOUR_MS, "open"]);
  assertEquals(quietMs(old, at(0), false), 5 * HOUR_MS);
  assertEquals(quietMs(old, at(1000), false), 5 * HOUR_MS + 1000);
  assertEquals(quietMs(old, at(1000), true), 1000, "but not from another machine's clock");
});

Deno.test("quietMs() counts from our own sight once the file has changed under our eyes", () => {
  // Written on a machine whose clock is five hours behind.
  const skewed = watched(
    [0, 10, NOW_MS - 5 * HOUR_MS, "open"],
    [250, 20, NOW_MS + 250 - 5 * HOUR_MS, "open"],
  );
  assertEquals(quietMs(skewed, at(250), false), 0);
  assertEquals(quietMs(skewed, at(1250), false), 1000);
});

Deno.test("quietMs() of a time in the future counts from our own sight", () => {
  const future = watched([0, 10, NOW_MS + 5 * HOUR_MS, "open"]);
  assertEquals(quietMs(future, at(0), false), 0);
  assertEquals(quietMs(future, at(3000), false), 3000);
});

Deno.test("quietMs() is not moved by a jump of our own wall clock once the file has changed", () => {
  const seen = watched([0, 10, NOW_MS, "open"], [250, 20, NOW_MS + 250, "open"]);
  const jumped = { nowMs: NOW_MS + 9 * HOUR_MS, monotonicMs: 1750 };
  assertEquals(quietMs(seen, jumped, false), 500);
});

Deno.test("observe() tells a recorder that keeps its sizes true from one that stopped", () => {
  const goesOn = (...steps: readonly Step[]) => watched(...steps).finalWhileGrowing;
  assertEquals(goesOn([0, 10, 1, "open"], [250, 12, 2, "final"]), false, "the stop of most");
  assertEquals(goesOn([0, 10, 1, "final"], [250, 12, 2, "open"]), false, "an AVI's full RIFF");
  assertEquals(
    goesOn([0, 12, 1, "final"], [100, 12, 2, "final"]),
    false,
    "patched behind its final",
  );
  const grown: Step[] = [[0, 10, 1, "final"], [100, 12, 2, "final"]];
  assertEquals(goesOn(...grown), true);
  assertEquals(goesOn(...grown, [350, 12, 2, "final"], [600, 13, 3, "open"]), true, "and for good");
  // A copier that has set the length first.
  const filled: Step[] = [[0, 12, 1, "final"], [250, 12, 1, "final"], [500, 12, 2, "final"]];
  assertEquals(goesOn(...filled), true);
});
