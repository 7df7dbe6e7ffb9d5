import { assert, assertEquals, assertRejects } from "@std/assert";
import { xxhash128 } from "hash-wasm";
import { Unavailable } from "../../src/errors.ts";
import type { Destination, DurableEvent } from "../../src/events.ts";
import { type Entry, openJournal } from "../../src/journal/journal.ts";
import { openEventStore } from "../../src/runtime/event_store.ts";
import { systemRangeDigest } from "../../src/runtime/range_digest.ts";
import { recall } from "../../src/take/recall.ts";
import { handClock, settled } from "../support/hand_clock.ts";
import { noise } from "../support/bytes.ts";
import { type MemorySource, memorySource } from "../support/memory_source.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { within } from "../support/within.ts";

const DESTINATIONS: readonly Destination[] = [
  { service: "sandbox", place: "f1" },
  { service: "https://api.frame.io", place: "f1" },
];
const BYTES = noise(10_000);
const { signal } = new AbortController();

/** A journal, and a recording of 10,000 bytes: head of 1,000, parts 2 and 3 of 3,000 each. */
async function openRoom() {
  const folder = await tempFolder();
  const store = openEventStore(folder.path);
  const clock = handClock();
  const digests = systemRangeDigest();
  const journal = openJournal(store, clock);
  const source = memorySource(BYTES);
  return {
    journal,
    clock,
    source,
    /** Writes a take of `/a.mov` down, begun with the file that is there now. */
    async take(id: string, ...more: readonly DurableEvent[]): Promise<void> {
      const events: DurableEvent[] = [
        {
          type: "take.started",
          path: "/a.mov",
          name: "a.mov",
          filetype: "video/quicktime",
          fileId: source.facts.fileId,
        },
        { type: "asset.created", assetId: `asset-${id}`, name: "a.mov" },
        { type: "head.fixed", headBytes: 1000, mediaStart: null },
        { type: "part.planned", number: 2, sizeBytes: 3000, isFinal: false },
        { type: "part.planned", number: 3, sizeBytes: 3000, isFinal: false },
        { type: "part.stored", number: 2, digest: await xxhash128(BYTES.subarray(1000, 4000)) },
        { type: "part.stored", number: 3, digest: await xxhash128(BYTES.subarray(4000, 7000)) },
      ];
      journal.append(id, [...events, ...more].map((event): Entry => ({ event })));
    },
    /** Recalls, and lets time pass for as long as it waits. */
    async recall(destination?: Destination) {
      const room = {
        journal,
        digests,
        clock,
        ...(destination === undefined ? {} : { destination }),
      };
      const result = recall(room, source, "/a.mov", signal);
      let isDone = false;
      result.then(() => isDone = true, () => isDone = true);
      while (!isDone) {
        await settled();
        if (clock.sleeping() > 0) await clock.advance(500);
      }
      return await within(result);
    },
    async [Symbol.asyncDispose]() {
      digests.close();
      store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Overwrites bytes of the recording at the same size. */
function overwrite(source: MemorySource, start: number, end: number): void {
  source.bytes = source.bytes.slice();
  source.bytes.set(noise(end - start, 99), start);
}

const finalized = (sizeBytes: number, modifiedMs: number): DurableEvent => ({
  type: "take.finalized",
  sizeBytes,
  modifiedMs,
  tailMs: 1,
});
const VERIFIED: DurableEvent = { type: "take.verified" };

Deno.test("recall() of a recording that nobody knows is new", async () => {
  await using room = await openRoom();
  assertEquals(await room.recall(), { is: "new", unfinished: null });
});

Deno.test("recall() goes on with a take whose stored bytes are there, with its URLs", async () => {
  await using room = await openRoom();
  await room.take("t1");
  room.journal.append("t1", [
    { event: { type: "part.planned", number: 4, sizeBytes: 9, isFinal: false } },
    { event: { type: "part.registered", number: 4 }, url: "https://s3/4" },
  ]);
  const known = await room.recall();
  assert(known.is === "begun");
  assertEquals(known.state.id, "t1");
  assertEquals(known.state.asset, { at: "created", id: "asset-t1", route: null });
  assertEquals([...known.urls.keys()], [4]);
});

Deno.test("recall() takes the newest take of a path", async () => {
  await using room = await openRoom();
  await room.take("t1", finalized(10, 1), VERIFIED);
  await room.take("t2");
  const known = await room.recall();
  assert(known.is === "begun" && known.state.id === "t2");
});

Deno.test("recall() of another file under the name is new, and names the asset left behind", async () => {
  await using room = await openRoom();
  await room.take("t1");
  room.source.facts = { ...room.source.facts, fileId: "8:2" };
  assertEquals(await room.recall(), { is: "new", unfinished: "asset-t1" });
});

Deno.test("recall() of another file leaves nothing unfinished where the take came to its end", async () => {
  await using room = await openRoom();
  await room.take("t1", finalized(10_000, 1), VERIFIED);
  room.source.facts = { ...room.source.facts, fileId: "8:2" };
  assertEquals(await room.recall(), { is: "new", unfinished: null });
});

Deno.test("recall() of a finalized take that is unchanged is done, or still to be verified", async () => {
  for (const verified of [true, false]) {
    await using room = await openRoom();
    const { sizeBytes, modifiedMs } = room.source.facts;
    await room.take("t1", finalized(sizeBytes, modifiedMs), ...(verified ? [VERIFIED] : []));
    assertEquals((await room.recall()).is, verified ? "done" : "begun");
  }
});

Deno.test("recall() of a finalized take whose file has another size or time is new", async () => {
  for (const [bytes, ms] of [[1, 0], [0, 1]] as const) {
    await using room = await openRoom();
    const { sizeBytes, modifiedMs } = room.source.facts;
    await room.take("t1", finalized(sizeBytes + bytes, modifiedMs + ms), VERIFIED);
    assertEquals(await room.recall(), { is: "new", unfinished: null });
  }
});

Deno.test("recall() of a file that was written over in place is another recording", async () => {
  await using room = await openRoom();
  await room.take("t1");
  overwrite(room.source, 0, 10_000);
  assertEquals(await room.recall(), { is: "new", unfinished: "asset-t1" });
});

Deno.test("recall() of a file that was cut below its stored parts is another recording", async () => {
  await using room = await openRoom();
  await room.take("t1");
  room.source.bytes = BYTES.subarray(0, 1500);
  room.source.facts = { ...room.source.facts, sizeBytes: 1500 };
  assertEquals(await room.recall(), { is: "new", unfinished: "asset-t1" });
});

Deno.test("recall() leaves single changes to verification", async () => {
  for (const [start, end] of [[0, 1000], [1000, 4000], [4000, 7000], [7000, 10_000]] as const) {
    await using room = await openRoom();
    await room.take("t1");
    overwrite(room.source, start, end);
    assertEquals((await room.recall()).is, "begun", `${start}..${end}`);
  }
});

Deno.test("recall() goes on with a take of which nothing is stored yet", async () => {
  await using room = await openRoom();
  await room.take("t1", { type: "part.changed", number: 2 }, { type: "part.changed", number: 3 });
  overwrite(room.source, 0, 10_000);
  assertEquals((await room.recall()).is, "begun");
});

Deno.test("recall() waits while the file is being rewritten, and then finds its bytes", async () => {
  await using room = await openRoom();
  await room.take("t1");
  overwrite(room.source, 0, 10_000);
  let looks = 0;
  room.source.stat = () => {
    // Rewritten for a while, at a constant size; then the bytes are back.
    if (++looks === 6) room.source.bytes = BYTES;
    const modifiedMs = room.source.facts.modifiedMs + Math.min(looks, 6);
    return Promise.resolve({ ...room.source.facts, modifiedMs });
  };
  assertEquals((await room.recall()).is, "begun");
});

Deno.test("recall() hands on a disk that is away: a take is not taken for another by it", async () => {
  await using room = await openRoom();
  await room.take("t1");
  room.source.onRead = () => {
    throw new Unavailable("Cannot read /a.mov: I/O error", "disk");
  };
  await assertRejects(() => room.recall(), Unavailable, "I/O error");
});

Deno.test("recall() of a take that went elsewhere: another service is new, another folder once it is done", async () => {
  await using room = await openRoom();
  const destination = { service: "sandbox", place: "f1" };
  const moved: DurableEvent = { type: "asset.created", assetId: "a", name: "a.mov", destination };
  await room.take("t1", moved);
  const is = async (service: string, place: string) => (await room.recall({ service, place })).is;
  assertEquals(await is("sandbox", "f1"), "begun");
  assertEquals(
    await is("sandbox", "f2"),
    "begun",
    "a take that was begun goes on where it was begun",
  );
  assertEquals(await is("https://api.frame.io", "f1"), "new");
  const { sizeBytes, modifiedMs } = room.source.facts;
  room.journal.append(
    "t1",
    [finalized(sizeBytes, modifiedMs), VERIFIED].map((event) => ({ event })),
  );
  assertEquals(await is("sandbox", "f1"), "done");
  assertEquals(await is("sandbox", "f2"), "new");
});

/** Another card is in the slot: the same name, another file. */
const swap = (source: MemorySource, fileId: string) =>
  void (source.facts = { ...source.facts, fileId });

Deno.test("recall() finds a card's own take behind those of other cards with the same names", async () => {
  await using room = await openRoom();
  const { sizeBytes, modifiedMs } = room.source.facts;
  swap(room.source, "1:10");
  await room.take("a");
  swap(room.source, "2:20");
  await room.take("b", finalized(sizeBytes, modifiedMs), VERIFIED);
  swap(room.source, "3:30");
  await room.take("c");
  const found = [];
  for (const fileId of ["1:10", "2:20", "3:30"]) {
    swap(room.source, fileId);
    const known = await room.recall();
    assert(known.is !== "new");
    found.push(`${known.is} ${known.state.id}`);
  }
  assertEquals(found, ["begun a", "done b", "begun c"]);
  swap(room.source, "4:40");
  assertEquals(await room.recall(), { is: "new", unfinished: "asset-c" });
});

Deno.test("recall() of a card's file that was written over is new, though its take is an older one", async () => {
  await using room = await openRoom();
  await room.take("a");
  swap(room.source, "2:20");
  await room.take("b");
  swap(room.source, "7:1");
  overwrite(room.source, 0, 10_000);
  assertEquals(await room.recall(), { is: "new", unfinished: "asset-b" });
});

Deno.test("recall() falls back on no older take of a file whose newest one was cancelled", async () => {
  await using room = await openRoom();
  const { sizeBytes, modifiedMs } = room.source.facts;
  await room.take("t1", finalized(sizeBytes, modifiedMs), VERIFIED);
  await room.take("t2");
  await room.take("t3", { type: "take.cancelled", by: "operator" });
  assertEquals(await room.recall(), { is: "new", unfinished: null });
});

Deno.test("recall() passes by a newer take of the same file that went to another service", async () => {
  await using room = await openRoom();
  const created = (i: number): DurableEvent => ({
    type: "asset.created",
    assetId: `a${i}`,
    name: "a.mov",
    destination: DESTINATIONS[i]!,
  });
  await room.take("t1", created(0));
  await room.take("t2", created(1), { type: "take.cancelled", by: "operator" });
  const known = await room.recall(DESTINATIONS[0]!);
  assert(known.is === "begun" && known.state.id === "t1");
  assertEquals(await room.recall(DESTINATIONS[1]!), { is: "new", unfinished: null });
});

Deno.test("recall() looks through 64 takes of a path, and no more", async () => {
  await using room = await openRoom();
  await room.take("mine");
  swap(room.source, "2:20");
  for (let i = 0; i < 63; i++) await room.take(`other-${i}`);
  swap(room.source, "7:1");
  assertEquals((await room.recall()).is, "begun");
  swap(room.source, "2:20");
  await room.take("one too many");
  swap(room.source, "7:1");
  assertEquals((await room.recall()).is, "new");
});

Deno.test("recall() knows a take again by its content where the drive made up another inode", async () => {
  await using room = await openRoom();
  swap(room.source, "100:5000");
  await room.take("t1");
  swap(room.source, "200:5000");
  overwrite(room.source, 0, 4000); // one of two sampled parts is there
  const known = await room.recall();
  assert(known.is === "begun" && known.state.id === "t1");
  overwrite(room.source, 4000, 10_000);
  assertEquals(await room.recall(), { is: "new", unfinished: "asset-t1" });
});

Deno.test("recall() trusts no content where the time of birth is another one or not known", async () => {
  for (const [before, now] of [["100:0", "200:0"], ["100:5000", "200:5001"]] as const) {
    await using room = await openRoom();
    swap(room.source, before);
    await room.take("t1");
    swap(room.source, now);
    assertEquals((await room.recall()).is, "new", now);
  }
});

Deno.test("recall() by content needs a stored part: without one nothing is known to be the same", async () => {
  await using room = await openRoom();
  swap(room.source, "100:5000");
  await room.take("t1", { type: "part.changed", number: 2 }, { type: "part.changed", number: 3 });
  swap(room.source, "200:5000");
  assertEquals((await room.recall()).is, "new");
});

Deno.test("recall() by content goes past what holds other bytes, and stops at what was cancelled", async () => {
  await using room = await openRoom();
  swap(room.source, "100:5000"); // a camera whose clock stands still: all of its files are born at once
  await room.take("t1");
  const stored: DurableEvent[] = [2, 3].map((number) => ({
    type: "part.stored",
    number,
    digest: "of other bytes",
  }));
  await room.take("t2", ...stored);
  swap(room.source, "200:5000");
  const known = await room.recall();
  assert(known.is === "begun" && known.state.id === "t1");
  swap(room.source, "100:5000");
  await room.take("t3", { type: "take.cancelled", by: "operator" });
  swap(room.source, "200:5000");
  assertEquals(await room.recall(), { is: "new", unfinished: null });
});

Deno.test("recall() by content calls finalized only what has its size, its time, its head and its end", async () => {
  const { facts } = memorySource(BYTES);
  const head: DurableEvent[] = [
    { type: "part.planned", number: 1, sizeBytes: 1000, isFinal: false },
    { type: "part.stored", number: 1, digest: await xxhash128(BYTES.subarray(0, 1000)) },
  ];
  const cases: readonly [what: string, change: (source: MemorySource) => void, is: string][] = [
    ["nothing changed", () => {}, "done"],
    ["FAT's grain", (source) => void (source.facts = later(source, 2000)), "done"],
    ["a later time", (source) => void (source.facts = later(source, 2001)), "new"],
    ["another head", (source) => overwrite(source, 0, 1000), "new"],
    ["another end", (source) => overwrite(source, 4000, 7000), "new"],
    [
      "another size",
      (source) => void (source.facts = { ...source.facts, sizeBytes: 10_001 }),
      "new",
    ],
  ];
  for (const [what, change, is] of cases) {
    await using room = await openRoom();
    swap(room.source, "100:5000");
    await room.take("t1", ...head, finalized(facts.sizeBytes, facts.modifiedMs), VERIFIED);
    swap(room.source, "200:5000");
    change(room.source);
    assertEquals((await room.recall()).is, is, what);
  }
});

Deno.test("recall() by content goes on to verify a finalized take, whose time is coarser by now", async () => {
  await using room = await openRoom();
  const { sizeBytes, modifiedMs } = room.source.facts;
  swap(room.source, "100:5000");
  await room.take("t1", finalized(sizeBytes, modifiedMs));
  swap(room.source, "200:5000");
  room.source.facts = later(room.source, -1234);
  const known = await room.recall();
  assert(known.is === "begun");
  // Otherwise it would be told as changed after its finalization, and its bytes are the same.
  assertEquals(known.state.finalized?.modifiedMs, modifiedMs - 1234);
});

const later = ({ facts }: MemorySource, byMs: number) => ({
  ...facts,
  modifiedMs: facts.modifiedMs + byMs,
});
