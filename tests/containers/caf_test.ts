import { assertEquals } from "@std/assert";
import { caf } from "../../src/containers/caf.ts";
import { detect } from "../../src/containers/detect.ts";
import { join, media, readerOf, u32 } from "./bytes.ts";
import { hex, text, u64be } from "./chunk_bytes.ts";

const begin = join(text("caff"), hex("00010000"));

function chunk(id: string, content: Uint8Array, size?: number | bigint): Uint8Array {
  return join(text(id), u64be(size ?? content.length), content);
}

/** A description; packets of 0 bytes vary in size. */
function desc(packetBytes: number, packetFrames = 1): Uint8Array {
  return chunk("desc", join(media(16), u32(packetBytes), u32(packetFrames), media(8)));
}

const data = (size?: number | bigint) => chunk("data", join(u32(0), media(1000)), size);
const pakt = chunk("pakt", media(24));

async function look(...parts: Uint8Array[]) {
  const bytes = join(begin, ...parts);
  return await caf.inspect(readerOf(bytes).read, bytes.length);
}

Deno.test("caf.inspect() says open while the data reach to the end of the file", async () => {
  assertEquals(await look(desc(4), data(2n ** 64n - 1n)), {
    verdict: "open",
    container: "caf",
    headBytes: 68,
    mediaStart: 68,
    frontierBytes: 1068,
    patched: [{ start: 56, end: 64 }],
    settleMs: 2_000,
  });
});

Deno.test("caf.inspect() says final when the chunks tile the file", async () => {
  assertEquals((await look(desc(4), data())).verdict, "final");
  assertEquals((await look(desc(4), data(), chunk("info", media(9)))).verdict, "final");
  assertEquals((await look(desc(4), data(), media(5))).verdict, "open");
  for (const size of [0, 4, 1003, 1005, 2n ** 63n]) {
    assertEquals((await look(desc(4), data(size))).verdict, "open", `${size}`);
  }
  assertEquals((await look(desc(4), chunk("data", u32(0)))).verdict, "open");
});

Deno.test("caf.inspect() waits for the packet table where packets vary", async () => {
  for (const varying of [desc(0), desc(4, 0)]) {
    assertEquals((await look(varying, data())).verdict, "open");
    assertEquals((await look(varying, data(), pakt.subarray(0, 20))).verdict, "open");
    assertEquals((await look(varying, data(), pakt)).verdict, "final");
  }
  assertEquals((await look(data())).verdict, "open");
});

Deno.test("caf.inspect() of a header that is still coming says open", async () => {
  const header = join(desc(4), data(2n ** 64n - 1n));
  for (const bytes of [0, 11, 40, 55]) {
    const seen = await look(header.subarray(0, bytes));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${bytes} bytes`);
  }
});

Deno.test("detect() knows CAF version 1", async () => {
  const bytes = join(begin, desc(4));
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "caf");
  bytes[5] = 2;
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "unknown");
});
