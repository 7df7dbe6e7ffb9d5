import { assert, assertEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import type { Judgement } from "../../src/recording/settle.ts";
import { decide, type Scene, type Step } from "../../src/take/decide.ts";
import { apply, emptyState, type TakeState } from "../../src/take/state.ts";

const GROWING: Judgement = { is: "growing" };
const SETTLING: Judgement = { is: "settling" };
const ENDED: Judgement = { is: "ended", by: "container", finishedByRecorder: true };

/** A scene in which every URL is at hand, nothing is busy and nothing is verified. */
function scene(sizeBytes: number, judgement: Judgement, more: Partial<Scene> = {}): Scene {
  return {
    sizeBytes,
    frontierBytes: sizeBytes,
    headBytes: 36,
    mediaStart: 36,
    judgement,
    isSteady: true,
    takes: "growing",
    lanes: 5,
    busy: () => false,
    hasUrl: () => true,
    isVerified: () => false,
    ...more,
  };
}

/** A take with an asset and these parts behind a head of 5 MiB, all stored unless said otherwise. */
function takeWith(sizes: readonly number[], at: "registered" | "stored" = "stored"): TakeState {
  const state = emptyState("t");
  apply(state, { type: "asset.created", assetId: "a", name: "take01.mov" });
  apply(state, { type: "head.fixed", headBytes: 5 * MIB, mediaStart: 36 });
  sizes.forEach((sizeBytes, i) => addPart(state, i + 2, sizeBytes, at));
  return state;
}

function addPart(
  state: TakeState,
  number: number,
  sizeBytes: number,
  at: "registered" | "stored",
  totalBytes?: number,
): void {
  const isFinal = totalBytes !== undefined;
  apply(state, {
    type: "part.planned",
    number,
    sizeBytes,
    isFinal,
    ...(isFinal ? { totalBytes } : {}),
  });
  apply(state, { type: "part.registered", number });
  if (at === "stored") apply(state, { type: "part.stored", number, digest: `d${number}` });
}

const registered = (steps: readonly Step[]) =>
  steps.flatMap((step) => step.do === "register" ? step.parts.map((part) => part.number) : []);
const doing = (steps: readonly Step[], what: Step["do"]) =>
  steps.flatMap((step) => step.do === what && "number" in step ? [step.number] : []);

Deno.test("decide() waits for a first byte, then creates the asset once", () => {
  assertEquals(decide(emptyState("t"), scene(0, GROWING)), []);
  assertEquals(decide(emptyState("t"), scene(1, GROWING)), [{ do: "create_asset" }]);
  assertEquals(decide(emptyState("t"), scene(1, GROWING, { busy: (e) => e === "asset" })), []);
});

Deno.test("decide() fixes the head before it registers part 2, and not before", () => {
  const state = emptyState("t");
  apply(state, { type: "asset.created", assetId: "a", name: "n" });
  assertEquals(decide(state, scene(10 * MIB, GROWING)), []);
  const steps = decide(state, scene(10 * MIB + 1, GROWING));
  assertEquals(steps.map((step) => step.do), ["fix_head", "register"]);
  assertEquals(registered(steps), [2]);
});

Deno.test("decide() gives a container the head it needs", () => {
  const state = emptyState("t");
  apply(state, { type: "asset.created", assetId: "a", name: "n" });
  const steps = decide(
    state,
    scene(40 * MIB, GROWING, { headBytes: 7 * MIB, mediaStart: 7 * MIB }),
  );
  assertEquals(steps[0], { do: "fix_head", headBytes: 7 * MIB, mediaStart: 7 * MIB });
});

Deno.test("decide() never registers the head or a final part while the recording grows", () => {
  const steps = decide(takeWith([5 * MIB, 5 * MIB]), scene(500 * MIB, GROWING));
  assertEquals(registered(steps).includes(1), false);
  assert(steps.every((step) => step.do !== "register" || step.parts.every((p) => !p.isFinal)));
});

Deno.test("decide() declares nothing beyond the frontier", () => {
  const state = takeWith([5 * MIB]);
  const steps = decide(state, scene(500 * MIB, GROWING, { frontierBytes: 15 * MIB }));
  assertEquals(registered(steps), []);
  const more = decide(state, scene(500 * MIB, GROWING, { frontierBytes: 15 * MIB + 1 }));
  assertEquals(registered(more), [3]);
});

Deno.test("decide() has at most 4 × lanes parts registered and not stored", () => {
  const steps = decide(takeWith([]), scene(5000 * MIB, GROWING, { lanes: 2 }));
  assertEquals(registered(steps).length, 8);
  const waiting = takeWith(Array(8).fill(5 * MIB), "registered");
  assertEquals(registered(decide(waiting, scene(5000 * MIB, GROWING, { lanes: 2 }))), []);
});

Deno.test("decide() registers one call at a time", () => {
  const busy = (errand: string) => errand === "register";
  assertEquals(registered(decide(takeWith([]), scene(500 * MIB, GROWING, { busy }))), []);
});

Deno.test("decide() asks again for a part without a usable URL, with the same words", () => {
  const state = takeWith([5 * MIB, 6 * MIB], "registered");
  const steps = decide(state, scene(500 * MIB, GROWING, { hasUrl: (n) => n !== 3 }));
  const step = steps.find((one) => one.do === "register");
  assert(step?.do === "register" && step.again);
  assertEquals(step.parts.map(({ number, sizeBytes, isFinal }) => [number, sizeBytes, isFinal]), [
    [3, 6 * MIB, false],
  ]);
  assertEquals(doing(steps, "put"), [2]);
});

Deno.test("decide() asks again for the final part with its total", () => {
  const state = takeWith([5 * MIB]);
  addPart(state, 1, 5 * MIB, "stored");
  addPart(state, 3, 9, "registered", 10 * MIB + 9);
  const steps = decide(state, scene(10 * MIB + 9, ENDED, { hasUrl: () => false }));
  assert(steps[0]?.do === "register" && steps[0].totalBytes === 10 * MIB + 9);
});

Deno.test("decide() sends the rest at the first final look, the head after it, the final part last", () => {
  const total = 22 * MIB;
  const state = takeWith([5 * MIB, 5 * MIB]);
  const rest = decide(state, scene(total, SETTLING));
  assertEquals(registered(rest), [4], "the rest without the final part");
  addPart(state, 4, 7 * MIB - 65536, "registered");
  assertEquals(registered(decide(state, scene(total, SETTLING))), [], "the head waits for it");
  apply(state, { type: "part.stored", number: 4, digest: "d4" });
  assertEquals(registered(decide(state, scene(total, SETTLING))), [1]);
  addPart(state, 1, 5 * MIB, "stored");
  const all = { isVerified: () => true };
  assertEquals(registered(decide(state, scene(total, SETTLING, all))), [], "not while settling");
  assertEquals(registered(decide(state, scene(total, ENDED))), [], "not before verification");
  const last = decide(state, scene(total, ENDED, all)).find((step) => step.do === "register");
  assert(last?.do === "register");
  assertEquals(last.parts, [{ number: 5, sizeBytes: 65536, isFinal: true }]);
  assertEquals(last.totalBytes, total);
});

Deno.test("decide() registers a recording that fits the head as one final part, once ended", () => {
  const state = takeWith([]);
  assertEquals(registered(decide(state, scene(5 * MIB, SETTLING))), []);
  const [step] = decide(state, scene(5 * MIB, ENDED));
  assert(step?.do === "register");
  assertEquals(step.parts, [{ number: 1, sizeBytes: 5 * MIB, isFinal: true }]);
});

Deno.test("decide() reads stored parts again from the first final look on, two at a time", () => {
  const state = takeWith([5 * MIB, 5 * MIB, 5 * MIB]);
  assertEquals(doing(decide(state, scene(21 * MIB, GROWING)), "verify"), []);
  assertEquals(doing(decide(state, scene(21 * MIB, SETTLING)), "verify"), [2, 3]);
  const one = {
    busy: (errand: string) => errand === "verify 2",
    isVerified: (n: number) => n === 3,
  };
  assertEquals(doing(decide(state, scene(21 * MIB, SETTLING, one)), "verify"), [4]);
});

Deno.test("decide() holds the final part's PUT until every other part is verified again", () => {
  const state = takeWith([5 * MIB]);
  addPart(state, 1, 5 * MIB, "stored");
  addPart(state, 3, 9, "registered", 10 * MIB + 9);
  const total = 10 * MIB + 9;
  assertEquals(doing(decide(state, scene(total, ENDED)), "put"), []);
  assertEquals(doing(decide(state, scene(total, SETTLING, { isVerified: () => true })), "put"), []);
  assertEquals(doing(decide(state, scene(total, ENDED, { isVerified: () => true })), "put"), [3]);
});

Deno.test("decide() sends a changed part again", () => {
  const state = takeWith([5 * MIB, 5 * MIB]);
  apply(state, { type: "part.changed", number: 3 });
  assertEquals(doing(decide(state, scene(21 * MIB, SETTLING)), "put"), [3]);
});

Deno.test("decide() leaves an asset whose registered parts no longer fit", () => {
  const cut = decide(takeWith([5 * MIB, 5 * MIB]), scene(15 * MIB, GROWING));
  assertEquals(cut.map((step) => step.do), ["abandon_asset"]);
  const state = takeWith([5 * MIB]);
  addPart(state, 1, 5 * MIB, "stored");
  addPart(state, 3, 9, "registered", 10 * MIB + 9);
  const grown = decide(state, scene(10 * MIB + 10, GROWING));
  assertEquals(grown.map((step) => step.do), ["abandon_asset"]);
});

Deno.test("decide() leaves a finalized take alone and concludes it once all is verified", () => {
  const state = takeWith([5 * MIB]);
  addPart(state, 1, 5 * MIB, "stored");
  addPart(state, 3, 9, "stored", 10 * MIB + 9);
  apply(state, { type: "take.finalized", sizeBytes: 10 * MIB + 9, modifiedMs: 1, tailMs: 1 });
  const grown = decide(state, scene(99 * MIB, GROWING));
  assertEquals(grown, [{ do: "verify", number: 2 }, { do: "verify", number: 1 }]);
  assertEquals(decide(state, scene(99 * MIB, GROWING, { isVerified: () => true })), [
    { do: "conclude" },
  ]);
});

Deno.test("decide() takes the operator's finish back once the recorder moves its media", () => {
  const state = takeWith([5 * MIB]);
  apply(state, { type: "finish.asked", sizeBytes: 12 * MIB });
  const byWord: Judgement = { is: "ended", by: "operator", finishedByRecorder: false };
  const moved = scene(12 * MIB, byWord, { mediaStart: 5036 });
  assertEquals(decide(state, moved), [{ do: "withdraw_finish" }]);
  apply(state, { type: "finish.withdrawn" });
  assertEquals(state.finishAskedBytes, null);
  assertEquals(decide(state, moved), [{ do: "shift", byBytes: 5000, mediaStart: 5036 }]);
});

Deno.test("decide() takes the operator's finish back once less is there than was to be finished", () => {
  const state = takeWith([5 * MIB]);
  apply(state, { type: "finish.asked", sizeBytes: 12 * MIB });
  const byWord: Judgement = { is: "ended", by: "operator", finishedByRecorder: false };
  for (const cutToBytes of [0, 11 * MIB, 12 * MIB - 1]) {
    assertEquals(decide(state, scene(cutToBytes, byWord)), [{ do: "withdraw_finish", cutToBytes }]);
  }
  assertEquals(doing(decide(state, scene(12 * MIB, byWord)), "withdraw_finish"), []);
  apply(state, {
    type: "recording.ended",
    by: "operator",
    sizeBytes: 1,
    finishedByRecorder: false,
  });
  apply(state, { type: "finish.withdrawn", cutToBytes: 0 });
  assertEquals([state.finishAskedBytes, state.ended], [null, null]);
});

Deno.test("decide() creates the asset of a route for finished files only when the recording has ended", () => {
  const state = emptyState("t");
  const takes = "finished" as const;
  assertEquals(decide(state, scene(9 * MIB, GROWING, { takes })), []);
  assertEquals(decide(state, scene(9 * MIB, SETTLING, { takes })), []);
  assertEquals(decide(state, scene(9 * MIB, ENDED, { takes })), [{ do: "create_asset" }]);
});

Deno.test("decide() sends the parts that came with an asset, and the last one when the others hold", () => {
  const state = emptyState("t");
  apply(state, { type: "asset.created", assetId: "a", name: "n" });
  for (let number = 1; number <= 100; number++) addPart(state, number, MIB, "registered");
  addPart(state, 101, MIB, "registered", 101 * MIB);
  const now = scene(101 * MIB, ENDED, { takes: "finished", lanes: 2 });
  assertEquals(doing(decide(state, now), "put"), [1, 2, 3, 4, 5, 6, 7, 8]);
  for (let number = 1; number <= 100; number++) {
    apply(state, { type: "part.stored", number, digest: "d" });
  }
  assertEquals(doing(decide(state, now), "put"), []);
  assertEquals(doing(decide(state, { ...now, isVerified: () => true }), "put"), [101]);
});

/** A paused take with a stored and an open part. */
function paused(): TakeState {
  const state = takeWith([5 * MIB]);
  addPart(state, 3, 5 * MIB, "registered");
  apply(state, { type: "take.paused", by: "operator" });
  return state;
}

Deno.test("decide() begins nothing of a paused take but to read again what is stored", () => {
  const state = paused();
  assertEquals(decide(state, scene(500 * MIB, GROWING)), []);
  assertEquals(decide(state, scene(500 * MIB, GROWING, { hasUrl: () => false })), []);
  assertEquals(decide(state, scene(16 * MIB, ENDED)), [{ do: "verify", number: 2 }]);
  apply(state, { type: "take.unpaused", by: "operator" });
  assertEquals(doing(decide(state, scene(16 * MIB, ENDED)), "put"), [3]);
});

Deno.test("decide() creates no asset of a paused take", () => {
  const state = emptyState("t");
  apply(state, { type: "take.paused", by: "operator" });
  assertEquals(decide(state, scene(9 * MIB, GROWING)), []);
  assertEquals(decide(state, scene(9 * MIB, ENDED, { takes: "finished" })), []);
});

Deno.test("decide() follows a recorder that moves its media also in a pause", () => {
  const moved = decide(paused(), scene(99 * MIB, GROWING, { mediaStart: 5036 }));
  assertEquals(moved, [{ do: "shift", byBytes: 5000, mediaStart: 5036 }]);
});

Deno.test("decide() brings a take to its end that was paused when all of it was in", () => {
  const state = paused();
  apply(state, { type: "part.stored", number: 3, digest: "d3" });
  apply(state, { type: "take.finalized", sizeBytes: 15 * MIB, modifiedMs: 1, tailMs: 1 });
  assertEquals(decide(state, scene(15 * MIB, ENDED, { isVerified: () => true })), [
    { do: "conclude" },
  ]);
});

Deno.test("decide() has nothing to do for a cancelled take", () => {
  const state = takeWith([5 * MIB]);
  apply(state, { type: "take.cancelled", by: "operator" });
  for (const judgement of [GROWING, SETTLING, ENDED]) {
    assertEquals(decide(state, scene(500 * MIB, judgement)), []);
    assertEquals(decide(state, scene(MIB, judgement)), []);
  }
});
