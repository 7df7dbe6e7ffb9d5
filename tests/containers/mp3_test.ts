import { assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import { mp3 } from "../../src/containers/mp3.ts";
import { join, media, readerOf, u32 } from "./bytes.ts";
import { text } from "./chunk_bytes.ts";

/** An ID3v2.4 tag of 45 bytes, as ffmpeg's. */
const tag = join(text("ID3\x04\0\0\0\0\0\x23"), media(35));
const frameHeader = Uint8Array.of(0xff, 0xfb, 0x54, 0xc0);

/** A frame of 192 bytes that holds a Xing header at `offset`. */
function xing(lengthBytes: number, { offset = 21, flags = 15, name = "Info" } = {}): Uint8Array {
  const frame = new Uint8Array(192);
  frame.set(frameHeader);
  const frames = (flags & 1) === 0 ? [] : [u32(100)];
  frame.set(join(text(name), u32(flags), ...frames, u32(lengthBytes)), offset);
  return frame;
}

const rest = media(5000);
const total = 192 + rest.length;

async function look(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  return await mp3.inspect(readerOf(bytes).read, bytes.length);
}

async function nameOf(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  return (await detect(readerOf(bytes).read, bytes.length)).name;
}

Deno.test("mp3.inspect() says open while the length in the Xing frame is 0", async () => {
  assertEquals(await look(tag, xing(0), rest), {
    verdict: "open",
    container: "mp3",
    headBytes: 45 + 1441,
    mediaStart: 45,
    frontierBytes: 45 + total,
    patched: [{ start: 45, end: 45 + 1441 }],
    settleMs: 2_000,
  });
});

Deno.test("mp3.inspect() says final when that length is the file's behind its tag", async () => {
  for (const name of ["Info", "Xing"]) {
    for (const offset of [13, 21, 36]) {
      const seen = await look(tag, xing(total, { name, offset }), rest);
      assertEquals(seen.verdict, "final", `${name} at ${offset}`);
    }
  }
  assertEquals((await look(xing(total, { flags: 2 }), rest)).verdict, "final");
  assertEquals((await look(tag, xing(total), rest, text("TAG"), media(125))).verdict, "final");
});

Deno.test("mp3.inspect() says undecidable where the length is another's, or none", async () => {
  for (const length of [1, total - 1, total + 1, 0xffff_ffff]) {
    assertEquals((await look(tag, xing(length), rest)).verdict, "undecidable", `${length}`);
  }
  assertEquals((await look(tag, xing(total), rest, media(128))).verdict, "undecidable");
  assertEquals((await look(tag, xing(total, { flags: 1 }), rest)).verdict, "undecidable");
  assertEquals((await look(tag, frameHeader, rest)).verdict, "undecidable");
});

Deno.test("mp3.inspect() steps over a tag with a footer", async () => {
  const footed = join(text("ID3\x04\0\x10\0\0\x01\x00"), media(128 + 10));
  const seen = await look(footed, xing(total), rest);
  assertEquals([seen.verdict, seen.mediaStart], ["final", 148]);
});

Deno.test("mp3.inspect() of a file that is still in its tag says undecidable", async () => {
  for (const bytes of [0, 5, 10, 44, 45, 60]) {
    const seen = await look(join(tag, xing(0)).subarray(0, bytes));
    assertEquals(seen.verdict, "undecidable", `${bytes} bytes`);
  }
});

Deno.test("detect() knows an MP3 by its tag or its Xing frame, never by a few bits", async () => {
  assertEquals(await nameOf(tag), "mp3");
  assertEquals(await nameOf(tag, frameHeader, rest), "mp3");
  assertEquals(await nameOf(xing(0), rest), "mp3");
  assertEquals(await nameOf(frameHeader, rest), "unknown");
  // AAC may have the same tag in front.
  assertEquals(await nameOf(tag, Uint8Array.of(0xff, 0xf1, 0x50, 0x80), rest), "unknown");
  assertEquals(await nameOf(text("ID3\x04\0\0\x80\0\0\x23"), rest), "unknown");
});
