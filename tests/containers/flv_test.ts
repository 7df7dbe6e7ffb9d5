import { assert, assertEquals } from "@std/assert";
import type { Look } from "../../src/containers/container.ts";
import { flv, isFlv } from "../../src/containers/flv.ts";
import { join, media, readerOf, u32 } from "./bytes.ts";
import { flvHeader, metaData, numberProperty, tag } from "./flv_bytes.ts";

const video = tag(9, media(1000));
const audio = tag(8, media(90));

async function look(...parts: Uint8Array[]): Promise<Look> {
  const bytes = join(...parts);
  const { read, reads } = readerOf(bytes);
  const seen = await flv.inspect(read, bytes.length);
  assert(reads.totalBytes <= 66 * 1024, `read ${reads.totalBytes} bytes`);
  return seen;
}

/** Properties as ffmpeg writes them, the stated size among others. */
function properties(filesize: number, key = "filesize"): Uint8Array {
  return metaData(numberProperty("duration", 0), numberProperty(key, filesize));
}

const mediaAt = join(flvHeader, properties(0)).length;

/** A whole file that states `offBy` more than its size. */
function stating(key: string, offBy = 0): Uint8Array {
  const sizeBytes = join(flvHeader, properties(0, key), video, audio).length;
  return join(flvHeader, properties(sizeBytes + offBy, key), video, audio);
}

Deno.test("isFlv() knows version 1", () => {
  assert(isFlv(flvHeader) && !isFlv(flvHeader.subarray(0, 8)) && !isFlv(new Uint8Array(20)));
  assert(!isFlv(new TextEncoder().encode("FLV\x02.........")));
});

Deno.test("inspect() of a growing FLV says open and names the script as patched", async () => {
  const sizeBytes = join(flvHeader, properties(0), video, audio).length;
  assertEquals(await look(flvHeader, properties(0), video, audio), {
    verdict: "open",
    container: "flv",
    headBytes: mediaAt,
    mediaStart: mediaAt,
    frontierBytes: sizeBytes,
    patched: [{ start: 13, end: mediaAt }],
    settleMs: 250,
  });
});

Deno.test("inspect() says final when filesize is the file's size, and open to every other", async () => {
  assertEquals((await look(stating("filesize"))).verdict, "final");
  assertEquals((await look(stating("filesize", 1))).verdict, "open");
  assertEquals((await look(stating("filesize"), audio)).verdict, "open");
  for (const size of [NaN, Infinity, -1, 2 ** 63]) {
    assertEquals((await look(flvHeader, properties(size), video)).verdict, "open");
  }
});

Deno.test("inspect() trusts the fileSize of OBS when it fits, and takes 0 for no answer", async () => {
  assertEquals((await look(stating("fileSize"))).verdict, "final");
  assertEquals((await look(stating("fileSize", 7))).verdict, "undecidable");
  assertEquals((await look(flvHeader, properties(0, "fileSize"), video)).verdict, "undecidable");
});

Deno.test("inspect() says undecidable where no size is stated", async () => {
  const none = metaData(numberProperty("duration", 0), numberProperty("filesizes", 0));
  assertEquals((await look(flvHeader, none, video)).verdict, "undecidable");
  assertEquals((await look(flvHeader, video)).verdict, "undecidable");
  const text = join(new Uint8Array([0, 8]), new TextEncoder().encode("filesize\x02"), media(9));
  assertEquals((await look(flvHeader, metaData(text), video)).verdict, "undecidable");
});

Deno.test("inspect() sees the media move when an index of key frames comes in front", async () => {
  const index = numberProperty("hasKeyframes", 1);
  const open = await look(flvHeader, properties(0), video);
  const moved = metaData(numberProperty("duration", 0), numberProperty("filesize", 0), index);
  const final = await look(flvHeader, moved, video);
  assertEquals(final.mediaStart! - open.mediaStart!, index.length);
  assertEquals(final.headBytes - open.headBytes, index.length);
});

Deno.test("inspect() lets nothing go while the media moves for an index in front", async () => {
  const tags = join(video, audio, video);
  const seen = await look(flvHeader, properties(0), join(tags.subarray(0, 215), tags));
  assertEquals([seen.verdict, seen.mediaStart, seen.frontierBytes], ["open", mediaAt, mediaAt]);
});

Deno.test("inspect() holds the frontier where zeros follow the first tags", async () => {
  const zeros = new Uint8Array(5000);
  const seen = await look(flvHeader, properties(0), video, audio, zeros);
  assertEquals(seen.frontierBytes, mediaAt + video.length + audio.length);
  const inFront = await look(flvHeader, zeros);
  assertEquals([inFront.verdict, inFront.frontierBytes, inFront.headBytes], ["open", 13, 13]);
});

Deno.test("inspect() lets all of a final file go, whatever follows its first tags", async () => {
  for (const rest of [new Uint8Array(90), media(90)]) {
    const sizeBytes = mediaAt + video.length + 90;
    const seen = await look(flvHeader, properties(sizeBytes), video, rest);
    assertEquals([seen.verdict, seen.frontierBytes], ["final", sizeBytes]);
  }
});

Deno.test("inspect() knows a tag by its type and its stream, which is 0", async () => {
  const foreign = tag(9, media(10));
  foreign[10] = 1;
  assertEquals((await look(flvHeader, foreign)).mediaStart, null);
  assertEquals((await look(flvHeader, properties(0), video, foreign)).frontierBytes, mediaAt);
});

Deno.test("inspect() searches the first 64 KiB of the properties", async () => {
  const filler = join(new Uint8Array([0, 1, 0x78, 12]), u32(300_000), media(300_000));
  const size = numberProperty("filesize", 0);
  assertEquals((await look(flvHeader, metaData(size, filler), video)).verdict, "open");
  assertEquals((await look(flvHeader, metaData(filler, size), video)).verdict, "undecidable");
});

Deno.test("inspect() passes scripts in front of the media, and encrypted media is media", async () => {
  const second = tag(18, media(50));
  const seen = await look(flvHeader, properties(0), second, tag(9 | 0x20, media(10)));
  assertEquals(seen.mediaStart, mediaAt + second.length);
  const many = Array.from({ length: 40 }, () => second);
  const lost = await look(flvHeader, ...many, video);
  assertEquals([lost.mediaStart, lost.headBytes], [null, 13 + 32 * second.length]);
});

Deno.test("inspect() takes all there is for head while the front is being written", async () => {
  const file = join(flvHeader, properties(0));
  for (const sizeBytes of [0, 4, 9, 13, 20, 60, file.length - 1]) {
    const seen = await look(file.subarray(0, sizeBytes));
    assertEquals([seen.verdict, seen.mediaStart, seen.headBytes], ["open", null, sizeBytes]);
    assertEquals(seen.patched, []);
  }
});

Deno.test("inspect() lets foreign bytes go, and follows a data offset nowhere", async () => {
  const foreign = await look(flvHeader, media(500));
  assertEquals([foreign.headBytes, foreign.frontierBytes], [13, 513]);
  const far = join(flvHeader.subarray(0, 5), u32(0xffff_ffff), u32(0), video);
  assertEquals((await look(far)).mediaStart, null);
});

Deno.test("inspect() survives an FLV file cut short since its size was taken", async () => {
  const whole = stating("filesize");
  for (const leftBytes of [0, 4, 8, 13, 20, 40, mediaAt + 5]) {
    const { read } = readerOf(whole.subarray(0, leftBytes), { sizeBytes: whole.length });
    const seen = await flv.inspect(read, whole.length);
    assert(seen.verdict !== "final" || leftBytes >= mediaAt, `${leftBytes} bytes left`);
  }
});
