import { assertEquals, assertThrows } from "@std/assert";
import type { DurableEvent } from "../../src/events.ts";
import {
  apply,
  emptyState,
  mayBeComplete,
  nextPart,
  rangeOf,
  replayState,
  storedBytes,
  type TakeState,
} from "../../src/take/state.ts";
import { seededRandom } from "../support/seeded_random.ts";

const STARTED: DurableEvent = {
  type: "take.started",
  path: "/a.mov",
  name: "a.mov",
  filetype: "video/quicktime",
  fileId: "7:1",
};
const head = (headBytes: number): DurableEvent => ({
  type: "head.fixed",
  headBytes,
  mediaStart: 36,
});
const planned = (number: number, sizeBytes: number, isFinal = false): DurableEvent => ({
  type: "part.planned",
  number,
  sizeBytes,
  isFinal,
});
const started = (number: number): DurableEvent => ({ type: "part.started", number });
const stored = (number: number): DurableEvent => ({
  type: "part.stored",
  number,
  digest: `d${number}`,
});

const stateAfter = (...events: readonly DurableEvent[]): TakeState => replayState("t1", events);

Deno.test("state of a take goes from nothing to a verified asset by its facts", () => {
  const state = stateAfter(
    STARTED,
    { type: "asset.requested" },
    { type: "asset.created", assetId: "a1", name: "a.mov" },
    head(10),
    planned(2, 30),
    { type: "part.registered", number: 2 },
    started(2),
    stored(2),
    planned(1, 10),
    { ...planned(3, 5, true), totalBytes: 45 } as DurableEvent,
    { type: "finish.asked", sizeBytes: 45 },
    { type: "recording.ended", by: "operator", sizeBytes: 45, finishedByRecorder: false },
    stored(1),
    stored(3),
    { type: "take.finalized", sizeBytes: 45, modifiedMs: 7, tailMs: 8 },
    { type: "take.verified" },
    { type: "asset.completed" },
  );
  assertEquals([state.path, state.name, state.fileId], ["/a.mov", "a.mov", "7:1"]);
  assertEquals(state.asset, { at: "created", id: "a1", route: null });
  assertEquals(state.head, { bytes: 10, mediaStart: 36 });
  assertEquals([state.totalBytes, state.finishAskedBytes], [45, 45]);
  assertEquals(state.ended, { by: "operator", finishedByRecorder: false });
  assertEquals(state.finalized?.tailMs, 8);
  assertEquals([state.verified, state.completed], [true, true]);
  assertEquals(storedBytes(state), 45);
  assertEquals(state.parts.get(2), {
    number: 2,
    sizeBytes: 30,
    isFinal: false,
    at: "stored",
    digest: "d2",
    starts: 1,
    startedAs: null,
  });
});

Deno.test("state counts bytes as sent again from the second start of a part on", () => {
  assertEquals(stateAfter(planned(2, 30), started(2)).resentBytes, 0);
  assertEquals(stateAfter(planned(2, 30), started(2), started(2)).resentBytes, 30);
  const changed: DurableEvent = { type: "part.changed", number: 2 };
  const events = [planned(2, 30), started(2), stored(2), changed, started(2), started(2)];
  assertEquals(stateAfter(...events).resentBytes, 60);
});

Deno.test("state of a changed part keeps its digest, and is not stored until it went again", () => {
  const changed = stateAfter(planned(2, 30), stored(2), { type: "part.changed", number: 2 });
  assertEquals([changed.parts.get(2)?.at, changed.parts.get(2)?.digest], ["changed", "d2"]);
  assertEquals(storedBytes(changed), 0);
  apply(changed, stored(2));
  assertEquals(storedBytes(changed), 30);
});

Deno.test("state of a part that is registered again stays what it was", () => {
  const again: DurableEvent = { type: "part.registered", number: 2 };
  assertEquals(stateAfter(planned(2, 30), again, stored(2), again).parts.get(2)?.at, "stored");
});

Deno.test("state of a take that leaves its asset begins anew, and remembers what it left", () => {
  const state = stateAfter(
    { type: "asset.created", assetId: "a1", name: "a.mov" },
    head(10),
    { ...planned(2, 30), totalBytes: 40 } as DurableEvent,
    started(2),
    { type: "recording.ended", by: "idle", sizeBytes: 40, finishedByRecorder: true },
    { type: "finish.asked", sizeBytes: 40 },
    { type: "asset.abandoned", assetId: "a1", reason: "cut" },
  );
  assertEquals(state.resentBytes, 30, "what went into it goes once more");
  assertEquals(state.asset, { at: "none" });
  assertEquals(state.formerAssets, [{ assetId: "a1", reason: "cut" }]);
  assertEquals([state.head, state.parts.size, state.totalBytes, state.ended], [
    null,
    0,
    null,
    null,
  ]);
  assertEquals(state.finishAskedBytes, 40, "a person's word stands");
});

Deno.test("state of an asset that was asked for and never made is as if it was not", () => {
  assertEquals(stateAfter({ type: "asset.requested" }).asset, { at: "requested" });
  const missed = stateAfter({ type: "asset.requested" }, { type: "asset.missed" });
  assertEquals(missed.asset, { at: "none" });
});

Deno.test("rangeOf() puts a part behind all lower numbers, the head first even when it is not there", () => {
  const state = stateAfter(head(10), planned(3, 5), planned(2, 30));
  assertEquals(rangeOf(state, 2), { start: 10, end: 40 });
  assertEquals(rangeOf(state, 3), { start: 40, end: 45 });
  apply(state, planned(1, 10));
  assertEquals(rangeOf(state, 1), { start: 0, end: 10 });
  assertEquals(rangeOf(state, 3), { start: 40, end: 45 });
  assertEquals(rangeOf(stateAfter(planned(1, 7, true)), 1), { start: 0, end: 7 }, "the only part");
});

Deno.test("rangeOf() reaches 5 TiB without losing a byte", () => {
  const state = stateAfter(head(5_242_880), planned(2, 5_497_552_895_999), planned(3, 1, true));
  assertEquals(rangeOf(state, 3), { start: 5_497_558_138_879, end: 5_497_558_138_880 });
});

Deno.test("rangeOf() of a part that is not there, or behind a gap, is an error", () => {
  assertThrows(() => rangeOf(stateAfter(head(10)), 2), RangeError, "no part 2");
  assertThrows(() => rangeOf(stateAfter(head(10), planned(3, 5)), 3), RangeError, "no part 2");
});

Deno.test("nextPart() is number 2 behind the head, then behind the last one without a gap", () => {
  assertEquals(nextPart(stateAfter()), { number: 2, offsetBytes: 0 });
  assertEquals(nextPart(stateAfter(head(10))), { number: 2, offsetBytes: 10 });
  const events = [head(10), planned(2, 30), planned(3, 5), planned(1, 10)];
  assertEquals(nextPart(stateAfter(...events)), { number: 4, offsetBytes: 45 });
  assertEquals(nextPart(stateAfter(head(10), planned(3, 5))), { number: 2, offsetBytes: 10 });
});

Deno.test("state after a shift has a longer head, and every other part where its bytes are now", () => {
  const state = stateAfter(head(10), planned(2, 30), stored(2), {
    type: "recording.shifted",
    byBytes: 9,
    mediaStart: 45,
  });
  assertEquals(state.head, { bytes: 19, mediaStart: 45 });
  assertEquals(rangeOf(state, 2), { start: 19, end: 49 });
  assertEquals(nextPart(state), { number: 3, offsetBytes: 49 });
});

/** Any facts in an order that a take may write them in. */
function someFacts(seed: number): DurableEvent[] {
  const random = seededRandom(seed);
  const pick = (most: number) => 1 + Math.floor(random.fraction() * most);
  const events: DurableEvent[] = [STARTED, head(10), planned(2, pick(50))];
  for (let parts = 2, i = 0; i < 60; i++) {
    const number = 1 + pick(parts - 1);
    const choices: (() => DurableEvent)[] = [
      () => planned(++parts, pick(50)),
      () => ({ type: "part.registered", number }),
      () => started(number),
      () => stored(number),
      () => ({ type: "part.changed", number }),
      () => ({ type: "recording.shifted", byBytes: pick(9), mediaStart: pick(99) }),
      () => ({ type: "finish.asked", sizeBytes: pick(99) }),
    ];
    events.push(choices[pick(choices.length) - 1]!());
  }
  return events;
}

Deno.test("state replayed from the journal's JSON is the one that was live, for 200 takes", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const events = someFacts(seed);
    const live = emptyState("t1");
    for (const event of events) apply(live, event);
    const written = events.map((event) => JSON.parse(JSON.stringify(event)) as DurableEvent);
    assertEquals(replayState("t1", written), live, `seed ${seed}`);
    // Whole again after a stop at any place: the first half replayed, the rest applied to it.
    const half = replayState("t1", written.slice(0, 30));
    for (const event of events.slice(30)) apply(half, event);
    assertEquals(half, live, `seed ${seed}`);
  }
});

Deno.test("mayBeComplete() is true from the first PUT of the final part on", () => {
  const begun = [STARTED, head(10), planned(2, 10), started(2), stored(2), planned(3, 5, true)];
  assertEquals(mayBeComplete(stateAfter(...begun)), false);
  assertEquals(mayBeComplete(stateAfter(...begun, started(3))), true);
  const left: DurableEvent = { type: "asset.abandoned", assetId: "a", reason: "cut" };
  assertEquals(mayBeComplete(stateAfter(...begun, started(3), left)), false);
});

Deno.test("state is paused until it is unpaused, whatever else happens", () => {
  const by = "operator";
  const paused = stateAfter(STARTED, { type: "take.paused", by }, head(10), planned(2, 10));
  assertEquals([paused.paused, paused.cancelled], [true, false]);
  apply(paused, { type: "asset.abandoned", assetId: "a", reason: "cut" });
  assertEquals(paused.paused, true);
  apply(paused, { type: "take.unpaused", by });
  apply(paused, { type: "take.cancelled", by });
  assertEquals([paused.paused, paused.cancelled], [false, true]);
});
