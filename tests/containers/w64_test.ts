import { assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import { w64 } from "../../src/containers/w64.ts";
import { join, media, readerOf } from "./bytes.ts";
import { guidChunk, hex, u64le } from "./chunk_bytes.ts";

const RIFF = "726966662e91cf11a5d628db04c10000";
const WAVE = "77617665f3acd3118cd100c04f8edb8a";
const FMT = "666d7420f3acd3118cd100c04f8edb8a";
const DATA = "64617461f3acd3118cd100c04f8edb8a";
const UNSET = 2n ** 64n - 1n;
/** ffmpeg's size of a data chunk that is still to come. */
const UNSET_DATA = 2n ** 63n - 1n;

function file(size: number | bigint, dataSize: number | bigint, samples = media(1000)): Uint8Array {
  return join(
    ...[hex(RIFF), u64le(size), hex(WAVE)],
    ...[guidChunk(FMT, media(16)), guidChunk(DATA, samples, dataSize)],
  );
}

async function look(bytes: Uint8Array) {
  return await w64.inspect(readerOf(bytes).read, bytes.length);
}

Deno.test("w64.inspect() says open while sizes are unset, and names both", async () => {
  assertEquals(await look(file(UNSET, UNSET_DATA)), {
    verdict: "open",
    container: "w64",
    headBytes: 104,
    mediaStart: 104,
    frontierBytes: 1104,
    patched: [{ start: 16, end: 24 }, { start: 96, end: 104 }],
    settleMs: 2_000,
  });
});

Deno.test("w64.inspect() says final when the stated size is the file's", async () => {
  assertEquals((await look(file(1104, 1024))).verdict, "final");
  for (const size of [0, 1103, 1105, 2 ** 40, 2n ** 63n, UNSET]) {
    assertEquals((await look(file(size, 1024))).verdict, "open", `${size}`);
  }
});

Deno.test("w64.inspect() says open while the data chunk is unset or empty", async () => {
  for (const dataSize of [0, 23, 24, 1025, UNSET_DATA, UNSET]) {
    assertEquals((await look(file(1104, dataSize))).verdict, "open", `${dataSize}`);
  }
});

Deno.test("w64.inspect() of a header that is still coming says open", async () => {
  for (const bytes of [0, 16, 39, 40, 60, 103]) {
    const seen = await look(file(1104, 1024).subarray(0, bytes));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${bytes} bytes`);
  }
});

Deno.test("detect() knows W64 by its two GUIDs", async () => {
  const bytes = file(UNSET, UNSET_DATA);
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "w64");
  bytes[24] = 0;
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "unknown");
});
