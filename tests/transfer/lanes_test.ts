import { assertEquals, assertRejects } from "@std/assert";
import { createLanes } from "../../src/transfer/lanes.ts";
import { settled } from "../support/hand_clock.ts";

/** Work that ends when the test says so. */
function works(count: number) {
  return Array.from({ length: count }, () => Promise.withResolvers<void>());
}

const never = new AbortController().signal;

Deno.test("createLanes() runs no more at once than there are lanes, in the order of asking", async () => {
  const lanes = createLanes(2);
  const ends = works(5);
  const begun: number[] = [];
  const all = ends.map((end, i) =>
    lanes.run(() => {
      begun.push(i);
      return end.promise;
    }, never)
  );
  await settled();
  assertEquals(begun, [0, 1]);
  ends[1]!.resolve();
  await settled();
  assertEquals(begun, [0, 1, 2]);
  ends[0]!.resolve();
  ends[2]!.resolve();
  await settled();
  assertEquals(begun, [0, 1, 2, 3, 4]);
  for (const end of ends) end.resolve();
  await Promise.all(all);
});

Deno.test("createLanes() gives a lane back when the work throws, even before its first await", async () => {
  const lanes = createLanes(1);
  await assertRejects(() => lanes.run(() => Promise.reject(new Error("late")), never), Error);
  await assertRejects(
    () =>
      lanes.run(() => {
        throw new Error("at once");
      }, never),
    Error,
    "at once",
  );
  assertEquals(await lanes.run(() => Promise.resolve(7), never), 7);
});

Deno.test("createLanes() takes who is aborted out of the queue, and loses no lane by it", async () => {
  const lanes = createLanes(1);
  const [first] = works(1);
  const abort = new AbortController();
  const running = lanes.run(() => first!.promise, never);
  let ran = false;
  const aborted = lanes.run(() => {
    ran = true;
    return Promise.resolve();
  }, abort.signal);
  const last = lanes.run(() => Promise.resolve("last"), never);
  abort.abort(new Error("enough"));
  await assertRejects(() => aborted, Error, "enough");
  await assertRejects(() => lanes.run(() => Promise.resolve(), abort.signal), Error, "enough");
  first!.resolve();
  await running;
  assertEquals(await last, "last");
  assertEquals(ran, false);
});

Deno.test("createLanes() keeps a lane for work that runs on after its signal was aborted", async () => {
  const lanes = createLanes(1);
  const [first] = works(1);
  const abort = new AbortController();
  const running = lanes.run(() => first!.promise, abort.signal);
  let second = false;
  const waiting = lanes.run(() => {
    second = true;
    return Promise.resolve();
  }, never);
  abort.abort();
  await settled();
  assertEquals(second, false);
  first!.resolve();
  await Promise.all([running, waiting]);
  assertEquals(second, true);
});

/** Lanes all taken, and a queue of named work; what runs is ended one by one. */
function queue(count: number) {
  const lanes = createLanes(count);
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const all: Promise<void>[] = [];
  return {
    lanes,
    begun,
    ask(name: string, takeId: string) {
      all.push(lanes.run(
        () => {
          begun.push(name);
          return new Promise((resolve) => ends.set(name, resolve));
        },
        never,
        takeId,
      ));
    },
    async end(name: string) {
      ends.get(name)!();
      await settled();
    },
    over: () => Promise.all(all),
  };
}

Deno.test("Lanes.resize() fills new lanes at once, and lets the PUTs of lost ones end", async () => {
  const { lanes, begun, ask, end, over } = queue(2);
  for (const name of ["1", "2", "3", "4", "5", "6"]) ask(name, "a");
  lanes.resize(4);
  await settled();
  assertEquals([lanes.count, begun], [4, ["1", "2", "3", "4"]]);
  lanes.resize(1);
  for (const name of ["1", "2", "3"]) await end(name);
  assertEquals(begun, ["1", "2", "3", "4"], "one is still under way");
  await end("4");
  assertEquals(begun.slice(4), ["5"]);
  await end("5");
  await end("6");
  await over();
});

Deno.test("Lanes.prioritise() gives free lanes to one take first, and to the others when it has nothing", async () => {
  const { lanes, begun, ask, end, over } = queue(1);
  ask("a1", "a");
  ask("a2", "a");
  ask("b1", "b");
  ask("b2", "b");
  await settled();
  lanes.prioritise("b");
  assertEquals(lanes.prioritised(), "b");
  for (const name of ["a1", "b1", "b2", "a2"]) await end(name);
  await over();
  assertEquals(begun, ["a1", "b1", "b2", "a2"]);
});

Deno.test("Lanes.prioritise() gives the others their turn after eight lanes out of turn", async () => {
  const { lanes, begun, ask, end, over } = queue(1);
  lanes.prioritise("b");
  ask("a1", "a");
  ask("a2", "a");
  ask("a3", "a");
  for (let i = 1; i <= 20; i++) ask(`b${i}`, "b");
  await settled();
  for (let i = 0; i < 23; i++) await end(begun[i]!);
  await over();
  assertEquals([begun.indexOf("a2"), begun.indexOf("a3")], [9, 18]);
});
