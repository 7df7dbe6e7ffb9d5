import { assertEquals } from "@std/assert";
import type { RangeReader } from "../../src/containers/container.ts";
import { detect } from "../../src/containers/detect.ts";
import { wave } from "../../src/containers/wave.ts";
import { join, media, readerOf } from "./bytes.ts";
import { riffChunk, riffHeader, text, u32le, u64le } from "./chunk_bytes.ts";

const UNSET = 0xffff_ffff;
const fmt = riffChunk("fmt ", media(16));
const bext = riffChunk("bext", media(602));
const room = riffChunk("JUNK", new Uint8Array(28));

function front(name: string, size: number, ...chunks: Uint8Array[]): Uint8Array {
  return join(riffHeader(name, size), text("WAVE"), ...chunks);
}

/** A WAV as it should be. */
function whole(chunks: Uint8Array[], samples: Uint8Array, ...behind: Uint8Array[]): Uint8Array {
  const rest = join(...chunks, riffChunk("data", samples), ...behind);
  return join(riffHeader("RIFF", 4 + rest.length), text("WAVE"), rest);
}

/** An RF64 file: its true sizes are in `ds64`. */
function rf64(name: string, dataBytes: number, wrongBytes = 0): Uint8Array {
  const size = 4 + 36 + fmt.length + 8 + dataBytes + wrongBytes;
  const ds64 = riffChunk("ds64", u64le(size), u64le(dataBytes), u64le(dataBytes / 4), u32le(0));
  return join(front(name, UNSET, ds64, fmt, riffHeader("data", UNSET)), media(dataBytes));
}

async function look(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  return await wave.inspect(readerOf(bytes).read, bytes.length);
}

Deno.test("wave.inspect() says open while sizes are unset, and names both", async () => {
  const begin = front("RIFF", UNSET, fmt, riffHeader("data", UNSET));
  assertEquals(await look(begin, media(1000)), {
    verdict: "open",
    container: "wave",
    headBytes: 44,
    mediaStart: 44,
    frontierBytes: 1044,
    patched: [{ start: 0, end: 8 }, { start: 40, end: 44 }],
    settleMs: 2_000,
  });
});

Deno.test("wave.inspect() says final when the stated size is the file's", async () => {
  const bytes = whole([bext, fmt], media(1000));
  const seen = await look(bytes);
  assertEquals([seen.verdict, seen.mediaStart], ["final", bytes.length - 1000]);
  assertEquals((await look(bytes, media(1))).verdict, "open");
  assertEquals((await look(bytes.subarray(0, -1))).verdict, "open");
  assertEquals(
    (await look(whole([fmt], media(1000), riffChunk("LIST", media(8))))).verdict,
    "final",
  );
});

Deno.test("wave.inspect() says open where the data reach past the file", async () => {
  for (const size of [1001, 0x7fff_0001, UNSET]) {
    const begin = front("RIFF", 36 + 1000, fmt, riffHeader("data", size));
    assertEquals((await look(begin, media(1000))).verdict, "open", `${size}`);
  }
});

Deno.test("wave.inspect() takes an odd size with and without its padding", async () => {
  const odd = whole([fmt], media(999));
  assertEquals((await look(odd)).verdict, "final");
  const uncounted = join(riffHeader("RIFF", odd.length - 9), odd.subarray(8));
  assertEquals((await look(uncounted)).verdict, "final");
  assertEquals((await look(uncounted.subarray(0, -1))).verdict, "final");
  assertEquals((await look(uncounted, media(1))).verdict, "open");
});

Deno.test("wave.inspect() says open to sizes that recorders put until they know better", async () => {
  // ffmpeg's, GStreamer's, and a header that is true of a file without samples.
  const sizes = [[UNSET, UNSET], [0x7fff_0024, 0x7fff_0000], [0, 0], [36 + 8, 0]] as const;
  for (const [riff, data] of sizes) {
    const begin = front("RIFF", riff, fmt, riffHeader("data", data));
    assertEquals((await look(begin, media(8))).verdict, "open", `${riff} ${data}`);
    assertEquals((await look(begin)).verdict, "open", `${riff} ${data}`);
  }
});

/** A file that begins with `begin` and is long. */
function sparse(begin: Uint8Array): RangeReader {
  return (start, into) => {
    into.fill(0);
    into.set(begin.subarray(start, start + into.length));
    return Promise.resolve(into.length);
  };
}

Deno.test("wave.inspect() says open when a growing file passes GStreamer's placeholder", async () => {
  const begin = front("RIFF", 0x7fff_0024, fmt, riffHeader("data", 0x7fff_0000));
  assertEquals((await wave.inspect(sparse(begin), 8 + 0x7fff_0024)).verdict, "open");
});

Deno.test("wave.inspect() says open up to 4 GiB, undecidable over it, where sizes stay unset", async () => {
  const begin = front("RIFF", UNSET, fmt, riffHeader("data", UNSET));
  const most = 8 + 0xffff_ffff;
  assertEquals((await wave.inspect(sparse(begin), most)).verdict, "open");
  assertEquals((await wave.inspect(sparse(begin), most + 1)).verdict, "undecidable");
  const ffmpegAuto = front("RIFF", UNSET, room, fmt, riffHeader("data", UNSET));
  assertEquals((await wave.inspect(sparse(ffmpegAuto), most + 1)).verdict, "open");
});

Deno.test("wave.inspect() of RF64 and BW64 believes ds64", async () => {
  for (const name of ["RF64", "BW64"]) {
    const seen = await look(rf64(name, 1000));
    assertEquals([seen.verdict, seen.mediaStart], ["final", 12 + 36 + 24 + 8]);
    assertEquals(seen.patched[1], { start: 12, end: 48 });
    assertEquals((await look(rf64(name, 1000), media(2))).verdict, "open");
    assertEquals((await look(rf64(name, 1000, 2))).verdict, "open");
    assertEquals((await look(rf64(name, 0))).verdict, "open");
  }
  const renamed = rf64("RF64", 1000);
  renamed.set(text("JUNK"), 12);
  assertEquals((await look(renamed)).verdict, "open");
});

Deno.test("wave.inspect() of an RF64 over 4 GiB says final by its 64-bit sizes", async () => {
  const dataBytes = 5 * 2 ** 30 - 80;
  const ds64 = riffChunk("ds64", u64le(5 * 2 ** 30 - 8), u64le(dataBytes), u64le(1), u32le(0));
  const begin = front("RF64", UNSET, ds64, fmt, riffHeader("data", UNSET));
  assertEquals((await wave.inspect(sparse(begin), 5 * 2 ** 30)).verdict, "final");
  assertEquals((await wave.inspect(sparse(begin), 5 * 2 ** 30 + 4)).verdict, "open");
  begin.set(u64le(dataBytes + 2 ** 32), 28);
  assertEquals((await wave.inspect(sparse(begin), 5 * 2 ** 30)).verdict, "open");
});

Deno.test("wave.inspect() names room for ds64 and the count of samples as patched", async () => {
  const fact = riffChunk("fact", u32le(0));
  const begin = front("RIFF", UNSET, room, fmt, fact, riffHeader("data", UNSET));
  assertEquals((await look(begin, media(9))).patched, [
    { start: 0, end: 8 },
    { start: 12, end: 48 },
    { start: 72, end: 84 },
    { start: 88, end: 92 },
  ]);
});

Deno.test("wave.inspect() of a header that is still coming says open", async () => {
  const begin = front("RIFF", UNSET, bext, fmt, riffHeader("data", UNSET));
  for (const bytes of [0, 4, 12, 30, 640, begin.length - 1]) {
    const seen = await look(begin.subarray(0, bytes));
    assertEquals([seen.verdict, seen.mediaStart], ["open", null], `${bytes} bytes`);
  }
});

Deno.test("wave.inspect() survives a file cut short since its size was taken", async () => {
  const bytes = whole([fmt], media(1000));
  for (const left of [0, 8, 20, 40]) {
    const { read } = readerOf(bytes.subarray(0, left), { sizeBytes: bytes.length });
    assertEquals((await wave.inspect(read, bytes.length)).verdict, "open");
  }
});

Deno.test("detect() knows WAV, RF64 and BW64", async () => {
  for (const name of ["RIFF", "RF64", "BW64"]) {
    const bytes = front(name, UNSET, fmt);
    assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "wave");
  }
});
