import { assertEquals } from "@std/assert";
import { rangesWithin, RIFF_LAYOUT, walkChunks } from "../../src/containers/chunks.ts";
import { join, media, readerOf } from "./bytes.ts";
import { riffChunk, riffHeader } from "./chunk_bytes.ts";

function walk(bytes: Uint8Array, most = 10, until?: (chunk: { id: string }) => boolean) {
  const { read } = readerOf(bytes);
  const options = { start: 0, end: bytes.length, most, ...(until ? { until } : {}) };
  return walkChunks(read, bytes.length, RIFF_LAYOUT, options);
}

Deno.test("walkChunks() tells how far chunks reach", async () => {
  const two = join(riffChunk("one ", media(10)), riffChunk("two ", media(6)));
  const whole = await walk(two);
  assertEquals([whole.stop, whole.at], ["tiles", 32]);
  assertEquals(whole.chunks.map(({ id, payload }) => [id, payload]), [["one ", 8], ["two ", 26]]);
  const cut = await walk(two.subarray(0, 30));
  assertEquals([cut.stop, cut.at, cut.last?.id], ["unfinished", 18, "two "]);
  const headless = await walk(two.subarray(0, 22));
  assertEquals([headless.stop, headless.at, headless.last], ["unfinished", 18, null]);
});

Deno.test("walkChunks() pads to even offsets, but not necessarily at the end", async () => {
  const odd = riffChunk("odd ", media(3));
  assertEquals((await walk(join(odd, riffChunk("next", media(2))))).stop, "tiles");
  assertEquals((await walk(odd)).stop, "tiles");
  const unpadded = await walk(odd.subarray(0, 11));
  assertEquals([unpadded.stop, unpadded.at], ["tiles", 12]);
});

Deno.test("walkChunks() stops at what is wanted and at its limit", async () => {
  const many = join(...Array.from({ length: 9 }, () => riffChunk("many")), riffChunk("last"));
  assertEquals((await walk(many, 9)).stop, "limit");
  assertEquals((await walk(many, 10)).stop, "tiles");
  const found = await walk(many, 10, ({ id }) => id === "last");
  assertEquals([found.stop, found.last?.start, found.chunks.length], ["found", 72, 9]);
});

Deno.test("walkChunks() reads 64-bit sizes that include the header", async () => {
  const layout = {
    ...{ idBytes: 16, sizeFieldBytes: 8, littleEndian: true } as const,
    ...{ countsHeader: true, alignBytes: 8 } as const,
  };
  const bytes = new Uint8Array(64);
  const sizes: [size: bigint, stop: string][] = [
    [64n, "tiles"],
    [24n, "tiles"],
    [23n, "broken"],
    [65n, "unfinished"],
    [2n ** 53n + 1n, "unfinished"],
    [2n ** 64n - 1n, "unfinished"],
  ];
  for (const [size, stop] of sizes) {
    new DataView(bytes.buffer).setBigUint64(16, size, true);
    new DataView(bytes.buffer).setBigUint64(40, 40n, true);
    const { read } = readerOf(bytes);
    const options = { start: 0, end: 64, most: 9 };
    assertEquals((await walkChunks(read, 64, layout, options)).stop, stop, `${size}`);
  }
});

Deno.test("walkChunks() survives a file cut short since its size was taken", async () => {
  const { read } = readerOf(riffHeader("data", 100).subarray(0, 6), { sizeBytes: 108 });
  const options = { start: 0, end: 108, most: 9 };
  assertEquals((await walkChunks(read, 108, RIFF_LAYOUT, options)).stop, "unfinished");
});

Deno.test("rangesWithin() cuts ranges to the file", () => {
  const ranges = [{ start: 0, end: 4 }, { start: 8, end: 12 }, { start: 10, end: 20 }];
  assertEquals(rangesWithin(10, ranges), [{ start: 0, end: 4 }, { start: 8, end: 10 }]);
});
