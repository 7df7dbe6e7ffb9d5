import { assertEquals } from "@std/assert";
import { aiff } from "../../src/containers/aiff.ts";
import { detect } from "../../src/containers/detect.ts";
import { join, media, readerOf, u32 } from "./bytes.ts";
import { text } from "./chunk_bytes.ts";

// A chunk is like a box, but for a size that leaves its own eight bytes out and comes second.
function chunk(id: string, content: Uint8Array, size = content.length): Uint8Array {
  return join(text(id), u32(size), content);
}

const comm = chunk("COMM", media(18));
const sound = (lengthBytes: number, size?: number) =>
  chunk("SSND", join(u32(0), u32(0), media(lengthBytes)), size);

function file(size: number | null, form: string, ...chunks: Uint8Array[]): Uint8Array {
  const inside = join(text(form), ...chunks);
  return chunk("FORM", inside, size ?? inside.length);
}

async function look(bytes: Uint8Array, sizeBytes = bytes.length) {
  return await aiff.inspect(readerOf(bytes, { sizeBytes }).read, sizeBytes);
}

Deno.test("aiff.inspect() says open while ffmpeg's and GStreamer's sizes wait", async () => {
  assertEquals(await look(file(0, "AIFF", comm, sound(1000, 0))), {
    verdict: "open",
    container: "aiff",
    headBytes: 54,
    mediaStart: 54,
    frontierBytes: 1054,
    patched: [{ start: 4, end: 8 }, { start: 12, end: 38 }, { start: 42, end: 46 }],
    settleMs: 2_000,
  });
  const gstreamer = file(0x7fff_002e, "AIFF", comm, sound(1000, 0x7fff_0008));
  assertEquals((await look(gstreamer)).verdict, "open");
});

Deno.test("aiff.inspect() says final when FORM ends where the file ends and its chunks tile", async () => {
  for (const form of ["AIFF", "AIFC"]) {
    assertEquals((await look(file(null, form, comm, sound(1000)))).verdict, "final");
    assertEquals((await look(file(null, form, sound(1000), comm))).verdict, "final");
  }
  assertEquals((await look(join(file(null, "AIFF", comm, sound(1000)), media(2)))).verdict, "open");
  assertEquals((await look(file(1047, "AIFF", comm, sound(1000)))).verdict, "open");
});

Deno.test("aiff.inspect() says open until SSND, ffmpeg's last field, has its size", async () => {
  for (const size of [0, 8, 999, 1010, 0x7fff_0008, 0xffff_ffff]) {
    const seen = await look(file(null, "AIFF", comm, sound(1000, size)));
    assertEquals(seen.verdict, "open", `${size}`);
  }
  assertEquals((await look(file(null, "AIFF", sound(1000)))).verdict, "open");
  assertEquals((await look(file(null, "AIFF", comm, sound(0)))).verdict, "open");
});

Deno.test("aiff.inspect() says open when a growing file passes GStreamer's placeholder", async () => {
  const begin = file(0x7fff_002e, "AIFF", comm, sound(0, 0x7fff_0008));
  assertEquals((await look(begin, 8 + 0x7fff_002e)).verdict, "open");
});

Deno.test("aiff.inspect() takes an odd size with and without its padding", async () => {
  const odd = file(null, "AIFF", comm, sound(999));
  assertEquals((await look(odd)).verdict, "final");
  assertEquals((await look(join(odd, media(1)))).verdict, "final");
});

Deno.test("aiff.inspect() says undecidable over 4 GiB, for which there are no sizes", async () => {
  const begin = file(0, "AIFF", comm, sound(0, 0));
  assertEquals((await look(begin, 8 + 0xffff_ffff)).verdict, "open");
  assertEquals((await look(begin, 9 + 0xffff_ffff)).verdict, "undecidable");
});

Deno.test("aiff.inspect() of a header that is still coming says open", async () => {
  for (const bytes of [0, 7, 12, 30, 41, 45]) {
    const seen = await look(file(0, "AIFF", comm, sound(0, 0)).subarray(0, bytes));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${bytes} bytes`);
  }
});

Deno.test("detect() knows AIFF and AIFF-C", async () => {
  for (const form of ["AIFF", "AIFC"]) {
    const bytes = file(0, form, comm);
    assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "aiff");
  }
  const other = file(0, "8SVX", comm);
  assertEquals((await detect(readerOf(other).read, other.length)).name, "unknown");
});
