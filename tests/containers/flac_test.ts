import { assert, assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import { flac } from "../../src/containers/flac.ts";
import { join, media, readerOf } from "./bytes.ts";
import { flacHead, frame } from "./flac_bytes.ts";

const frames = [frame(0, 4608), frame(1, 4608), frame(200, 1000)];
/** Samples in a stream whose last frame is the 201st, of a fixed size of 4608. */
const total = 200 * 4608 + 1000;

async function look(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  const { read, reads } = readerOf(bytes);
  const seen = await flac.inspect(read, bytes.length);
  assert(reads.totalBytes <= 256 * 1024, `read ${reads.totalBytes} bytes`);
  return seen;
}

Deno.test("flac.inspect() says open while total and checksum are 0", async () => {
  assertEquals(await look(flacHead({}), ...frames), {
    verdict: "open",
    container: "flac",
    headBytes: 82,
    mediaStart: 82,
    frontierBytes: 82 + join(...frames).length,
    patched: [{ start: 8, end: 42 }],
    settleMs: 2_000,
  });
});

Deno.test("flac.inspect() searches no frames while the total is 0", async () => {
  const bytes = join(flacHead({}), media(300_000));
  const { read, reads } = readerOf(bytes);
  await flac.inspect(read, bytes.length);
  assert(reads.totalBytes < 100, `${reads.totalBytes} bytes read`);
});

Deno.test("flac.inspect() says final when the last frame reaches the total", async () => {
  for (const isSummed of [true, false]) {
    assertEquals((await look(flacHead({ total, isSummed }), ...frames)).verdict, "final");
  }
  const variable = frame(1234, 1000, { variable: true });
  const seen = await look(flacHead({ total: 2234, isSummed: true }), ...frames, variable);
  assertEquals(seen.verdict, "final");
});

Deno.test("flac.inspect() reads frames of every kind of sample rate", async () => {
  for (const sampleRateCode of [0, 9, 12, 13, 14]) {
    const last = frame(200, 1000, { sampleRateCode });
    const seen = await look(flacHead({ total, isSummed: true }), last);
    assertEquals(seen.verdict, "final", `code ${sampleRateCode}`);
  }
});

Deno.test("flac.inspect() cannot tell a copy that is under way from a file that is whole", async () => {
  const head = flacHead({ total, isSummed: true });
  assertEquals((await look(head)).verdict, "undecidable");
  assertEquals((await look(head, frames[0]!)).verdict, "undecidable");
  assertEquals((await look(head, join(...frames).subarray(0, -1))).verdict, "undecidable");
  assertEquals((await look(head, ...frames, media(5))).verdict, "undecidable");
  const broken = join(...frames);
  broken[broken.length - 4]! ^= 1;
  assertEquals((await look(head, broken)).verdict, "undecidable");
});

Deno.test("flac.inspect() says open of an estimated total without a checksum", async () => {
  assertEquals((await look(flacHead({ total: total + 1 }), ...frames)).verdict, "open");
});

Deno.test("flac.inspect() says undecidable of a checksum without a total", async () => {
  assertEquals((await look(flacHead({ isSummed: true }), ...frames)).verdict, "undecidable");
});

Deno.test("flac.inspect() reads a total of more than 32 bits", async () => {
  const head = flacHead({ total: 2 ** 32 + total, isSummed: true });
  assertEquals((await look(head, ...frames)).verdict, "undecidable");
});

Deno.test("flac.inspect() finds the last frame behind much else, in one bounded read", async () => {
  const head = flacHead({ total, isSummed: true });
  const decoys = new Uint8Array(300_000).map((_, at) => at % 2 === 0 ? 0xff : 0xf8);
  assertEquals((await look(head, media(300_000), frames[2]!)).verdict, "final");
  assertEquals((await look(head, decoys, frames[2]!)).verdict, "final");
  assertEquals((await look(head, decoys)).verdict, "undecidable");
});

Deno.test("flac.inspect() is not misled by what looks like headers inside the last frame", async () => {
  const fake = frame(200, 1000).subarray(0, 8);
  const content = join(...Array.from({ length: 9 }, () => fake), new Uint8Array(3));
  const seen = await look(flacHead({ total, isSummed: true }), frame(200, 1000, { content }));
  assertEquals(seen.verdict, "final");
});

Deno.test("flac.inspect() does not trust a file cut short since its size was taken", async () => {
  const bytes = join(flacHead({ total, isSummed: true }), ...frames);
  const { read } = readerOf(bytes, { sizeBytes: bytes.length + 50 });
  assertEquals((await flac.inspect(read, bytes.length + 50)).verdict, "undecidable");
});

Deno.test("flac.inspect() takes all metadata blocks for the head", async () => {
  assertEquals((await look(flacHead({}, 0), ...frames)).mediaStart, 42);
  assertEquals((await look(flacHead({}, 5), ...frames)).mediaStart, 42 + 200);
  const endless = await look(flacHead({}, 1000), ...frames);
  assertEquals([endless.verdict, endless.mediaStart], ["open", null]);
});

Deno.test("flac.inspect() of a header that is still coming says open", async () => {
  for (const bytes of [0, 4, 9, 41, 42, 60]) {
    const seen = await look(flacHead({}).subarray(0, bytes));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${bytes} bytes`);
  }
});

Deno.test("detect() knows FLAC by its marker", async () => {
  const bytes = flacHead({});
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "flac");
});
