import { assertEquals, assertMatch, assertNotMatch, assertStringIncludes } from "@std/assert";
import { MAX_EVENT_CLIENTS } from "../../src/control/event_routes.ts";
import { HEARTBEAT_MS } from "../../src/control/event_stream.ts";
import { controlWorld, pieces } from "./control_world.ts";
import { finalizedView } from "./views.ts";
import { settled } from "../support/hand_clock.ts";

const requested = { type: "asset.requested" } as const;

Deno.test("GET /api/events tells what happens from now on, with id, type and data", async () => {
  const { ask, events, streams } = controlWorld();
  events.publish("t1", requested);
  const response = await ask("/api/events");
  assertEquals(response.headers.get("Content-Type"), "text/event-stream");
  const stream = pieces(response);
  assertEquals(await stream.next(), "retry: 1000\n\n");
  const event = events.publish("t1", requested);
  assertEquals(
    await stream.next(),
    `id: ${event.id}\nevent: asset.requested\ndata: ${JSON.stringify(event)}\n\n`,
  );
  streams.abort();
  await stream.next();
  assertEquals(await stream.next(), undefined);
});

Deno.test("GET /api/events ends with how everything was left, as GET /api/takes would tell it", async () => {
  const { ask, takes, deps, streams } = controlWorld();
  const stale = structuredClone(takes);
  deps.views.takes = () => stale; // what readers share may be a moment old
  const readers = [pieces(await ask("/api/events")), pieces(await ask("/api/events"))];
  takes[0] = finalizedView({ path: "/home/me/state/a.mov" });
  streams.abort();
  for (const reader of readers) {
    await reader.next();
    const [, data = ""] = /^event: ended\ndata: (.*)\n\n$/.exec((await reader.next())!) ?? [];
    const left = JSON.parse(data);
    assertEquals([left.machine.word, left.takes[0].phase], ["Safe", "finalized"]);
    assertEquals(left.takes[0].path, "the state folder/a.mov", "nothing passes the gate by");
    assertEquals(await reader.next(), undefined);
  }
});

Deno.test("GET /api/events goes on after Last-Event-ID, or after ?since, without a hole", async () => {
  const { ask, events, streams } = controlWorld();
  const ids = [1, 2, 3].map(() => events.publish("t1", requested).id);
  const ways = [
    await ask("/api/events", "GET", { "Last-Event-ID": String(ids[0]) }),
    await ask(`/api/events?since=${ids[0]}`),
    await ask(`/api/events?since=${ids[2]}`, "GET", { "Last-Event-ID": String(ids[0]) }),
  ];
  for (const response of ways) {
    const stream = pieces(response);
    await stream.next();
    assertStringIncludes((await stream.next())!, `id: ${ids[1]}\n`);
    assertStringIncludes((await stream.next())!, `id: ${ids[2]}\n`);
  }
  streams.abort();
});

Deno.test("GET /api/events tells a reader of an earlier run, or of no run, of the gap", async () => {
  const { ask, events, streams } = controlWorld();
  const { id } = events.publish("t1", requested);
  for (const last of ["17", "not-a-number", "99999999999999999999"]) {
    const stream = pieces(await ask("/api/events", "GET", { "Last-Event-ID": last }));
    await stream.next();
    assertStringIncludes((await stream.next())!, `id: ${id - 1}\nevent: events.missed\n`);
    assertStringIncludes((await stream.next())!, `id: ${id}\nevent: asset.requested\n`);
  }
  streams.abort();
});

Deno.test("GET /api/events keeps a line breaking file name inside its data", async () => {
  const { ask, events, streams } = controlWorld();
  const stream = pieces(await ask("/api/events"));
  await stream.next();
  events.publish("t1", { type: "take.warned", message: "a\r\n\r\nevent: forged\n" });
  assertNotMatch((await stream.next())!, /^event: forged/m);
  streams.abort();
});

Deno.test("GET /api/events sends a heartbeat while nothing happens", async () => {
  const { ask, clock, streams } = controlWorld();
  const stream = pieces(await ask("/api/events"));
  await stream.next();
  for (let beat = 0; beat < 3; beat++) {
    await clock.advance(HEARTBEAT_MS);
    assertEquals(await stream.next(), ": still here\n\n");
  }
  streams.abort();
  assertMatch((await stream.next())!, /^event: ended\n/);
  assertEquals(await stream.next(), undefined);
  assertEquals(clock.sleeping(), 0);
});

Deno.test("GET /api/events drops a reader that takes nothing, and bounds what it holds till then", async () => {
  const { ask, clock, events } = controlWorld();
  const response = await ask("/api/events");
  for (let beat = 0; beat < 3; beat++) {
    for (let n = 0; n < 2000; n++) events.publish("t1", requested);
    await clock.advance(HEARTBEAT_MS);
  }
  assertEquals(clock.sleeping(), 0, "its heart has stopped");
  const stream = pieces(response);
  const held: (string | undefined)[] = [];
  for (let piece = await stream.next(); piece; piece = await stream.next()) held.push(piece);
  assertEquals(held.length <= 2, true, `held ${held.length} messages`);
});

Deno.test("GET /api/events keeps a reader that takes its events, however slowly", async () => {
  const { ask, clock, events, streams } = controlWorld();
  const stream = pieces(await ask("/api/events"));
  await stream.next();
  for (let beat = 0; beat < 6; beat++) {
    const { id } = events.publish("t1", requested);
    await settled(); // the event waits to be taken while the heart beats
    await clock.advance(HEARTBEAT_MS);
    let piece = await stream.next();
    while (piece?.startsWith(":")) piece = await stream.next();
    assertStringIncludes(piece!, `id: ${id}\n`);
  }
  streams.abort();
});

Deno.test("GET /api/events serves a limited number of readers, and a place is free when one leaves", async () => {
  const { ask, clock, streams } = controlWorld();
  const open = [];
  for (let n = 0; n < MAX_EVENT_CLIENTS; n++) open.push(await ask("/api/events"));
  const refused = await ask("/api/events");
  assertEquals(refused.status, 503);
  assertEquals((await refused.json()).title, "Too many event streams are open");
  await open[0]!.body!.cancel();
  assertEquals((await ask("/api/events")).status, 200);
  assertEquals((await ask("/api/events")).status, 503);
  streams.abort();
  await settled();
  assertEquals(clock.sleeping(), 0, "every stream has ended");
});

Deno.test("GET /api/events ends at once where the server is ending already", async () => {
  const { ask, clock, streams } = controlWorld();
  streams.abort();
  assertMatch(await (await ask("/api/events")).text(), /^retry: 1000\n\nevent: ended\n/);
  assertEquals(clock.sleeping(), 0);
});

Deno.test("HEAD /api/events takes no reader's place", async () => {
  const { ask, clock } = controlWorld();
  const response = await ask("/api/events", "HEAD");
  assertEquals(response.headers.get("Content-Type"), "text/event-stream");
  assertEquals(clock.sleeping(), 0);
});
