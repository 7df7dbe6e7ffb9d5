import { assertEquals, assertThrows } from "@std/assert";
import { StateFailure } from "../../src/errors.ts";
import type { DurableEvent } from "../../src/events.ts";
import { type Entry, openJournal } from "../../src/journal/journal.ts";
import { openEventStore } from "../../src/runtime/event_store.ts";
import { handClock } from "../support/hand_clock.ts";
import { tempFolder } from "../support/temp_folder.ts";

const started = (path: string): DurableEvent => ({
  type: "take.started",
  path,
  name: "a.mov",
  filetype: "video/quicktime",
  fileId: "7:1",
});
const registered = (number: number, url = `https://s3/${number}`): Entry => ({
  event: { type: "part.registered", number },
  url,
});
const stored = (number: number): Entry => ({
  event: { type: "part.stored", number, digest: "00" },
});

/** A journal in a temporary folder. */
async function openedJournal() {
  const folder = await tempFolder();
  const store = openEventStore(folder.path);
  const clock = handClock();
  return {
    store,
    clock,
    journal: openJournal(store, clock),
    async [Symbol.asyncDispose]() {
      store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("journal gives back what was written, in order, with the URLs beside it", async () => {
  await using opened = await openedJournal();
  const { journal, clock } = opened;
  const entries: Entry[] = [{ event: started("/a.mov") }, registered(2), registered(3)];
  journal.append("t1", entries);
  await clock.advance(5000);
  journal.append("t1", [registered(2, "https://s3/2-again")]);
  const { events, urls } = journal.replay("t1");
  assertEquals(events, [...entries, registered(2)].map(({ event }) => event));
  const sinceMs = clock.now() - 5000;
  assertEquals([...urls].sort(([a], [b]) => a - b), [
    [2, { url: "https://s3/2-again", receivedAtMs: sinceMs + 5000 }],
    [3, { url: "https://s3/3", receivedAtMs: sinceMs }],
  ]);
});

Deno.test("journal keeps takes apart, and finds those of a path, newest first", async () => {
  await using opened = await openedJournal();
  const { journal } = opened;
  journal.append("t1", [{ event: started("/a.mov") }]);
  journal.append("t2", [{ event: started("/b.mov") }]);
  journal.append("t3", [{ event: started("/a.mov") }]);
  journal.append("t1", [stored(2)]);
  assertEquals(journal.takesOf("/a.mov").map(({ id }) => id), ["t3", "t1"]);
  assertEquals(journal.takesOf("/A.mov"), []);
  assertEquals(journal.replay("t1").events.length, 2);
  assertEquals(journal.replay("t4"), { events: [], urls: new Map() });
});

Deno.test("journal keeps every kind of event as it was", async () => {
  await using opened = await openedJournal();
  const { journal } = opened;
  const path = "/card/тейк 01 — “ü”\n'$.path'.mov";
  const events: DurableEvent[] = [
    started(path),
    { type: "asset.requested" },
    { type: "head.fixed", headBytes: 5_242_880, mediaStart: null },
    { type: "part.planned", number: 1, sizeBytes: 5_497_558_138_880, isFinal: true, totalBytes: 1 },
    { type: "recording.ended", by: "writer_gone", sizeBytes: 1, finishedByRecorder: false },
    { type: "take.finalized", sizeBytes: 1, modifiedMs: 1.5, tailMs: 0 },
  ];
  journal.append("t1", events.map((event) => ({ event })));
  assertEquals(journal.replay("t1").events, events);
  assertEquals(journal.takesOf(path), [{ id: "t1", fileId: "7:1" }]);
});

Deno.test("journal forgets the URL of a part that is stored, of each if there are several", async () => {
  await using opened = await openedJournal();
  const { journal } = opened;
  journal.append("t1", [registered(2), registered(2), registered(3), registered(4)]);
  journal.append("t2", [registered(2)]);
  journal.append("t1", [stored(2), stored(3)]);
  assertEquals([...journal.replay("t1").urls.keys()], [4]);
  assertEquals([...journal.replay("t2").urls.keys()], [2]);
});

Deno.test("journal forgets every URL of an asset that is left, and none that come after", async () => {
  await using opened = await openedJournal();
  const { journal } = opened;
  journal.append("t1", [registered(2), registered(3)]);
  journal.append("t1", [
    { event: { type: "asset.abandoned", assetId: "a1", reason: "cut" } },
    registered(2, "https://s3/second-asset"),
  ]);
  const { urls } = journal.replay("t1");
  assertEquals([...urls].map(([part, { url }]) => [part, url]), [[2, "https://s3/second-asset"]]);
});

Deno.test("journal forgets every URL of a take that is cancelled, and no other's", async () => {
  await using opened = await openedJournal();
  const { journal } = opened;
  journal.append("t1", [registered(2), registered(3)]);
  journal.append("t2", [registered(2)]);
  journal.append("t1", [{ event: { type: "take.cancelled", by: "operator" } }]);
  assertEquals([journal.replay("t1").urls.size, journal.replay("t2").urls.size], [0, 1]);
});

Deno.test("journal writes all entries or none", async () => {
  await using opened = await openedJournal();
  const { journal } = opened;
  journal.append("t1", [registered(2)]);
  const bad = { event: { type: "part.stored", number: 2.5, digest: "00" } } as Entry;
  assertThrows(() => journal.append("t1", [stored(2), bad]), StateFailure);
  const { events, urls } = journal.replay("t1");
  assertEquals(events.length, 1);
  assertEquals(urls.size, 1);
});
