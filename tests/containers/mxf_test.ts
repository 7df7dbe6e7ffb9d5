import { assert, assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import { mxf } from "../../src/containers/mxf.ts";
import { join, media, readerOf } from "./bytes.ts";
import { essence, fill, metadata, mxfFile, pack, PACK_BYTES, randomIndex } from "./mxf_bytes.ts";

async function look(...parts: Uint8Array[]) {
  const bytes = join(...parts);
  const { read, reads } = readerOf(bytes);
  const seen = await mxf.inspect(read, bytes.length);
  assert(reads.totalBytes <= 256 * 1024, `read ${reads.totalBytes} bytes`);
  return seen;
}

/** Offset of the first essence in {@linkcode mxfFile}: header and body pack, both with their fill. */
const essenceStart = PACK_BYTES + 55 + 310 + PACK_BYTES + 35;

Deno.test("mxf.inspect() says open while the header partition is open, and names the head", async () => {
  const bytes = mxfFile({ status: 1, isEnded: false });
  assertEquals(await look(bytes), {
    verdict: "open",
    container: "mxf",
    // Up to the essence's length, which OPAtom gets at the stop.
    headBytes: essenceStart + 25,
    mediaStart: essenceStart,
    frontierBytes: bytes.length,
    patched: [{ start: 0, end: essenceStart + 25 }],
    settleMs: 2_000,
  });
});

Deno.test("mxf.inspect() says final of a closed header, its footer, and a random index at the end", async () => {
  for (const status of [2, 4]) {
    const seen = await look(mxfFile({ status }));
    assertEquals([seen.verdict, seen.mediaStart], ["final", essenceStart]);
  }
});

Deno.test("mxf.inspect() names FooterPartition of the body partitions that the random index lists", async () => {
  const seen = await look(mxfFile({ bodies: 3 }));
  const bodyBytes = PACK_BYTES + 35 + 525 + 725;
  const second = PACK_BYTES + 55 + 310 + bodyBytes;
  const field = { start: second + 41, end: second + 57 };
  assertEquals(seen.patched.slice(1, 3), [
    field,
    { start: field.start + bodyBytes, end: field.end + bodyBytes },
  ]);
});

Deno.test("mxf.inspect() cannot tell when a header stays open with a footer behind", async () => {
  for (const status of [1, 3]) {
    assertEquals((await look(mxfFile({ status }))).verdict, "undecidable");
  }
});

Deno.test("mxf.inspect() says open of a closed header until its footer is there", async () => {
  const bytes = mxfFile();
  const footer = bytes.length - (25 + 52) - 125 - PACK_BYTES;
  assertEquals((await look(bytes.subarray(0, footer))).verdict, "open");
  assertEquals((await look(bytes.subarray(0, footer + 20))).verdict, "open");
  assertEquals((await look(bytes.subarray(0, footer + PACK_BYTES + 9))).verdict, "undecidable");
  assertEquals((await look(bytes.subarray(0, -1))).verdict, "undecidable");
  assertEquals((await look(bytes, media(4))).verdict, "undecidable");
});

Deno.test("mxf.inspect() cannot tell where the header knows no footer, or another one", async () => {
  assertEquals((await look(mxfFile({ footerOffset: 0 }))).verdict, "undecidable");
  assertEquals((await look(mxfFile({ isEnded: false }))).verdict, "undecidable");
  assertEquals((await look(mxfFile({ footerOffset: 2n ** 64n - 1n }))).verdict, "undecidable");
  const bytes = mxfFile();
  const unlisted = bytes.length - 4 - 12;
  bytes.fill(0, unlisted + 4, unlisted + 12);
  assertEquals((await look(bytes)).verdict, "undecidable");
});

Deno.test("mxf.inspect() wants a footer partition where header and random index say it is", async () => {
  const body = PACK_BYTES + 55 + 310;
  const bytes = mxfFile({ footerOffset: body });
  const shortened = join(bytes.subarray(0, bytes.length - 25 - 52), randomIndex([0, body]));
  assertEquals((await look(shortened)).verdict, "open");
});

Deno.test("mxf.inspect() trusts no random index whose key and end disagree", async () => {
  const bytes = mxfFile();
  const index = bytes.length - 25 - 52;
  for (const length of [0, 51, 53, 255]) {
    bytes[index + 24] = length;
    assertEquals((await look(bytes)).verdict, "undecidable", `${length}`);
  }
});

Deno.test("mxf.inspect() trusts no random index of another length", async () => {
  const bytes = mxfFile();
  const body = bytes.subarray(0, bytes.length - 25 - 52);
  for (const stated of [0, 4, 76, 78, 0xffff_ffff]) {
    const seen = await look(body, randomIndex([0, 1, 2, 3], stated));
    assertEquals(seen.verdict, "undecidable", `stated ${stated}`);
  }
  assertEquals((await look(body, randomIndex([]))).verdict, "undecidable");
});

Deno.test("mxf.inspect() steps over a run-in, from whose end all offsets count", async () => {
  for (const runInBytes of [1, 500, 65_535, 65_536]) {
    const seen = await look(mxfFile({ runInBytes }));
    assertEquals([seen.verdict, seen.mediaStart], ["final", runInBytes + essenceStart]);
  }
  const tooLong = await look(mxfFile({ runInBytes: 65_537 }));
  assertEquals([tooLong.verdict, tooLong.mediaStart], ["open", null]);
});

Deno.test("mxf.inspect() finds essence in the header partition, and behind sets not counted", async () => {
  const inHeader = [pack({ kind: "header", status: 1, headerBytes: 100 }), fill(75), essence(50)];
  assertEquals((await look(...inHeader)).mediaStart, null);
  const counted = [
    pack({ kind: "header", status: 1, headerBytes: 100 }),
    metadata(75),
    essence(50),
  ];
  assertEquals((await look(...counted)).mediaStart, PACK_BYTES + 100);
  const uncounted = [pack({ kind: "header", status: 1 }), metadata(75), fill(9), essence(50, 0)];
  const seen = await look(...uncounted);
  assertEquals([seen.verdict, seen.mediaStart], ["open", PACK_BYTES + 134]);
});

Deno.test("mxf.inspect() keeps 64 KiB back where essence is not in sight", async () => {
  const absurd = [2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
  for (const headerBytes of absurd) {
    const seen = await look(pack({ kind: "header", status: 1, headerBytes }), media(100_000));
    assertEquals([seen.verdict, seen.mediaStart, seen.headBytes], ["open", null, 65_536]);
  }
  const sets = Array.from({ length: 1000 }, () => metadata(200));
  const seen = await look(pack({ kind: "header", status: 1 }), ...sets, essence(90));
  assertEquals([seen.verdict, seen.mediaStart], ["open", null]);
});

Deno.test("mxf.inspect() reads no more of a random index than it may", async () => {
  const bytes = mxfFile({ bodies: 1 });
  const footer = bytes.length - (25 + 40) - 125 - PACK_BYTES;
  const offsets = Array.from({ length: 100_000 }, (_, index) => index);
  const seen = await look(bytes.subarray(0, bytes.length - 65), randomIndex([...offsets, footer]));
  assertEquals(seen.verdict, "final");
});

Deno.test("mxf.inspect() survives a file cut short since its size was taken", async () => {
  const bytes = mxfFile();
  for (const left of [0, 10, 60, PACK_BYTES, 400, 700]) {
    const { read } = readerOf(bytes.subarray(0, left), { sizeBytes: bytes.length });
    assertEquals((await mxf.inspect(read, bytes.length)).verdict, "open", `${left} bytes left`);
  }
});

Deno.test("detect() knows MXF by a partition pack, whatever the registry's version", async () => {
  const versions = [
    mxfFile(),
    mxfFile({ runInBytes: 900 }),
    pack({ kind: "header", status: 1, version: "0a" }),
  ];
  for (const bytes of versions) {
    assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "mxf");
  }
  assertEquals((await detect(readerOf(essence(50)).read, 75)).name, "unknown");
});
