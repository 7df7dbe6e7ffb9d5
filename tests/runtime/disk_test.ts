import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import { systemDisk } from "../../src/runtime/disk.ts";
import { noise } from "../support/bytes.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** Opens a file that is there. */
async function opened(path: string) {
  const source = await systemDisk.open(path);
  assert(source !== null);
  return Object.assign(source, { [Symbol.asyncDispose]: () => source.close() });
}

/** The facts of a file that is there. */
async function factsOf(path: string) {
  const facts = await systemDisk.stat(path);
  assert(facts !== null);
  return facts;
}

Deno.test("disk says the same of a name and of the handle behind it", async () => {
  await using folder = await tempFolder();
  await Deno.writeFile(folder.at("a.mov"), noise(12_345));
  await Deno.utime(folder.at("a.mov"), 1_700_000_000.7894, 1_700_000_000.7894);
  await using source = await opened(folder.at("a.mov"));
  const facts = await source.stat();
  assertEquals(facts, await factsOf(folder.at("a.mov")));
  assertEquals([facts.sizeBytes, facts.linkCount, facts.kind], [12_345, 1, "file"]);
  assertEquals(facts.modifiedMs, 1_700_000_000_789);
});

for (const place of ["/dev/shm", "/tmp", Deno.cwd()]) {
  const isThere = await Deno.stat(place).then(({ isDirectory }) => isDirectory, () => false);
  Deno.test({
    name: `disk agrees on the identity of a file in ${place}`,
    ignore: !isThere,
    async fn() {
      const path = await Deno.makeTempFile({ dir: place, prefix: ".reeltime-test-" });
      try {
        await using source = await opened(path);
        assertEquals((await source.stat()).fileId, (await factsOf(path)).fileId);
        assertEquals((await source.stat()).bornMs, (await factsOf(path)).bornMs);
      } finally {
        await Deno.remove(path);
      }
    },
  });
}

Deno.test("disk tells a file from the one that takes its name, and keeps the first by its handle", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "first");
  await using source = await opened(folder.at("a.mov"));
  const { fileId } = await source.stat();
  await Deno.writeTextFile(folder.at("other"), "second one");
  await Deno.rename(folder.at("other"), folder.at("a.mov"));
  assertNotEquals((await factsOf(folder.at("a.mov"))).fileId, fileId);
  const held = await source.stat();
  assertEquals([held.fileId, held.linkCount, held.sizeBytes], [fileId, 0, 5]);
});

Deno.test("disk keeps a file's identity while it grows, is renamed, and is written over", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "x");
  const { fileId } = await factsOf(folder.at("a.mov"));
  await Deno.writeTextFile(folder.at("a.mov"), "yy", { append: true });
  await Deno.rename(folder.at("a.mov"), folder.at("b.mov"));
  await Deno.writeTextFile(folder.at("b.mov"), "from the beginning");
  assertEquals((await factsOf(folder.at("b.mov"))).fileId, fileId);
});

Deno.test("disk counts names: none is left once the file is deleted", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "x");
  await using source = await opened(folder.at("a.mov"));
  await Deno.link(folder.at("a.mov"), folder.at("b.mov"));
  assertEquals((await source.stat()).linkCount, 2);
  await Deno.remove(folder.at("a.mov"));
  assertEquals((await source.stat()).linkCount, 1);
  await Deno.remove(folder.at("b.mov"));
  assertEquals((await source.stat()).linkCount, 0);
  const into = new Uint8Array(1);
  assertEquals([await source.read(0, into), into[0]], [1, "x".charCodeAt(0)]);
});

Deno.test("disk has nothing where nothing is, also below a file", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "x");
  for (const path of [folder.at("b.mov"), folder.at("no", "such.mov"), folder.at("a.mov", "b")]) {
    assertEquals([await systemDisk.stat(path), await systemDisk.open(path)], [null, null]);
  }
});

Deno.test("disk tells folders and other things from files", async () => {
  await using folder = await tempFolder();
  assertEquals((await factsOf(folder.path)).kind, "folder");
  if (Deno.build.os !== "windows") assertEquals((await factsOf("/dev/null")).kind, "other");
});

Deno.test("disk reads at any position, whole or up to the end", async () => {
  await using folder = await tempFolder();
  const bytes = noise(1_000_000);
  await Deno.writeFile(folder.at("a.mov"), bytes);
  await using source = await opened(folder.at("a.mov"));
  const cases = [[0, 10, 10], [999_990, 100, 10], [1_000_000, 5, 0], [2_000_000, 5, 0], [5, 0, 0]];
  for (const [start, wanted, got] of cases as [number, number, number][]) {
    const into = new Uint8Array(wanted);
    assertEquals(await source.read(start, into), got);
    assertEquals(into.subarray(0, got), bytes.subarray(start, start + got));
  }
});

Deno.test("disk reads many places of one file at once, each its own", async () => {
  await using folder = await tempFolder();
  const bytes = noise(4_000_000);
  await Deno.writeFile(folder.at("a.mov"), bytes);
  await using source = await opened(folder.at("a.mov"));
  const reads = Array.from({ length: 200 }, async (_, i) => {
    const into = new Uint8Array(20_000);
    await source.read(i * 19_000, into);
    return into.every((byte, at) => byte === bytes[i * 19_000 + at]);
  });
  assertEquals((await Promise.all(reads)).every(Boolean), true);
});

Deno.test("disk opens the same file anew behind a source whose handle is dead", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "abc");
  await using source = await opened(folder.at("a.mov"));
  await source.close(); // a drive that was away leaves such a handle
  await assertRejects(() => source.stat(), Unavailable);
  await source.renew();
  assertEquals((await source.stat()).sizeBytes, 3);
  const into = new Uint8Array(3);
  assertEquals([await source.read(0, into), new TextDecoder().decode(into)], [3, "abc"]);
});

Deno.test("disk keeps the handle of a recording that is deleted, or whose name is another's", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "first");
  await using source = await opened(folder.at("a.mov"));
  const { fileId } = await source.stat();
  const isHeld = async () => {
    await source.renew();
    const facts = await source.stat();
    assertEquals([facts.fileId, facts.linkCount, facts.sizeBytes], [fileId, 0, 5]);
  };
  await Deno.writeTextFile(folder.at("other"), "second one");
  await Deno.rename(folder.at("other"), folder.at("a.mov"));
  await isHeld();
  await Deno.remove(folder.at("a.mov"));
  await isHeld();
});

Deno.test("disk leaves nothing open behind a source that was opened anew", async () => {
  await using folder = await tempFolder();
  await Deno.writeFile(folder.at("a.mov"), noise(2_000_000));
  const source = (await systemDisk.open(folder.at("a.mov")))!;
  const openCount = async () => {
    let count = 0;
    for await (const { name } of Deno.readDir("/proc/self/fd")) {
      const leadsTo = await Deno.readLink(`/proc/self/fd/${name}`).catch(() => "");
      if (leadsTo === await Deno.realPath(folder.at("a.mov"))) count++;
    }
    return count;
  };
  const reads = Array.from(
    { length: 20 },
    (_, i) => source.read(i * 100_000, new Uint8Array(100_000)),
  );
  for (let i = 0; i < 5; i++) await source.renew();
  assertEquals(await Promise.all(reads), reads.map(() => 100_000), "those under way go on");
  await source.stat();
  if (Deno.build.os === "linux") assertEquals(await openCount(), 1);
  await source.close();
  if (Deno.build.os === "linux") assertEquals(await openCount(), 0);
});

Deno.test("disk that does not answer any more is an outage, not an end of the take", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a.mov"), "x");
  const source = (await systemDisk.open(folder.at("a.mov")))!;
  await source.close();
  for (const ask of [() => source.stat(), () => source.read(0, new Uint8Array(1))]) {
    const error = await assertRejects(ask, Unavailable, folder.at("a.mov"));
    assertEquals(error.outage, "disk");
  }
});
