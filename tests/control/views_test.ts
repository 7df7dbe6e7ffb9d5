import { assertEquals } from "@std/assert";
import { createDiskSpace } from "../../src/control/disk_space.ts";
import { createViews } from "../../src/control/views.ts";
import { machineOf } from "../../src/control/machine.ts";
import type { FreeSpace } from "../../src/runtime/free_space.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { newestMeter } from "../support/newest_meter.ts";
import { handClock, settled } from "../support/hand_clock.ts";
import { controlWorld } from "./control_world.ts";
import { ENDED, FINALIZED, GROWING, shown, sightOf, stateOf } from "./shown_takes.ts";

/** A take at this path whose recorder writes so many bytes a second. */
function growing(takeId: string, path: string, bytesPerSecond: number, sight = GROWING) {
  const meter = newestMeter();
  for (let s = 0; s <= 10; s++) {
    const recordedBytes = s * bytesPerSecond;
    meter.note({ atMs: s * 1000, recordedBytes, storedBytes: 0, verifiedBytes: 0 });
  }
  const one = shown({ meter, state: stateOf("s"), sight: sightOf(10 * bytesPerSecond, sight) });
  return { ...one, takeId, target: { ...one.target, path } };
}

/** A clock that stands and a bus that tells nothing. */
function idle(clock = handClock()) {
  return [clock, createEventBus(clock)] as const;
}

const fixed = (space: FreeSpace | null) => ({ of: () => space });

Deno.test("createViews() tells when a volume is full by all its recorders together", () => {
  const space = {
    of: (path: string) => ({
      freeBytes: 6000,
      volume: path.charCodeAt(1),
    }),
  };
  const takes = [
    growing("t1", "/a/1.mov", 20),
    growing("t2", "/a/2.mov", 40),
    growing("t3", "/b/3.mov", 10),
    growing("t4", "/a/4.mov", 99, ENDED), // its recorder has stopped: it fills nothing
  ];
  const views = createViews(() => takes, space, ...idle());
  assertEquals(views.takes().map((view) => view.diskFullInSeconds), [100, 100, 600, null]);
  assertEquals(views.take("t3")?.diskFullInSeconds, 600);
  const { tone, why, diskFullInSeconds } = machineOf(views.takes());
  assertEquals([tone, diskFullInSeconds], ["red", 100]);
  assertEquals(why.includes("disk"), true, why);
});

Deno.test("createViews() says nothing of a volume that does not tell, or fills no more", () => {
  const full = (space: FreeSpace | null, rate: number) =>
    createViews(() => [growing("t1", "/a/1.mov", rate)], fixed(space), ...idle())
      .takes()[0]!.diskFullInSeconds;
  assertEquals(full(null, 20), null);
  assertEquals(full({ freeBytes: 10, volume: 1 }, 0), null);
  assertEquals(full({ freeBytes: 0, volume: 1 }, 5), 0);
});

Deno.test("createViews() predicts when the last byte is in, by the wall clock", () => {
  const clock = handClock(Date.UTC(2024, 5, 12, 14, 0, 0));
  const view = (one: Parameters<typeof shown>[0]) =>
    createViews(() => [shown(one)], fixed(null), ...idle(clock)).takes()[0]!.playableAt;
  const meter = newestMeter();
  for (let s = 0; s <= 10; s++) {
    meter.note({ atMs: s * 1000, recordedBytes: 40, storedBytes: s, verifiedBytes: s });
  }
  const state = stateOf("s");
  assertEquals(view({ meter, state, sight: sightOf(40, GROWING) }), "2024-06-12T14:00:30.000Z");
  assertEquals(view({ state, sight: sightOf(40, GROWING) }), null, "nothing moves");
  assertEquals(view({}), null);
  const sight = sightOf(40, GROWING);
  assertEquals(view({ meter, state, sight, paused: true }), null, "not while it is paused");
});

Deno.test("createViews() tells when a take was finalized, whatever the file's own time is", async () => {
  const clock = handClock(Date.UTC(2024, 5, 12, 14, 0, 0));
  const events = createEventBus(clock);
  const ofJanuary = { ...FINALIZED, modifiedMs: Date.UTC(2024, 0, 5) };
  const views = createViews(
    () => [shown({ state: stateOf("sss", ofJanuary) })],
    ...[fixed(null), clock, events] as const,
  );
  assertEquals(views.takes()[0]!.playableAt, null, "by an earlier run, nobody knows when");
  await clock.advance(5_000);
  events.publish("t1", ofJanuary);
  await clock.advance(60_000);
  assertEquals(views.takes()[0]!.playableAt, "2024-06-12T14:00:05.000Z");
  assertEquals(views.take("t1")!.playableAt, "2024-06-12T14:00:05.000Z");
});

Deno.test("an operation over the API is in the next answer, and of eight adds of one path one is new", async () => {
  const clock = handClock();
  const takes = [shown({})];
  const views = createViews(() => takes, fixed(null), clock, createEventBus(clock));
  let added = 0;
  const { ask, send } = controlWorld({
    views,
    add(path) {
      const takeId = `n${++added}`;
      const one = shown({});
      takes.push({ ...one, takeId, target: { ...one.target, path } });
      return { takeId };
    },
    operate(_, id) {
      const at = takes.findIndex(({ takeId }) => takeId === id);
      takes[at] = { ...takes[at]!, prioritised: true };
      return "accepted";
    },
  }, clock);
  const listed = async () => (await (await ask("/api/takes")).json()).takes;
  assertEquals((await listed()).length, 1);
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => send("/api/takes", "POST", { path: "/card/new.mov" })),
  );
  assertEquals(answers.map(({ status }) => status).sort(), [...Array(7).fill(200), 202]);
  assertEquals((await listed()).map(({ id }: { id: string }) => id), ["t1", "n1"]);
  await ask("/api/takes/n1/prioritise", "POST");
  assertEquals((await listed())[1].prioritised, true);
});

Deno.test("createViews() works the takes out once for readers that come together, and anew when one moves", async () => {
  const clock = handClock();
  const events = createEventBus(clock);
  let asked = 0;
  const shownNow = () => {
    asked++;
    return [shown({})];
  };
  const views = createViews(shownNow, fixed(null), clock, events);
  for (let n = 0; n < 50; n++) views.takes();
  events.publish("t1", { type: "part.registered", number: 4 });
  events.publish("t1", { type: "recording.grown", sizeBytes: 4, verdict: "open" });
  views.takes();
  assertEquals(asked, 1);
  events.publish("t1", { type: "take.paused", by: "operator" });
  views.takes();
  assertEquals(asked, 2, "what a person did shows at once");
  await clock.advance(100);
  views.takes();
  assertEquals(asked, 3);
});

Deno.test("createDiskSpace() asks while someone looks, not more often than every 5 s, and never waits", async () => {
  const clock = handClock();
  let asked = 0;
  let answer = (): Promise<FreeSpace | null> => Promise.resolve({ freeBytes: 7, volume: 1 });
  const space = createDiskSpace(() => {
    asked++;
    return answer();
  }, clock);
  assertEquals(space.of("/a"), null, "nothing is known yet");
  await settled();
  for (let n = 0; n < 100; n++) assertEquals(space.of("/a")?.freeBytes, 7);
  assertEquals(asked, 1);
  answer = () => Promise.reject(new Error("the share is away"));
  await clock.advance(5_000);
  assertEquals(space.of("/a")?.freeBytes, 7, "the old answer while it is asked");
  await settled();
  assertEquals([space.of("/a"), asked], [null, 2]);
  answer = () => new Promise(() => {}); // a share that hangs
  await clock.advance(5_000);
  space.of("/a");
  await settled();
  assertEquals([space.of("/a"), asked], [null, 3]);
  for (let n = 0; n < 1000; n++) space.of(`/other/${n}`);
  assertEquals(asked, 1003);
});
