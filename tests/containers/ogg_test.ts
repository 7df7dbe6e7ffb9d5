import { assert, assertEquals } from "@std/assert";
import type { Look } from "../../src/containers/container.ts";
import { isOgg, ogg } from "../../src/containers/ogg.ts";
import { join, media, readerOf } from "./bytes.ts";
import { FIRST, LAST, longestPage, page } from "./ogg_bytes.ts";

async function look(...parts: Uint8Array[]): Promise<Look> {
  const bytes = join(...parts);
  const { read, reads } = readerOf(bytes);
  const seen = await ogg.inspect(read, bytes.length);
  assert(reads.totalBytes <= 224 * 1024, `read ${reads.totalBytes} bytes`);
  return seen;
}

async function verdict(...parts: Uint8Array[]): Promise<Look["verdict"]> {
  return (await look(...parts)).verdict;
}

const one = [page(1, FIRST), page(1, 0), page(1, 0)];
const two = [page(1, FIRST), page(2, FIRST), page(1, 0), page(2, 0)];
/** More than a look reads from behind. */
const hour = Array.from({ length: 5 }, () => longestPage(1));

Deno.test("isOgg() knows a page of version 0", () => {
  assert(isOgg(page(1, FIRST)) && !isOgg(page(1, FIRST).subarray(0, 26)));
  assert(!isOgg(new TextEncoder().encode("OggS\x01" + " ".repeat(30))));
});

Deno.test("inspect() of a growing Ogg says open and lets all go", async () => {
  assertEquals(await look(...one), {
    verdict: "open",
    container: "ogg",
    headBytes: 0,
    mediaStart: null,
    frontierBytes: join(...one).length,
    patched: [],
    settleMs: 2_000,
  });
});

Deno.test("inspect() says final when the last page of each stream says that it is the last", async () => {
  assertEquals(await verdict(...one, page(1, LAST)), "final");
  assertEquals(await verdict(...two, page(2, LAST), page(1, LAST)), "final");
  assertEquals(await verdict(...one, ...hour, page(1, LAST)), "final");
  assertEquals(await verdict(page(1, FIRST | LAST)), "final");
});

Deno.test("inspect() says open while one of two streams goes on", async () => {
  assertEquals(await verdict(...two, page(1, LAST)), "open");
  assertEquals(await verdict(...two, page(1, LAST), page(2, 0)), "open");
  assertEquals(await verdict(...two, ...hour, page(2, 0), page(1, LAST)), "open");
});

Deno.test("inspect() says open while the last page is torn", async () => {
  const whole = join(...one, page(1, LAST, media(700)));
  for (const missingBytes of [1, 100, 700, 720, 729]) {
    assertEquals(await verdict(whole.subarray(0, -missingBytes)), "open", `${missingBytes}`);
  }
  assertEquals(await verdict(whole, new Uint8Array(1)), "open");
  assertEquals(await verdict(whole, new Uint8Array(300_000)), "open");
});

Deno.test("inspect() says undecidable when a stream's last page is out of sight", async () => {
  assertEquals(await verdict(...two, page(2, LAST), ...hour, page(1, LAST)), "final");
  const lateEnd = [...two, ...hour, page(2, LAST), ...hour, page(1, LAST)];
  assertEquals(await verdict(...lateEnd), "undecidable");
});

Deno.test("inspect() counts a stream that ended in front, as Skeleton does", async () => {
  const skeleton = [page(1, FIRST), page(9, FIRST), page(1, 0), page(9, LAST)];
  assertEquals(await verdict(...skeleton, ...hour), "open");
  assertEquals(await verdict(...skeleton, ...hour, page(1, LAST)), "final");
});

Deno.test("inspect() says undecidable at the end of a later link of a chain", async () => {
  const chain = [...one, ...hour, page(1, LAST), page(7, FIRST), page(7, 0)];
  assertEquals(await verdict(...chain), "open");
  assertEquals(await verdict(...chain, page(7, LAST)), "undecidable");
});

Deno.test("inspect() takes no letters in the media for a page", async () => {
  const inside = page(1, LAST, join(media(50), page(5, 0, media(20)), media(50)));
  assertEquals(await verdict(...one, inside), "final");
  assertEquals(await verdict(...one, page(1, 0, join(media(50), page(1, LAST, media(9))))), "open");
});

Deno.test("inspect() finds the longest page from behind, and one that ends the file", async () => {
  const longestLast = longestPage(1);
  longestLast[5] = LAST;
  assertEquals(await verdict(...one, longestLast), "final");
  assertEquals(await verdict(...one, longestPage(1)), "open");
});

Deno.test("inspect() survives an Ogg file cut short since its size was taken", async () => {
  const whole = join(...two, ...hour, page(2, LAST), page(1, LAST));
  for (const leftBytes of [0, 30, 500, whole.length - 100_000, whole.length - 1]) {
    const { read } = readerOf(whole.subarray(0, leftBytes), { sizeBytes: whole.length });
    assertEquals((await ogg.inspect(read, whole.length)).verdict, "open", `${leftBytes} left`);
  }
  const { read } = readerOf(whole, { mostBytesARead: 1000 });
  assertEquals((await ogg.inspect(read, whole.length)).verdict, "final");
});

Deno.test("inspect() says open of an Ogg file that is cut short between two reads", async () => {
  const whole = join(...one, ...hour, page(1, LAST));
  const { read } = readerOf(whole);
  const cut: typeof read = (start, into) =>
    read(start, start === whole.length - 65_307 ? into : into.subarray(0, 0));
  assertEquals((await ogg.inspect(cut, whole.length)).verdict, "open");
});

Deno.test("inspect() of a few bytes of Ogg says open", async () => {
  for (let sizeBytes = 0; sizeBytes < 128; sizeBytes++) {
    assertEquals(await verdict(page(1, FIRST | LAST).subarray(0, sizeBytes)), "open");
  }
});
