import { assert, assertEquals } from "@std/assert";
import type { Look } from "../../src/containers/container.ts";
import { isobmff } from "../../src/containers/isobmff.ts";
import { createWalkMemory } from "../../src/containers/walk_memory.ts";
import { box, header, join, longHeader, media, readerOf, u32 } from "./bytes.ts";

const ftypMov = box("ftyp", media(12)); // [0,20) as ffmpeg's mov
const ftypMp4 = box("ftyp", media(24)); // [0,32) as ffmpeg's mp4
const plainMoov = box("moov", box("mvhd", media(100)), box("trak", media(300)));
const fragmentedMoov = box("moov", box("mvhd", media(100)), box("mvex", box("trex", media(24))));
const fragment = join(box("moof", box("mfhd", media(8))), box("mdat", media(500)));

/** `mfra` with its `mfro`, which repeats the length of the whole. */
function mfra(statedBytes?: number): Uint8Array {
  const index = box("tfra", media(40));
  const sizeBytes = 8 + index.length + 16;
  return box("mfra", index, box("mfro", u32(0), u32(statedBytes ?? sizeBytes)));
}

async function look(...parts: Uint8Array[]): Promise<Look> {
  const bytes = join(...parts);
  const { read, reads } = readerOf(bytes);
  const seen = await isobmff.inspect(read, bytes.length);
  assert(reads.totalBytes <= 256 * 1024, `read ${reads.totalBytes} bytes`);
  return seen;
}

Deno.test("inspect() of a growing MOV says open and names the 16 bytes patched at the stop", async () => {
  assertEquals(await look(ftypMov, box("wide"), header("mdat", 0), media(1000)), {
    verdict: "open",
    container: "isobmff",
    headBytes: 44,
    mediaStart: 36,
    frontierBytes: 1036,
    patched: [{ start: 20, end: 36 }],
    settleMs: 250,
  });
});

Deno.test("inspect() of a growing MP4 counts the free box in front of mdat as room", async () => {
  const seen = await look(ftypMp4, box("free"), header("mdat", 0), media(1000));
  assertEquals(seen.patched, [{ start: 32, end: 48 }]);
  assertEquals([seen.headBytes, seen.mediaStart], [56, 48]);
});

Deno.test("inspect() says final when boxes tile and moov and mdat are there", async () => {
  const seen = await look(ftypMov, box("wide"), box("mdat", media(1000)), plainMoov);
  assertEquals([seen.verdict, seen.settleMs], ["final", 250]);
  assertEquals([seen.mediaStart, seen.patched], [36, []]);
  assertEquals(seen.frontierBytes, 1036 + plainMoov.length);
});

Deno.test("inspect() says final of a faststart file, with its moved media start", async () => {
  const seen = await look(ftypMp4, plainMoov, box("free"), box("mdat", media(1000)));
  assertEquals([seen.verdict, seen.mediaStart], ["final", 48 + plainMoov.length]);
});

Deno.test("inspect() keeps the media start when a 64-bit size takes the wide box", async () => {
  const seen = await look(ftypMov, longHeader("mdat", 0, 16 + 1000), media(1000), plainMoov);
  assertEquals([seen.verdict, seen.mediaStart], ["final", 36]);
});

Deno.test("inspect() says open to a 64-bit placeholder and patches all of its header", async () => {
  const seen = await look(ftypMov, longHeader("mdat", 0, 0), media(100));
  assertEquals([seen.verdict, seen.mediaStart], ["open", 36]);
  assertEquals(seen.patched, [{ start: 20, end: 36 }]);
});

Deno.test("inspect() says open to sizes no file can have", async () => {
  for (const [high, low] of [[0x80000000, 0], [0xffffffff, 0xffffffff], [0x00200000, 0]] as const) {
    const seen = await look(ftypMov, longHeader("mdat", high, low), media(100), plainMoov);
    assertEquals([seen.verdict, seen.mediaStart], ["open", 36]);
  }
  const tooShort = [longHeader("free", 0, 12), new TextEncoder().encode("free"), media(4)];
  assertEquals((await look(ftypMov, ...tooShort, box("mdat"), plainMoov)).verdict, "open");
  assertEquals((await look(ftypMov, header("mdat", 7), media(100))).verdict, "open");
});

Deno.test("inspect() says open when mdat is patched and moov has not come", async () => {
  const seen = await look(ftypMov, box("wide"), box("mdat", media(1000)));
  assertEquals(seen.verdict, "open");
});

Deno.test("inspect() holds the frontier before a moov that is being written", async () => {
  const front = [ftypMov, box("wide"), box("mdat", media(1000))];
  const beginnings = [
    plainMoov.subarray(0, 200),
    join(header("moov", 0), media(50)),
    new Uint8Array(64), // allocated in advance
  ];
  for (const beginning of beginnings) {
    const seen = await look(...front, beginning);
    assertEquals([seen.verdict, seen.frontierBytes], ["open", 1036]);
  }
});

Deno.test("inspect() says open at a border of fragments while their duration is not in", async () => {
  const mehd = (version: number, duration: number[]) =>
    box("mehd", new Uint8Array([version, 0, 0, 0, ...duration]));
  const moov = (first: Uint8Array) =>
    box("moov", box("mvhd", media(100)), box("mvex", first, box("trex", media(24))));
  const verdict = async (first: Uint8Array) =>
    (await look(ftypMov, moov(first), box("moof", media(50)), box("mdat", media(500)))).verdict;
  assertEquals(await verdict(mehd(0, [0, 0, 0, 0])), "open");
  assertEquals(await verdict(mehd(0, [0, 0, 0x27, 0x1b])), "undecidable");
  assertEquals(await verdict(mehd(1, [0, 0, 0, 0, 0, 0, 0, 0])), "open");
  assertEquals(await verdict(mehd(1, [0, 0, 0, 0, 0, 0, 0, 1])), "undecidable");
  assertEquals(await verdict(box("free", media(12))), "undecidable");
});

Deno.test("inspect() leaves Smooth Streaming to silence, whose duration is never in", async () => {
  const untimed = box("mvex", box("mehd", new Uint8Array(12)), box("trex", media(24)));
  const moov = box("moov", box("mvhd", media(100)), untimed);
  const text = (words: string) => new TextEncoder().encode(words);
  for (const brand of ["isml", "piff", "iso6"]) {
    const ftyp = box("ftyp", text(brand), u32(0), text("iso2"));
    const seen = await look(ftyp, moov, fragment, fragment);
    assertEquals(seen.verdict, brand === "iso6" ? "open" : "undecidable", brand);
    assertEquals((await look(ftyp, moov, fragment, fragment.subarray(0, 90))).verdict, "open");
  }
});

Deno.test("inspect() with a memory finds the open mdat behind any number of boxes", async () => {
  const memory = createWalkMemory();
  const begin = join(ftypMp4, box("free"), box("free"), fragmentedMoov);
  const file = new Uint8Array(begin.length + 3000 * fragment.length + 2000);
  file.set(begin);
  let heldAt = begin.length;
  for (let fragments = 0; fragments < 3000; fragments += 100) {
    for (let i = 0; i < 100; i++, heldAt += fragment.length) file.set(fragment, heldAt);
    const moof = fragment.subarray(0, 24);
    file.set(join(moof, box("free"), header("mdat", 0), media(700)), heldAt);
    const sizeBytes = heldAt + 24 + 8 + 8 + 700;
    const { read, reads } = readerOf(file.subarray(0, sizeBytes));
    const seen = await isobmff.inspect(read, sizeBytes, memory);
    assertEquals([seen.verdict, seen.frontierBytes], ["open", heldAt + 24]);
    assertEquals(seen.patched[1], { start: heldAt + 24, end: heldAt + 40 });
    assert(reads.totalBytes <= 256 * 1024, `read ${reads.totalBytes} bytes`);
  }
  const whole = file.subarray(0, heldAt);
  const { read } = readerOf(whole);
  assertEquals((await isobmff.inspect(read, heldAt, memory)).verdict, "undecidable");
});

Deno.test("inspect() catches up with a file that was long when it was first looked at", async () => {
  const memory = createWalkMemory();
  const fragments = Array.from({ length: 1000 }, () => fragment);
  const file = join(ftypMp4, fragmentedMoov, ...fragments, header("mdat", 0), media(700));
  const { read } = readerOf(file);
  const frontiers = [];
  for (let looks = 0; looks < 4; looks++) {
    frontiers.push((await isobmff.inspect(read, file.length, memory)).frontierBytes);
  }
  const exact = file.length - 708;
  assertEquals(frontiers, [file.length, file.length, exact, exact]);
});

Deno.test("inspect() holds all media between their size and the index, wherever that will be", async () => {
  const front = [ftypMov, box("wide"), box("mdat", media(1000))];
  for (const behind of [[], [plainMoov.subarray(0, 5)], [media(300)]]) { // faststart moves them up
    const seen = await look(...front, ...behind);
    assertEquals([seen.verdict, seen.frontierBytes], ["open", 28]);
  }
});

Deno.test("inspect() goes on sending when a second mdat of a plain file grows", async () => {
  const seen = await look(ftypMov, box("mdat", media(1000)), header("mdat", 0), media(100));
  assertEquals([seen.verdict, seen.frontierBytes], ["open", 20 + 1008 + 108]);
});

Deno.test("inspect() says open while moov in front waits for its media", async () => {
  assertEquals((await look(ftypMp4, plainMoov)).verdict, "open");
  const seen = await look(ftypMp4, plainMoov, header("mdat", 0), media(10));
  assertEquals([seen.verdict, seen.headBytes], ["open", 32 + plainMoov.length + 16]);
});

Deno.test("inspect() takes all there is for head while moov in front is being written", async () => {
  const seen = await look(ftypMp4, plainMoov.subarray(0, 100));
  assertEquals([seen.headBytes, seen.mediaStart], [132, null]);
});

Deno.test("inspect() looks through the hole that -moov_size leaves in front of mdat", async () => {
  const hole = new Uint8Array(100_000);
  const seen = await look(ftypMp4, hole, box("free"), header("mdat", 0), media(1000));
  assertEquals(seen.verdict, "open");
  assertEquals([seen.headBytes, seen.mediaStart], [100_056, 100_048]);
  assertEquals(seen.patched, [{ start: 32, end: 100_048 }]);
});

Deno.test("inspect() finds an mdat placeholder right behind a hole", async () => {
  const seen = await look(ftypMp4, new Uint8Array(1000), header("mdat", 0), media(1000));
  assertEquals([seen.verdict, seen.mediaStart], ["open", 1040]);
});

Deno.test("inspect() looks through one hole a look, and through none behind the media", async () => {
  const first = [ftypMp4, new Uint8Array(1000), box("free")];
  assertEquals((await look(...first, new Uint8Array(600_000))).verdict, "open");
  const behind = [ftypMp4, box("mdat", media(100)), new Uint8Array(64), box("free"), plainMoov];
  assertEquals((await look(...behind)).verdict, "open");
});

Deno.test("inspect() lets the rest go when a hole is too long to look through", async () => {
  const seen = await look(ftypMp4, new Uint8Array(400_000), header("mdat", 0), media(1000));
  assertEquals([seen.verdict, seen.mediaStart], ["open", null]);
  assertEquals([seen.headBytes, seen.frontierBytes], [32 + 224 * 1024, 401_040]);
});

Deno.test("inspect() of a fragmented file says undecidable at a border, open between", async () => {
  const atBorder = await look(ftypMp4, fragmentedMoov, fragment, fragment);
  assertEquals([atBorder.verdict, atBorder.settleMs], ["undecidable", 2_000]);
  assertEquals(atBorder.mediaStart, 32 + fragmentedMoov.length);
  assertEquals(atBorder.headBytes, atBorder.mediaStart);
  assertEquals(atBorder.patched, [{ start: 32, end: 32 + fragmentedMoov.length }]);
  const between = await look(ftypMp4, fragmentedMoov, fragment, fragment.subarray(0, 300));
  assertEquals(between.verdict, "open");
  assertEquals(between.frontierBytes, 32 + fragmentedMoov.length + fragment.length + 300);
});

Deno.test("inspect() of a fragmented file says final when its mfra closes it", async () => {
  const seen = await look(ftypMp4, fragmentedMoov, fragment, mfra());
  assertEquals([seen.verdict, seen.settleMs], ["final", 2_000]);
});

Deno.test("inspect() trusts no mfra whose stated length is another", async () => {
  const sizes = [0, 16, mfra().length - 1, mfra().length + 1, 0xffffffff];
  for (const stated of sizes) {
    const seen = await look(ftypMp4, fragmentedMoov, fragment, mfra(stated));
    assertEquals(seen.verdict, "undecidable", `stated ${stated}`);
  }
});

Deno.test("inspect() says open while mfra is half written", async () => {
  const seen = await look(ftypMp4, fragmentedMoov, fragment, mfra().subarray(0, 40));
  assertEquals(seen.verdict, "open");
});

Deno.test("inspect() of segments without a moov never says final", async () => {
  assertEquals((await look(box("styp", media(8)), fragment)).verdict, "undecidable");
});

Deno.test("inspect() decides 10,000 fragments from head and tail", async () => {
  const fragments = Array.from({ length: 10_000 }, () => fragment);
  const open = await look(ftypMp4, fragmentedMoov, ...fragments);
  assertEquals([open.verdict, open.patched.length], ["undecidable", 1]);
  const closed = await look(ftypMp4, fragmentedMoov, ...fragments, mfra());
  assertEquals([closed.verdict, closed.mediaStart], ["final", 32 + fragmentedMoov.length]);
  const lying = mfra();
  lying[3]! -= 1;
  const torn = await look(ftypMp4, fragmentedMoov, ...fragments, lying);
  assertEquals(torn.verdict, "undecidable");
});

Deno.test("inspect() says undecidable of a plain file with more boxes than a look may read", async () => {
  const boxes = Array.from({ length: 600 }, () => box("mdat", media(8)));
  assertEquals((await look(ftypMov, ...boxes, plainMoov)).verdict, "undecidable");
});

Deno.test("inspect() holds the frontier at a fragment whose mdat size is still to come", async () => {
  const front = [ftypMp4, box("mdat", media(1000)), fragmentedMoov];
  for (const between of [new Uint8Array(0), join(fragment, box("moof"))]) {
    const heldAt = join(...front, between).length;
    const seen = await look(...front, between, box("free"), header("mdat", 0), media(5000));
    assertEquals([seen.verdict, seen.frontierBytes], ["open", heldAt]);
    assertEquals(seen.patched[1], { start: heldAt, end: heldAt + 16 });
  }
});

Deno.test("inspect() of a hybrid file never says final before mdat covers the fragments", async () => {
  const inside = [ftypMp4, fragmentedMoov, fragment, fragment];
  const recording = await look(ftypMp4, box("free"), box("free"), ...inside);
  assertEquals(recording.verdict, "undecidable");
  const indexed = await look(ftypMp4, box("free"), box("free"), ...inside, plainMoov);
  assertEquals(indexed.verdict, "undecidable");
  const final = await look(ftypMp4, box("free"), box("mdat", ...inside), plainMoov);
  assertEquals([final.verdict, final.patched], ["final", []]);
});

Deno.test("inspect() of a hybrid file keeps its media start from open to final", async () => {
  const mdatFirst = [ftypMp4, fragmentedMoov, box("mdat", media(90)), fragment];
  for (
    const inside of [[ftypMp4, fragmentedMoov, fragment], [fragmentedMoov, fragment], mdatFirst]
  ) {
    const open = await look(ftypMp4, box("free"), box("free"), ...inside);
    const final = await look(ftypMp4, box("free"), box("mdat", ...inside), plainMoov);
    assertEquals(final.verdict, "final");
    assertEquals(final.mediaStart, open.mediaStart);
  }
});

Deno.test("inspect() looks for the front of a hybrid inside its mdat only", async () => {
  const seen = await look(ftypMov, box("mdat"), plainMoov, box("mdat", media(100)));
  assertEquals(seen.mediaStart, 28);
});

Deno.test("inspect() survives a file cut short since its size was taken", async () => {
  const whole = join(ftypMov, box("wide"), box("mdat", media(1000)), plainMoov);
  for (const leftBytes of [0, 4, 20, 30, 500, 1036, 1040]) {
    const { read } = readerOf(whole.subarray(0, leftBytes), { sizeBytes: whole.length });
    const seen = await isobmff.inspect(read, whole.length);
    assertEquals(seen.verdict, "open", `${leftBytes} bytes left`);
  }
});

Deno.test("inspect() reads on where the system gives less than asked", async () => {
  const whole = join(ftypMov, box("wide"), box("mdat", media(1000)), plainMoov);
  const { read } = readerOf(whole, { mostBytesARead: 3 });
  assertEquals((await isobmff.inspect(read, whole.length)).verdict, "final");
});

Deno.test("inspect() of a few bytes says open", async () => {
  for (let sizeBytes = 0; sizeBytes < 20; sizeBytes++) {
    assertEquals((await look(ftypMov.subarray(0, sizeBytes))).verdict, "open");
  }
});
