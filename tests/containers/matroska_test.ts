import { assert, assertEquals } from "@std/assert";
import type { Look } from "../../src/containers/container.ts";
import { isMatroska, matroska } from "../../src/containers/matroska.ts";
import { createWalkMemory } from "../../src/containers/walk_memory.ts";
import { join, media, readerOf } from "./bytes.ts";
import {
  cluster,
  cues,
  ebml,
  element,
  front,
  id,
  openCluster,
  segment,
  size,
  unknownSize,
} from "./ebml_bytes.ts";

const begin = ebml();
/** Offset of the Segment's size, and of its data. */
const SIZE_AT = begin.length + 4;
const DATA_AT = SIZE_AT + 8;
/** Offset of the first Cluster. */
const MEDIA_AT = DATA_AT + front.length;

async function look(...parts: Uint8Array[]): Promise<Look> {
  const bytes = join(...parts);
  const { read, reads } = readerOf(bytes);
  const seen = await matroska.inspect(read, bytes.length);
  assert(reads.totalBytes <= 8 * 1024, `read ${reads.totalBytes} bytes`);
  return seen;
}

/** A file whose recorder has finished: the Segment ends with it. */
function finished(...content: Uint8Array[]): Uint8Array {
  const inside = join(...content);
  return join(begin, segment(inside.length), inside);
}

Deno.test("isMatroska() knows both document types, and no other EBML", () => {
  assert(isMatroska(ebml("matroska")) && isMatroska(ebml("webm")) && isMatroska(ebml("webm\0\0")));
  assert(!isMatroska(ebml("other")) && !isMatroska(element("1A45DFA3", media(20))));
  assert(!isMatroska(begin.subarray(0, 12)) && !isMatroska(new Uint8Array(0)));
  assert(!isMatroska(join(id("1A45DFA3"), unknownSize(), begin.subarray(5))));
});

Deno.test("inspect() of a growing Matroska file says open and names the front as patched", async () => {
  const seen = await look(begin, segment(), front, cluster(1000), cluster(1000));
  assertEquals(seen, {
    verdict: "open",
    container: "matroska",
    headBytes: MEDIA_AT + 12,
    mediaStart: MEDIA_AT,
    frontierBytes: MEDIA_AT + 2 * cluster(1000).length,
    patched: [{ start: SIZE_AT, end: MEDIA_AT + 12 }],
    settleMs: 250,
  });
});

Deno.test("inspect() says final when the Segment ends where the file ends", async () => {
  const file = finished(front, cluster(1000), cues);
  const seen = await look(file);
  assertEquals([seen.verdict, seen.settleMs], ["final", 250]);
  assertEquals([seen.mediaStart, seen.frontierBytes], [MEDIA_AT, file.length]);
  assertEquals(seen.headBytes, MEDIA_AT + 12);
});

Deno.test("inspect() says open when the Segment ends in front of the file's end or behind it", async () => {
  const file = finished(front, cluster(1000), cues);
  assertEquals((await look(file, media(1))).verdict, "open");
  assertEquals((await look(file.subarray(0, -1))).verdict, "open");
  assertEquals((await look(begin, segment(0), front, cluster(9))).verdict, "open");
});

Deno.test("inspect() says open to an unknown size of any width, and to sizes no file has", async () => {
  for (let widthBytes = 1; widthBytes <= 8; widthBytes++) {
    const header = join(id("18538067"), unknownSize(widthBytes));
    const seen = await look(begin, header, front, cluster(1000));
    assertEquals([seen.verdict, seen.mediaStart], ["open", MEDIA_AT - 8 + widthBytes]);
  }
  for (const bytes of [size(2 ** 56 - 2, 8), size(2 ** 53, 8)]) {
    assertEquals((await look(begin, id("18538067"), bytes, front, cluster(9))).verdict, "open");
  }
});

Deno.test("inspect() sees the media move when Cues come in front", async () => {
  const open = await look(begin, segment(), front, cluster(1000));
  const final = await look(finished(front, cues, cluster(1000)));
  assertEquals(final.mediaStart! - open.mediaStart!, cues.length);
  assertEquals(final.headBytes - open.headBytes, cues.length);
});

Deno.test("inspect() lets nothing go while the media moves for Cues in front", async () => {
  const media = join(cluster(1000), cluster(2000), cluster(3000));
  const moved = join(media.subarray(0, cues.length), media);
  const seen = await look(begin, segment(), front, moved);
  assertEquals([seen.verdict, seen.mediaStart, seen.frontierBytes], ["open", MEDIA_AT, MEDIA_AT]);
});

Deno.test("inspect() counts the Void of reserve_index_space as head", async () => {
  const reserve = element("EC", new Uint8Array(100_000), 8);
  const open = await look(begin, segment(), front, reserve, cluster(1000));
  assertEquals(open.headBytes, MEDIA_AT + 12 + reserve.length);
  assertEquals(open.patched, [{ start: SIZE_AT, end: open.headBytes }]);
});

Deno.test("inspect() holds the frontier at the Cluster whose size is still to come", async () => {
  const whole = [cluster(1000, 8), cluster(3000, 8)];
  const heldAt = MEDIA_AT + join(...whole).length;
  for (const open of [openCluster(0), openCluster(2000)]) {
    const seen = await look(begin, segment(), front, ...whole, open);
    assertEquals([seen.verdict, seen.frontierBytes], ["open", heldAt]);
    assertEquals(seen.patched[1], { start: heldAt, end: heldAt + 12 });
  }
});

Deno.test("inspect() lets all go while every Cluster is whole", async () => {
  const parts = [begin, segment(), front, cluster(1000, 8), cluster(3000, 8)];
  assertEquals((await look(...parts)).frontierBytes, join(...parts).length);
  for (const torn of [openCluster(100).subarray(0, 7), cluster(3000, 8).subarray(0, 900)]) {
    assertEquals((await look(...parts, torn)).frontierBytes, join(...parts, torn).length);
  }
});

Deno.test("inspect() lets a first Cluster of unknown size go: its header is in the head", async () => {
  const only = await look(begin, segment(), front, openCluster(5000));
  assertEquals(only.frontierBytes, MEDIA_AT + openCluster(5000).length);
  assertEquals(only.patched, [{ start: SIZE_AT, end: MEDIA_AT + 12 }]);
  const live = [openCluster(5000), openCluster(5000)];
  const seen = await look(begin, segment(), front, ...live);
  assertEquals(seen.frontierBytes, MEDIA_AT + join(...live).length);
});

Deno.test("inspect() keeps back what an open Cluster may hold when there are too many", async () => {
  const largest = cluster(4000, 8);
  const many = [largest, ...Array.from({ length: 400 }, () => cluster(3000, 8))];
  const parts = [begin, segment(), front, ...many, openCluster(2500)];
  const sizeBytes = join(...parts).length;
  const seen = await look(...parts);
  assertEquals([seen.verdict, seen.patched.length], ["open", 1]);
  assertEquals(seen.frontierBytes, sizeBytes - 2 * (largest.length - 12));
  const few = [begin, segment(), front, ...many.slice(0, 257), openCluster(10)];
  const walkedTo = MEDIA_AT + join(...many.slice(0, 256)).length;
  assertEquals((await look(...few)).frontierBytes, walkedTo);
});

Deno.test("inspect() walks no Clusters of a recorder that writes them whole", async () => {
  const many = Array.from({ length: 1000 }, () => cluster(1000));
  const bytes = join(begin, segment(), front, ...many);
  const { read, reads } = readerOf(bytes);
  const seen = await matroska.inspect(read, bytes.length);
  assertEquals(seen.frontierBytes, bytes.length);
  assert(reads.calls < 16, `${reads.calls} reads`);
});

Deno.test("inspect() holds the frontier where zeros follow the last Cluster", async () => {
  const zeros = new Uint8Array(5000);
  for (const widthBytes of [undefined, 8]) {
    const parts = [begin, segment(), front, cluster(1000, widthBytes), cluster(9, widthBytes)];
    const seen = await look(...parts, zeros);
    assertEquals([seen.verdict, seen.frontierBytes], ["open", join(...parts).length]);
  }
  const inFront = await look(begin, segment(), front, zeros);
  assertEquals([inFront.frontierBytes, inFront.headBytes], [MEDIA_AT, MEDIA_AT]);
  assertEquals(inFront.mediaStart, null);
});

Deno.test("inspect() lets media go that ends in zeros by chance", async () => {
  const black = element("1F43B675", new Uint8Array(1000));
  const parts = [begin, segment(), front, black, black.subarray(0, 500)];
  assertEquals((await look(...parts)).frontierBytes, join(...parts).length);
});

Deno.test("inspect() takes all there is for head while the front is being written", async () => {
  const file = join(begin, segment(), front);
  for (const sizeBytes of [3, SIZE_AT, DATA_AT, DATA_AT + 100, file.length]) {
    const seen = await look(file.subarray(0, sizeBytes));
    assertEquals([seen.verdict, seen.mediaStart, seen.headBytes], ["open", null, sizeBytes]);
    assertEquals(seen.patched, []);
  }
});

Deno.test("inspect() says open of an EBML header with no Segment behind it", async () => {
  assertEquals((await look(begin, media(100))).verdict, "open");
  assertEquals((await look(begin, front, segment(0))).verdict, "open");
  assertEquals((await look(begin, cluster(100))).patched, []);
});

Deno.test("inspect() survives a Matroska file cut short since its size was taken", async () => {
  const whole = join(begin, segment(), front, cluster(1000, 8), openCluster(500));
  for (const leftBytes of [0, 4, SIZE_AT, DATA_AT + 3, MEDIA_AT + 6, whole.length - 200]) {
    const { read } = readerOf(whole.subarray(0, leftBytes), { sizeBytes: whole.length });
    const seen = await matroska.inspect(read, whole.length);
    assertEquals(seen.verdict, "open", `${leftBytes} bytes left`);
  }
});

Deno.test("inspect() with a memory finds the open Cluster behind any number of others", async () => {
  const memory = createWalkMemory();
  const parts = [begin, segment(), front];
  // A quiet start: none of what is walked from the front tells how long the later ones are.
  for (let clusters = 0; clusters < 1200; clusters += 100) {
    parts.push(...Array.from({ length: 100 }, () => cluster(clusters < 300 ? 1 : 900, 8)));
    const heldAt = join(...parts).length;
    const file = join(...parts, openCluster(900));
    const { read, reads } = readerOf(file);
    const seen = await matroska.inspect(read, file.length, memory);
    assertEquals(seen.frontierBytes, heldAt);
    assertEquals(seen.patched[1], { start: heldAt, end: heldAt + 12 });
    assert(reads.totalBytes <= 256 * 1024, `read ${reads.totalBytes} bytes`);
  }
});

Deno.test("inspect() stops in front of what is allocated behind any number of Clusters", async () => {
  const memory = createWalkMemory();
  const written = join(
    begin,
    segment(),
    front,
    ...Array.from({ length: 400 }, () => cluster(9, 8)),
  );
  const file = join(written, new Uint8Array(5000));
  const { read } = readerOf(file);
  assertEquals((await matroska.inspect(read, file.length, memory)).frontierBytes, written.length);
});
