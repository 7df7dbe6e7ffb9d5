import { assert, assertEquals, assertNotMatch } from "@std/assert";
import { viewOf } from "../../src/control/view_of.ts";
import type { DurableEvent } from "../../src/events.ts";
import type { TakeSnapshot } from "../../src/take/outcome.ts";
import { newestMeter } from "../support/newest_meter.ts";
import {
  DEAD,
  ENDED,
  FINALIZED,
  FINALIZED_UNSEEN,
  GROWING,
  shown,
  sightOf,
  stateOf,
} from "./shown_takes.ts";

Deno.test("viewOf() tells no rate, lag or remaining time of a take that is over", () => {
  const meter = newestMeter();
  for (let i = 0; i <= 20; i++) {
    const bytes = i * 1000;
    meter.note({
      atMs: i * 250,
      recordedBytes: 2 * bytes,
      storedBytes: bytes,
      verifiedBytes: bytes,
    });
  }
  const figures = (over: Partial<TakeSnapshot>) => {
    const { rateBytesPerSecond, behindSeconds, doneInSeconds } = viewOf(shown({ meter, ...over }));
    return [rateBytesPerSecond, behindSeconds, doneInSeconds];
  };
  const [rate, behind, doneIn] = figures({ state: stateOf("ss"), sight: sightOf(4020, ENDED) });
  assert(rate === 4000 && behind! > 2 && doneIn === 1.005, `${rate} ${behind} ${doneIn}`);
  assertEquals(figures({ sight: sightOf(30, GROWING) })[2], null, "nobody knows how long it grows");
  const over = { outcome: { is: "suspended" }, sight: sightOf(30, ENDED) } as const;
  assertEquals(figures(over), [0, null, null]);
  assertEquals(figures({ state: stateOf("sss", FINALIZED) }), [0, null, null]);
  assertEquals(figures({ paused: true, sight: sightOf(30, GROWING) })[0], 0, "nothing is sent");
  assertEquals(viewOf(shown({ state: stateOf("sss", FINALIZED) })).tailSeconds, 0.85);
  const unseen = stateOf("sss", FINALIZED_UNSEEN);
  assertEquals(viewOf(shown({ state: unseen })).tailSeconds, null);
});

Deno.test("viewOf() keeps 10,000 parts as few runs, each with its bytes", () => {
  const state = stateOf("s".repeat(9000) + "c" + "r".repeat(900) + "p".repeat(99));
  const view = viewOf(shown({
    state,
    sight: sightOf(1e6, ENDED),
    sending: new Map([[9500, 3]]),
    isVerified: (number) => number <= 4000 || number === 9001,
  }));
  assertEquals(view.partCount, 10_000);
  assertEquals(view.strip, [
    { from: 1, to: 4000, state: "verified", sizeBytes: 40_000 },
    { from: 4001, to: 9000, state: "stored", sizeBytes: 50_000 },
    { from: 9001, to: 9001, state: "changed", sizeBytes: 10 },
    { from: 9002, to: 9499, state: "registered", sizeBytes: 4980 },
    { from: 9500, to: 9500, state: "sending", sizeBytes: 10 },
    { from: 9501, to: 10_000, state: "registered", sizeBytes: 5000 },
  ]);
});

Deno.test("viewOf() shows parts in the order of their numbers, and gaps as gaps", () => {
  const plan = (number: number): DurableEvent => ({
    type: "part.planned",
    number,
    sizeBytes: 10,
    isFinal: false,
  });
  const view = viewOf(shown({ state: stateOf("", plan(3), plan(2), plan(5), plan(1)) }));
  assertEquals(view.strip.map(({ from, to }) => [from, to]), [[1, 3], [5, 5]]);
});

Deno.test("viewOf() holds neither a URL nor a token, and nothing that JSON cannot hold", () => {
  const view = viewOf(
    shown({ state: stateOf("sc"), sight: sightOf(30, DEAD), trouble: "offline" }),
  );
  const json = JSON.stringify(view);
  assertNotMatch(json, /https?:|X-Amz|[Tt]oken|Bearer/);
  assertEquals(JSON.parse(json), { ...view });
});
