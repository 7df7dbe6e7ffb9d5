import { assert, assertEquals, assertMatch } from "@std/assert";
import { Config, Unavailable } from "../../src/errors.ts";
import { controlWorld } from "./control_world.ts";
import { takeView } from "./views.ts";

Deno.test("POST /api/takes watches an admitted path, and answers with where it is to be found", async () => {
  const { send, added } = controlWorld();
  const response = await send("/api/takes", "POST", { path: '/card/Take "1" 🎬.mov' });
  assertEquals(response.status, 202);
  assertEquals(await response.json(), { id: "t9", state: "waiting" });
  assertEquals(added, ['/card/Take "1" 🎬.mov']);
});

Deno.test("POST /api/takes of what is watched already changes nothing", async () => {
  const { send, added, takes } = controlWorld();
  takes.push(takeView({ id: "t2", path: "/card/b.mov", phase: "paused" }));
  const again = await send("/api/takes", "POST", { path: "/card/b.mov" });
  assertEquals(again.status, 200);
  assertEquals(await again.json(), { id: "t2", state: "paused" });
  assertEquals(added, []);
});

Deno.test("POST /api/takes of a take that is over watches what is recorded there next", async () => {
  for (const phase of ["finalized", "suspended"] as const) {
    const { send, added, takes } = controlWorld();
    takes[0] = { ...takes[0]!, path: "/card/a.mov", phase };
    assertEquals((await send("/api/takes", "POST", { path: "/card/a.mov" })).status, 202, phase);
    assertEquals(added, ["/card/a.mov"]);
  }
});

Deno.test("POST /api/takes says why a recording cannot be watched, without the state folder", async () => {
  const { send } = controlWorld({
    add() {
      throw new Config("Cannot lock /home/me/state/a.lock: another process has it");
    },
  });
  const response = await send("/api/takes", "POST", { path: "/card/b.mov" });
  assertEquals(response.status, 422);
  const { type, detail } = await response.json();
  assertEquals(type, "urn:reeltime:not-watchable");
  assertEquals(detail, "Cannot lock the state folder/a.lock: another process has it");
});

Deno.test("requests that do not fit their schema are refused, and change nothing", async () => {
  const { send, ask, added, deps } = controlWorld();
  const before = deps.limits.current();
  const wrong: [method: string, path: string, body: unknown][] = [
    ["POST", "/api/takes", {}],
    ["POST", "/api/takes", { path: "" }],
    ["POST", "/api/takes", { path: 7 }],
    ["POST", "/api/takes", { path: ["/card/a.mov"] }],
    ["POST", "/api/takes", { path: "/card/a.mov", name: "b.mov" }],
    ["POST", "/api/takes", { path: `/card/${"a".repeat(4096)}` }],
    ["POST", "/api/takes", null],
    ["PATCH", "/api/limits", { lanes: 0 }],
    ["PATCH", "/api/limits", { lanes: 33 }],
    ["PATCH", "/api/limits", { lanes: 1.5 }],
    ["PATCH", "/api/limits", { lanes: "4" }],
    ["PATCH", "/api/limits", { bytesPerSecond: -1 }],
    ["PATCH", "/api/limits", { bytesPerSecond: 1 }],
    ["PATCH", "/api/limits", { bytesPerSecond: 1e300 }],
    ["PATCH", "/api/limits", { speed: 5 }],
    ["PATCH", "/api/limits", [1]],
  ];
  for (const [method, path, body] of wrong) {
    const response = await send(path, method, body);
    const what = `${method} ${path} ${JSON.stringify(body).slice(0, 60)}`;
    assertEquals(response.status, 422, what);
    assertEquals(response.headers.get("Content-Type"), "application/problem+json");
    assertMatch((await response.json()).remedy, /openapi\.json/);
  }
  const broken = { "Content-Type": "application/json", "Content-Length": "5" };
  assertEquals((await ask("/api/takes", "POST", broken, "{nope")).status, 400);
  assertEquals(added, []);
  assertEquals(deps.limits.current(), before);
});

Deno.test("a body that is not said to be JSON is not read: a foreign form could send it", async () => {
  const { ask, added } = controlWorld();
  const body = '{"path":"/card/a.mov"}';
  for (const type of ["text/plain", "application/x-www-form-urlencoded", null]) {
    const headers = { "Content-Type": type, "Content-Length": String(body.length) };
    const response = await ask("/api/takes", "POST", headers, body);
    assertEquals(response.status, 415, `${type}`);
    assertEquals(response.headers.get("Content-Type"), "application/problem+json");
  }
  assertEquals(added, []);
});

Deno.test("PATCH /api/limits changes what is named, at once, and says what holds now", async () => {
  const { send, ask } = controlWorld();
  const slow = await send("/api/limits", "PATCH", { bytesPerSecond: 2_000_000 });
  assertEquals(await slow.json(), { bytesPerSecond: 2_000_000, lanes: 5 });
  const wide = await send("/api/limits", "PATCH", { lanes: 8 });
  assertEquals(await wide.json(), { bytesPerSecond: 2_000_000, lanes: 8 });
  await send("/api/limits", "PATCH", { bytesPerSecond: null });
  assertEquals(await (await ask("/api/limits")).json(), { bytesPerSecond: null, lanes: 8 });
});

Deno.test("GET /api/takes/:id tells the timeline in words, numbered as the events are", async () => {
  const { ask, events } = controlWorld();
  events.publish("t1", { type: "recording.grown", sizeBytes: 5, verdict: "open" });
  const first = events.publish("t1", { type: "asset.created", assetId: "a1", name: "a.mov" });
  const message = "Cannot store part 4: the storage answered 503 SlowDown";
  const delayed = events.publish("t1", {
    type: "part.delayed",
    number: 4,
    message,
    retryInMs: 1500,
  });
  events.publish("t2", { type: "take.verified" });
  events.publish("t1", {
    ...{
      type: "recording.ended",
      by: "container",
      sizeBytes: 9,
      finishedByRecorder: true,
    } as const,
  });
  const { timeline, errors } = await (await ask("/api/takes/t1")).json();
  assertEquals(timeline.map(({ words }: { words: string }) => words), [
    "The asset a1 was created",
    `${message}. Part 4 goes again in 1.5 s`,
    "The recording ended at 9 B: the file's own bytes say that its recorder finished it",
  ]);
  assertEquals(timeline[0].id, first.id);
  assertEquals(errors.map(({ id }: { id: number }) => id), [delayed.id]);
});

Deno.test("the timeline keeps the newest of a take in endless trouble", async () => {
  const { ask, events } = controlWorld();
  for (let n = 0; n < 500; n++) {
    events.publish("t1", { type: "service.delayed", message: `try ${n}`, retryInMs: 1000 });
  }
  const { timeline } = await (await ask("/api/takes/t1")).json();
  assertEquals(timeline.length, 200);
  assertMatch(timeline.at(-1).words, /^try 499/);
});

Deno.test("GET /api/health says how the machine is, and since when", async () => {
  const { ask, clock, takes } = controlWorld();
  takes[0] = takeView({ phase: "failed", problem: "the folder is gone" });
  await clock.advance(90_000);
  const health = await (await ask("/api/health")).json();
  assertEquals(health.status, "ok");
  assertEquals(health.version, "1.2.3");
  assertEquals(health.uptimeSeconds, 90);
  assertEquals(health.startedAt, "2024-06-12T14:00:00.000Z");
  assertEquals([health.machine.tone, health.machine.word], ["red", "Act"]);
  assert(health.machine.why.includes("the folder is gone"));
});

Deno.test("GET /api/history tells the takes that came to their end", async () => {
  const { ask, finishedTakes } = controlWorld();
  finishedTakes.push({
    id: "t0",
    name: "old.mov",
    assetId: "a0",
    assetUrl: null,
    finalizedAt: "2024-06-11T10:00:00.000Z",
    sizeBytes: 5,
    tailSeconds: 0.8,
    endedBy: "container",
    endedByWords: "the file's own bytes say that its recorder finished it",
    finishedByRecorder: true,
    verified: true,
    completed: true,
    proof: "Every byte was read again after the end and equals what is stored",
  });
  assertEquals(await (await ask("/api/history")).json(), { takes: finishedTakes });
});

Deno.test("an operation that cannot be written down is refused, with what to do", async () => {
  const operate = () => {
    throw new Unavailable("Cannot write the journal: another reeltime process holds it", "disk");
  };
  const { send } = controlWorld({ operate });
  const response = await send("/api/takes/t1/pause", "POST", undefined);
  assertEquals(response.status, 503);
  assertEquals(
    (await response.json()).detail,
    "Cannot write the journal: another reeltime process holds it",
  );
});
