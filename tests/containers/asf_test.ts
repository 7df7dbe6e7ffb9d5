import { assertEquals } from "@std/assert";
import { asf } from "../../src/containers/asf.ts";
import { detect } from "../../src/containers/detect.ts";
import { join, media, readerOf } from "./bytes.ts";
import { guidChunk, u32le, u64le } from "./chunk_bytes.ts";

const HEADER = "3026b2758e66cf11a6d900aa0062ce6c";
const PROPERTIES = "a1dcab8c47a9cf118ee400c00c205365";
const DATA = "3626b2758e66cf11a6d900aa0062ce6c";
const INDEX = "90080033b1e5cf1189f400a0c90349cb";
const OTHER = "b503bf5f2ea9cf118ee300c00c205365";

function header(fileBytes: number | bigint, flags = 2): Uint8Array {
  const properties = join(media(16), u64le(fileBytes), media(40), u32le(flags), media(12));
  const objects = [guidChunk(OTHER, media(20)), guidChunk(PROPERTIES, properties)];
  return guidChunk(HEADER, join(u32le(2), media(2), ...objects));
}

const headerBytes = header(0).length;
const data = (size?: number | bigint) => guidChunk(DATA, media(26 + 1000), size);
const index = guidChunk(INDEX, media(32));
const totalBytes = headerBytes + 1050 + 56;

async function look(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  return await asf.inspect(readerOf(bytes).read, bytes.length);
}

Deno.test("asf.inspect() says open while ffmpeg's sizes are those of no media", async () => {
  assertEquals(await look(header(0), data(50)), {
    verdict: "open",
    container: "asf",
    headBytes: headerBytes + 50,
    mediaStart: headerBytes + 50,
    frontierBytes: headerBytes + 1050,
    patched: [{ start: 0, end: headerBytes }, { start: headerBytes + 16, end: headerBytes + 50 }],
    settleMs: 2_000,
  });
});

Deno.test("asf.inspect() says final when the stated size is the file's and objects tile it", async () => {
  assertEquals((await look(header(totalBytes), data(), index)).verdict, "final");
  assertEquals((await look(header(totalBytes), data(1050 + 56), index)).verdict, "final");
  for (const size of [0, totalBytes - 1, totalBytes + 1, 2n ** 63n]) {
    assertEquals((await look(header(size), data(), index)).verdict, "open", `${size}`);
  }
  for (const size of [0, 50, 1051, 2n ** 64n - 1n]) {
    assertEquals((await look(header(totalBytes), data(size), index)).verdict, "open", `${size}`);
  }
  assertEquals((await look(header(headerBytes + 56), index)).verdict, "open");
});

Deno.test("asf.inspect() says undecidable of a broadcast, whose sizes mean nothing", async () => {
  assertEquals((await look(header(0, 1), data(50))).verdict, "undecidable");
  assertEquals((await look(header(totalBytes, 3), data(), index)).verdict, "undecidable");
});

Deno.test("asf.inspect() of a header that is still coming says open", async () => {
  const bytes = join(header(0), data(50));
  for (
    const length of [
      0,
      16,
      29,
      100,
      headerBytes - 1,
      headerBytes,
      headerBytes + 23,
      headerBytes + 49,
    ]
  ) {
    const seen = await look(bytes.subarray(0, length));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${length} bytes`);
  }
});

Deno.test("detect() knows ASF by its header object", async () => {
  const bytes = header(0);
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "asf");
});
