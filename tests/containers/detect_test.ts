import { assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import { unknown } from "../../src/containers/unknown.ts";
import { box, header, join, longHeader, media, readerOf } from "./bytes.ts";
import { ebml, segment } from "./ebml_bytes.ts";
import { flvHeader } from "./flv_bytes.ts";
import { FIRST, page } from "./ogg_bytes.ts";

async function nameOf(bytes: Uint8Array): Promise<string> {
  return (await detect(readerOf(bytes).read, bytes.length)).name;
}

Deno.test("detect() knows MOV and MP4 by their first box", async () => {
  for (const type of ["ftyp", "styp", "wide", "moov", "free", "skip", "pnot", "mdat", "moof"]) {
    assertEquals(await nameOf(box(type, media(12))), "isobmff", type);
  }
  assertEquals(await nameOf(header("wide", 8)), "isobmff");
});

Deno.test("detect() takes a placeholder or a 64-bit size for mdat alone", async () => {
  assertEquals(await nameOf(header("mdat", 0)), "isobmff");
  assertEquals(await nameOf(longHeader("mdat", 0x7fffffff, 0xffffffff)), "isobmff");
  assertEquals(await nameOf(header("moov", 0)), "unknown");
  assertEquals(await nameOf(longHeader("free", 1, 0)), "unknown");
});

Deno.test("detect() knows Matroska, WebM, FLV, Ogg and MPEG streams by what they begin with", async () => {
  const packets = (packetBytes: number, prefixBytes: number) =>
    join(...Array.from({ length: 6 }, () => {
      const packet = media(packetBytes);
      packet[prefixBytes] = 0x47;
      return packet;
    }));
  const files: [name: string, bytes: Uint8Array][] = [
    ["matroska", join(ebml("matroska"), segment())],
    ["matroska", join(ebml("webm"), segment())],
    ["flv", flvHeader],
    ["ogg", page(1, FIRST)],
    ["mpegts", packets(188, 0)],
    ["mpegts", packets(192, 4)],
    ["mpegps", join(new Uint8Array([0, 0, 1, 0xba, 0x44]), media(40))],
    ["unknown", join(ebml("other"), segment())],
    ["unknown", packets(204, 0)],
  ];
  for (const [name, bytes] of files) assertEquals(await nameOf(bytes), name);
});

Deno.test("detect() says unknown to short, empty, zeroed and foreign bytes", async () => {
  assertEquals(await nameOf(new Uint8Array(0)), "unknown");
  assertEquals(await nameOf(box("ftyp").subarray(0, 7)), "unknown");
  assertEquals(await nameOf(new Uint8Array(4096)), "unknown");
  assertEquals(await nameOf(media(4096)), "unknown");
  assertEquals(await nameOf(new TextEncoder().encode("carefree words, a text file")), "unknown");
  assertEquals(await nameOf(header("ftyp", 7)), "unknown");
});

Deno.test("detect() survives a file that shrank since its size was taken", async () => {
  const { read } = readerOf(new Uint8Array(3), { sizeBytes: 1000 });
  assertEquals((await detect(read, 1000)).name, "unknown");
});

Deno.test("unknown.inspect() lets everything go and decides nothing, without a read", async () => {
  const { read, reads } = readerOf(media(100));
  assertEquals(await unknown.inspect(read, 100), {
    verdict: "undecidable",
    container: "unknown",
    headBytes: 0,
    mediaStart: null,
    frontierBytes: 100,
    patched: [],
    settleMs: 2_000,
  });
  assertEquals(reads.calls, 0);
});
