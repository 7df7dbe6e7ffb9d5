import { assert, assertEquals } from "@std/assert";
import { avi, RIFFS_A_LOOK } from "../../src/containers/avi.ts";
import type { RangeReader } from "../../src/containers/container.ts";
import { detect } from "../../src/containers/detect.ts";
import { join, media, readerOf } from "./bytes.ts";
import { riffChunk, riffHeader, riffList, text, u32le } from "./chunk_bytes.ts";

const GIB = 2 ** 30;

/** The header list: super index and OpenDML header by name, or the room that is kept for them. */
function header(index: "JUNK" | "indx", openDml: "JUNK" | "LIST"): Uint8Array {
  const superIndex = riffChunk(index, u32le(4), media(60));
  const stream = riffList("strl", [riffChunk("strh", media(56)), riffChunk("strf", media(40))]);
  const indexed = riffList("strl", [riffChunk("strh", media(56)), superIndex]);
  const odml = riffList("odml", [riffChunk("dmlh", media(248))], openDml);
  return riffList("hdrl", [riffChunk("avih", media(56)), stream, indexed, odml]);
}

const kept = header("JUNK", "JUNK"); // ffmpeg, up to 1 GiB
const rolled = header("indx", "JUNK"); // ffmpeg, from 1 GiB on, until its stop
const stopped = header("indx", "LIST"); // ffmpeg, after it; GStreamer writes the name at once
const info = riffList("INFO", [riffChunk("ISFT", text("Lavf59"))]);

/** The first RIFF as it is while it is written: no sizes. Media begin behind it. */
function front(head: Uint8Array, riffSize = 0, moviSize = 0): Uint8Array {
  return join(
    riffHeader("RIFF", riffSize),
    text("AVI "),
    head,
    info,
    riffHeader("LIST", moviSize),
    text("movi"),
  );
}

/** A whole RIFF of `mediaBytes`. */
function whole(head: Uint8Array, mediaBytes: number): Uint8Array {
  const begin = front(head, front(head).length - 8 + mediaBytes + 8, 4 + mediaBytes);
  return join(begin, media(mediaBytes), riffChunk("idx1"));
}

const avix = (mediaBytes: number) =>
  riffList("AVIX", [riffList("movi", [media(mediaBytes)])], "RIFF");

async function look(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  return await avi.inspect(readerOf(bytes).read, bytes.length);
}

Deno.test("avi.inspect() says open while sizes are 0, and names what the stop patches", async () => {
  const begin = front(kept);
  const seen = await look(begin, media(1000));
  assertEquals([seen.verdict, seen.container, seen.settleMs], ["open", "avi", 2_000]);
  assertEquals([seen.headBytes, seen.mediaStart], [begin.length, begin.length]);
  assertEquals(seen.frontierBytes, begin.length + 1000);
  assertEquals(seen.patched, [
    { start: 4, end: 8 },
    { start: 12, end: 12 + kept.length },
    { start: begin.length - 8, end: begin.length - 4 },
  ]);
});

Deno.test("avi.inspect() says final when the only RIFF ends where the file ends", async () => {
  const seen = await look(whole(kept, 1000));
  assertEquals([seen.verdict, seen.settleMs], ["final", 2_000]);
  assertEquals(seen.mediaStart, front(kept).length);
  assertEquals((await look(whole(kept, 1000), media(2))).verdict, "open");
  assertEquals((await look(whole(kept, 1000).subarray(0, -1))).verdict, "open");
});

Deno.test("avi.inspect() takes GStreamer's sizes of a file without media for open", async () => {
  const begin = front(stopped, front(stopped).length - 8, 4);
  assertEquals((await look(begin)).verdict, "open");
  assertEquals((await look(begin, riffChunk("00db", media(500)))).verdict, "open");
});

Deno.test("avi.inspect() says open where the first RIFF ends in front of its media", async () => {
  const begin = front(stopped, front(stopped).length - 8, 1000);
  assertEquals((await look(begin)).verdict, "open");
});

Deno.test("avi.inspect() says open of a chain that ends in anything but a whole RIFF", async () => {
  const first = whole(stopped, 1000);
  assertEquals((await look(first, riffHeader("RIFF", 0))).verdict, "open");
  assertEquals((await look(first, riffChunk("JUNK", media(20)))).verdict, "open");
  assertEquals((await look(first, avix(90))).verdict, "final");
});

Deno.test("avi.inspect() says open when ffmpeg closes a RIFF at 1 GiB, though the chain tiles", async () => {
  assertEquals((await look(whole(rolled, 1000))).verdict, "open");
  assertEquals(
    (await look(whole(rolled, 1000), riffHeader("RIFF", 0), text("AVIX"))).verdict,
    "open",
  );
  assertEquals((await look(whole(rolled, 1000), avix(500))).verdict, "open");
  assertEquals((await look(whole(kept, 1000), avix(500))).verdict, "open");
  assertEquals((await look(whole(stopped, 1000), avix(500))).verdict, "final");
});

Deno.test("avi.inspect() names the head of every further RIFF as patched", async () => {
  const first = whole(rolled, 1000);
  const growing = join(riffHeader("RIFF", 0), text("AVIX"), riffHeader("LIST", 0), text("movi"));
  const seen = await look(first, avix(500), growing, media(40));
  const last = first.length + avix(500).length;
  assertEquals(seen.patched.slice(3), [
    { start: first.length, end: first.length + 24 },
    { start: last, end: last + 24 },
  ]);
});

/** A file of `sizeBytes` that holds `begin` and is zeros otherwise, without its bytes in memory. */
function sparse(begin: Uint8Array): RangeReader {
  return (start, into) => {
    into.fill(0);
    into.set(begin.subarray(start, start + into.length));
    return Promise.resolve(into.length);
  };
}

/** A first RIFF of exactly `riffBytes`, media left out. */
function long(head: Uint8Array, riffBytes: number): Uint8Array {
  return front(head, riffBytes - 8, riffBytes - front(head).length + 4);
}

Deno.test("avi.inspect() never ends a take at a RIFF of 1 GiB that may be full", async () => {
  const inspect = (head: Uint8Array, bytes: number) =>
    avi.inspect(sparse(long(head, bytes)), bytes);
  assertEquals((await inspect(rolled, GIB)).verdict, "open");
  // ffmpeg with one RIFF has stopped, whatever its size: it names its index before the size.
  const ffmpeg = await inspect(kept, GIB + 50_000);
  assertEquals([ffmpeg.verdict, ffmpeg.settleMs], ["final", 2_000]);
  // Of other recorders nothing is known. The longest silence measured between two writes was 33 s.
  const other = await inspect(stopped, GIB);
  assertEquals(other.verdict, "final");
  assert(other.settleMs >= 2 * 33_000);
  assertEquals((await inspect(stopped, GIB / 2)).settleMs, 2_000);
});

Deno.test("avi.inspect() walks the thousand RIFFs of a file of 1 TB, and no more than it may", async () => {
  /** Any number of RIFFs of 1 GiB behind each other. */
  const chain = (riffs: number) => {
    const first = long(stopped, GIB);
    const next = riffHeader("RIFF", GIB - 8);
    let calls = 0;
    const read: RangeReader = (start, into) => {
      calls++;
      into.fill(0);
      into.set(
        (start < GIB ? first : join(next, text("AVIX"))).subarray(start % GIB).subarray(
          0,
          into.length,
        ),
      );
      return Promise.resolve(into.length);
    };
    return { sizeBytes: riffs * GIB, read, calls: () => calls };
  };
  const terabyte = chain(1_000);
  const seen = await avi.inspect(terabyte.read, terabyte.sizeBytes);
  assertEquals([seen.verdict, seen.patched.length], ["final", 3 + 999]);
  const tooLong = chain(RIFFS_A_LOOK + 1);
  assertEquals((await avi.inspect(tooLong.read, tooLong.sizeBytes)).verdict, "undecidable");
  assert(tooLong.calls() < RIFFS_A_LOOK + 100);
});

Deno.test("avi.inspect() of a header that is still coming says open and keeps it back", async () => {
  const begin = front(kept);
  for (const bytes of [0, 1, 11, 12, 20, 100, begin.length - 5]) {
    const seen = await look(begin.subarray(0, bytes));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${bytes} bytes`);
    assert(seen.headBytes <= bytes + 16);
  }
});

Deno.test("detect() knows an AVI by its form", async () => {
  const bytes = front(kept);
  assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "avi");
  const other = join(riffHeader("RIFF", 20), text("WEBP"), media(16));
  assertEquals((await detect(readerOf(other).read, other.length)).name, "unknown");
});
