import { assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import { ANSWER_MS, createDiskGates, MOST_AT_ONCE } from "../../src/runtime/disk_gate.ts";
import { handClock, settled } from "../support/hand_clock.ts";

/** Gates under a test's clock, and accesses that come back when they are told to. */
function openGates() {
  const clock = handClock();
  const gates = createDiskGates(clock);
  const begun: PromiseWithResolvers<string>[] = [];
  return {
    clock,
    /** Accesses that have begun, in this order. */
    begun,
    /** How each access came out: what it gave, or its error's message. */
    access: (folder = "/card", signal?: AbortSignal) => {
      const outcome = gates(folder).pass("Cannot read /card/a.mov", () => {
        begun.push(Promise.withResolvers());
        return begun.at(-1)!.promise;
      }, signal);
      outcome.catch(() => {});
      return outcome;
    },
  };
}

Deno.test("a disk that does not answer for 15 s is unavailable, with the remedy", async () => {
  const { clock, access } = openGates();
  let isOver = false;
  const hung = access();
  hung.catch(() => isOver = true);
  await clock.advance(ANSWER_MS - 1);
  assertEquals(isOver, false);
  await clock.advance(1);
  const error = await assertRejects(() => hung, Unavailable, "Cannot read /card/a.mov: its drive");
  assertEquals([error.outage, /Check its cable/.test(error.message)], ["disk", true]);
});

Deno.test("while one access hangs further ones of its folder fail at once, until it is back", async () => {
  const { clock, access, begun } = openGates();
  const hung = access();
  const behind = access();
  await clock.advance(ANSWER_MS - 1);
  const younger = access();
  await clock.advance(1);
  for (const one of [hung, behind, access()]) await assertRejects(() => one, Unavailable);
  assertEquals(begun.length, 3, "the last one was not even tried");
  begun[2]!.resolve("came in time");
  assertEquals(await younger, "came in time");
  const elsewhere = access("/disk");
  begun[3]!.resolve("another drive");
  assertEquals(await elsewhere, "another drive");
  begun[0]!.resolve("too late");
  await settled();
  await assertRejects(() => access(), Unavailable, "", "the other one still hangs");
  begun[1]!.reject(new Error("EIO"));
  await settled();
  const next = access();
  begun[4]!.resolve("back");
  assertEquals(await next, "back");
  assertEquals(clock.sleeping(), 0);
});

Deno.test("each access has its own 15 s, also one that began after another, and after that came back", async () => {
  const { clock, access, begun } = openGates();
  const early = access();
  await clock.advance(5000);
  const late = access();
  begun[0]!.resolve("in time");
  assertEquals(await early, "in time");
  let isOver = false;
  late.catch(() => isOver = true);
  await clock.advance(ANSWER_MS - 1);
  assertEquals(isOver, false);
  await clock.advance(1);
  await assertRejects(() => late, Unavailable);
  begun[1]!.resolve("back");
  await settled();
  assertEquals(clock.sleeping(), 0);
});

Deno.test("no more accesses of a folder are under way at once than leave threads to others", async () => {
  const { clock, access, begun } = openGates();
  const all = Array.from({ length: MOST_AT_ONCE + 3 }, () => access());
  await settled();
  assertEquals(begun.length, MOST_AT_ONCE);
  begun[0]!.resolve("first");
  await settled();
  assertEquals(begun.length, MOST_AT_ONCE + 1, "one comes back, one goes in");
  await clock.advance(ANSWER_MS);
  for (const one of all.slice(1)) await assertRejects(() => one, Unavailable);
  assertEquals(begun.length, MOST_AT_ONCE + 1, "those that waited were not tried");
  for (const one of begun) one.resolve("late");
  await settled();
  const next = access();
  begun.at(-1)!.resolve("back");
  assertEquals(await next, "back");
});

Deno.test("an aborted signal ends the wait for a disk at once, under way and in the queue", async () => {
  const { clock, access, begun } = openGates();
  const abort = new AbortController();
  const all = Array.from({ length: MOST_AT_ONCE + 1 }, () => access("/card", abort.signal));
  await settled();
  abort.abort(new Error("enough"));
  for (const one of all) await assertRejects(() => one, Error, "enough");
  await assertRejects(() => access("/card", abort.signal), Error, "enough");
  begun[0]!.resolve("nobody waits");
  await settled();
  assertEquals(begun.length, MOST_AT_ONCE, "what was called off in the queue does not begin");
  await clock.advance(ANSWER_MS);
  await assertRejects(() => access(), Unavailable, "", "it hangs, whoever waits for it");
});

Deno.test("a disk's own error is handed on, and nothing is left behind", async () => {
  const { clock, access, begun } = openGates();
  const failing = access();
  begun[0]!.reject(new Error("EIO"));
  await assertRejects(() => failing, Error, "EIO");
  assertEquals(clock.sleeping(), 0);
});
