import { assert, assertEquals } from "@std/assert";
import type { PublishedEvent } from "../../src/events.ts";
import { createEventBus, type Gap, RING_EVENTS } from "../../src/take/bus.ts";
import { handClock, settled } from "../support/hand_clock.ts";

const grown = (sizeBytes: number) =>
  ({ type: "recording.grown", sizeBytes, verdict: "open" }) as const;

/** Reads along into an array, until the signal ends it or the bus drops it. */
function collect(stream: AsyncIterable<PublishedEvent | Gap>) {
  const seen: (PublishedEvent | Gap)[] = [];
  const done = (async () => {
    for await (const event of stream) seen.push(event);
  })();
  return { seen, done };
}

Deno.test("createEventBus() numbers, times and labels what is published", () => {
  const clock = handClock(Date.UTC(2024, 5, 12, 14, 0, 0));
  const bus = createEventBus(clock);
  const first = bus.publish("t1", grown(10));
  const second = bus.publish("t2", { type: "asset.requested" });
  assertEquals(second.id, first.id + 1);
  assertEquals(first, {
    id: first.id,
    time: "2024-06-12T14:00:00.000Z",
    takeId: "t1",
    type: "recording.grown",
    sizeBytes: 10,
    verdict: "open",
  });
  assert(Number.isSafeInteger(first.id));
});

Deno.test("since() returns what came after an id, oldest first", () => {
  const bus = createEventBus(handClock());
  const ids = [1, 2, 3].map((n) => bus.publish("t1", grown(n)).id);
  assertEquals(bus.since(ids[0]!).events.map((event) => event.id), ids.slice(1));
  assertEquals(bus.since(ids[2]!), { events: [], missed: false });
  assertEquals(bus.since(ids[0]! - 1).missed, false);
});

Deno.test("since() says what it no longer holds once the ring is full", () => {
  const bus = createEventBus(handClock(), { ringEvents: 3 });
  const ids = [1, 2, 3, 4, 5].map((n) => bus.publish("t1", grown(n)).id);
  assertEquals(bus.since(ids[1]!), { events: bus.since(0).events, missed: false });
  assertEquals(bus.since(ids[0]!).missed, true);
  assertEquals(bus.since(ids[0]!).events.map((event) => event.id), ids.slice(2));
});

Deno.test("since() tells a reader of an earlier process of the gap, even after a burst", () => {
  const earlier = createEventBus(handClock(1_000_000));
  let id = 0;
  for (let n = 0; n < 5000; n++) id = earlier.publish("t1", grown(n)).id;
  const later = createEventBus(handClock(1_000_100));
  for (let n = 0; n < 5000; n++) later.publish("t1", grown(n));
  assertEquals(later.since(id).missed, true);
  assertEquals(later.since(id).events.length, RING_EVENTS);
});

Deno.test("since() tells a reader of a gap where the wall clock was set back", () => {
  const ahead = createEventBus(handClock(2_000_000)).publish("t1", grown(1)).id;
  const bus = createEventBus(handClock(1_000_000));
  bus.publish("t1", grown(2));
  assertEquals(bus.since(ahead).missed, true);
  assertEquals(bus.since(ahead).events.length, 1);
});

Deno.test("subscribe() without an id tells only what comes from now on", async () => {
  const bus = createEventBus(handClock());
  bus.publish("t1", grown(1));
  const end = new AbortController();
  const { seen, done } = collect(bus.subscribe({ signal: end.signal }));
  const second = bus.publish("t1", grown(2));
  await settled();
  const third = bus.publish("t1", grown(3));
  await settled();
  assertEquals(seen, [second, third]);
  end.abort();
  await done;
});

Deno.test("subscribe() replays after an id, then goes on live without a hole", async () => {
  const bus = createEventBus(handClock());
  const ids = [1, 2].map((n) => bus.publish("t1", grown(n)).id);
  const end = new AbortController();
  const { seen, done } = collect(bus.subscribe({ afterId: ids[0]!, signal: end.signal }));
  ids.push(bus.publish("t1", grown(3)).id);
  await settled();
  ids.push(bus.publish("t1", grown(4)).id);
  await settled();
  assertEquals(seen.map((event) => event.id), ids.slice(1));
  end.abort();
  await done;
});

Deno.test("subscribe() begins with a gap marker where the id is not held", async () => {
  const bus = createEventBus(handClock(), { ringEvents: 2 });
  const ids = [1, 2, 3, 4].map((n) => bus.publish("t1", grown(n)).id);
  const end = new AbortController();
  const { seen, done } = collect(bus.subscribe({ afterId: 17, signal: end.signal }));
  await settled();
  end.abort();
  await done;
  assertEquals(seen[0], {
    type: "events.missed",
    id: ids[1]!,
    afterId: 17,
    time: "2024-06-12T14:00:00.000Z",
  });
  assertEquals(seen.slice(1).map((event) => event.id), ids.slice(2));
  assertEquals(bus.since(seen[0]!.id).missed, false, "the marker's own id resumes cleanly");
});

Deno.test("subscribe() drops a subscriber that the ring has overtaken", async () => {
  const bus = createEventBus(handClock(), { ringEvents: 4 });
  const signal = new AbortController().signal;
  const slow = bus.subscribe({ signal })[Symbol.asyncIterator]();
  const pending = slow.next();
  await settled();
  const first = bus.publish("t1", grown(0));
  assertEquals((await pending).value, first);
  for (let n = 1; n <= 5; n++) bus.publish("t1", grown(n));
  assertEquals(await slow.next(), { value: undefined, done: true });
});

Deno.test("subscribe() ends without an error when its signal is aborted, before or while waiting", async () => {
  const bus = createEventBus(handClock());
  assertEquals(
    await bus.subscribe({ signal: AbortSignal.abort() })[Symbol.asyncIterator]().next(),
    { value: undefined, done: true },
  );
  const end = new AbortController();
  const { seen, done } = collect(bus.subscribe({ signal: end.signal }));
  await settled();
  end.abort();
  await done;
  assertEquals(seen, []);
});

Deno.test("on() survives a throwing listener, and the others are still told", () => {
  const errors: unknown[] = [];
  const bus = createEventBus(handClock(), { onListenerError: (error) => errors.push(error) });
  const seen: number[] = [];
  bus.on(() => {
    throw new Error("broken listener");
  });
  bus.on((event) => seen.push(event.id));
  const ids = [1, 2].map((n) => bus.publish("t1", grown(n)).id);
  assertEquals(seen, ids);
  assertEquals(errors.length, 2);
});

Deno.test("on() tells every listener in order, also when one publishes while it is told", () => {
  const bus = createEventBus(handClock());
  const seen: string[] = [];
  bus.on((event) => {
    if (event.type === "recording.grown") bus.publish("t1", { type: "asset.requested" });
  });
  bus.on((event) => seen.push(event.type));
  bus.publish("t1", grown(1));
  assertEquals(seen, ["recording.grown", "asset.requested"]);
});

Deno.test("on() stops when its return value is called", () => {
  const bus = createEventBus(handClock());
  let told = 0;
  const off = bus.on(() => told++);
  bus.publish("t1", grown(1));
  off();
  bus.publish("t1", grown(2));
  assertEquals(told, 1);
});
