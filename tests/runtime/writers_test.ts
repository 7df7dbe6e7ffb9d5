import { assert, assertEquals } from "@std/assert";
import { systemClock } from "../../src/runtime/clock.ts";
import { fileId } from "../../src/runtime/file_id.ts";
import { createWriters, systemWriters, type Writers } from "../../src/runtime/writers.ts";
import { spawnScript } from "../support/script.ts";
import { type TempFolder, tempFolder } from "../support/temp_folder.ts";

const onLinux = Deno.build.os === "linux";

/**
 * What is said when nobody writes: "none" only where all of the machine is seen, which is outside of any
 * container and as root.
 */
const seesAll = onLinux && Deno.uid() === 0 &&
  await Deno.readLink("/proc/self/ns/pid").catch(() => "") === "pid:[4026531836]";
const NOBODY: Writers = seesAll ? "none" : "unknown";

async function writersOf(path: string): Promise<Writers> {
  const stat = await Deno.stat(path);
  return await systemWriters(path, fileId(stat.ino, stat.birthtime?.getTime()));
}

/** A file to be written to, named `a.mov`. */
async function someFile(folder: TempFolder): Promise<string> {
  await Deno.writeTextFile(folder.at("a.mov"), "x");
  return folder.at("a.mov");
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `${name} (here: ${seesAll ? "all" : "not all"} seen)`, ignore: !onLinux, fn });
}

test("systemWriters() finds this process while it has the file open for writing", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  assertEquals(await writersOf(path), NOBODY);
  for (const options of [{ write: true }, { read: true, write: true }, { append: true }]) {
    const file = await Deno.open(path, options);
    assertEquals(await writersOf(path), "some", JSON.stringify(options));
    file.close();
    assertEquals(await writersOf(path), NOBODY);
  }
});

test("systemWriters() finds a writer of a file that was renamed, or has another name", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  using _file = await Deno.open(path, { write: true });
  await Deno.rename(path, folder.at("b.mov"));
  assertEquals(await writersOf(folder.at("b.mov")), "some");
  await Deno.link(folder.at("b.mov"), folder.at("c.mov"));
  assertEquals(await writersOf(folder.at("c.mov")), "some");
});

test("systemWriters() finds a writer of a file that was deleted", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  using file = await Deno.open(path, { write: true });
  const { ino, birthtime } = await file.stat();
  await Deno.remove(path);
  assertEquals(await systemWriters(path, fileId(ino, birthtime?.getTime())), "some");
});

/** A look at files that may hang: what is asked of it, and until when it does not answer. */
function hangingStat(hangs: (target: string) => boolean) {
  const { promise: woken, resolve: wake } = Promise.withResolvers<void>();
  const { promise: reached, resolve: reach } = Promise.withResolvers<void>();
  const asked: string[] = [];
  return {
    asked,
    /** Resolves when the first look hangs. */
    reached,
    wake,
    async stat(at: string) {
      const target = await Deno.readLink(at);
      asked.push(target);
      if (hangs(target)) {
        reach();
        await woken;
      }
      return await Deno.stat(at);
    },
  };
}

/** Longer than any of these tests. */
const NEVER_LATE_MS = 60_000;

test("writers are late where a file of somebody's hangs, and nobody else begins to look", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  await Deno.writeTextFile(folder.at("hung"), "x");
  using _hung = await Deno.open(folder.at("hung"), { write: true });
  const door = hangingStat((target) => target === folder.at("hung"));
  const writers = createWriters(door.stat, 500);
  const stat = await Deno.stat(path);
  const id = fileId(stat.ino, stat.birthtime?.getTime());
  const both = [writers(path, id), writers(path, id)];
  assertEquals(await Promise.all(both), ["late", "late"]);
  await door.reached;
  let atOnce: Writers | null = null;
  writers(path, id).then((answer) => atOnce = answer);
  await Promise.resolve();
  assertEquals(atOnce, "late");
  assertEquals(door.asked.filter((target) => target === folder.at("hung")).length, 1);
  door.wake();
  let answer: Writers = "late";
  while (answer === "late") {
    await systemClock.sleep(10);
    answer = await writers(path, id);
  }
  assertEquals(answer, NOBODY);
});

test("writers that have the file by its name are found before anything that hangs", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  using file = await Deno.open(path, { write: true });
  const { ino, birthtime } = await file.stat();
  const door = hangingStat((target) => !target.startsWith(path));
  const writers = createWriters(door.stat, NEVER_LATE_MS);
  assertEquals(await writers(path, fileId(ino, birthtime?.getTime())), "some");
  await Deno.remove(path);
  assertEquals(await writers(path, fileId(ino, birthtime?.getTime())), "some");
});

test("writers are looked for without entering what is open for reading alone, or has no path", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  await Deno.writeTextFile(folder.at("hung"), "x");
  using _hung = await Deno.open(folder.at("hung"), { read: true });
  const door = hangingStat((target) => target === folder.at("hung") || !target.startsWith("/"));
  const writers = createWriters(door.stat, NEVER_LATE_MS);
  const stat = await Deno.stat(path);
  assertEquals(await writers(path, fileId(stat.ino, stat.birthtime?.getTime())), NOBODY);
  assert(!door.asked.includes(folder.at("hung")));
});

test("systemWriters() does not count who only reads, or writes to another file", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  using _reader = await Deno.open(path, { read: true });
  await Deno.writeTextFile(folder.at("b.mov"), "x");
  using _writer = await Deno.open(folder.at("b.mov"), { write: true });
  assertEquals(await writersOf(path), NOBODY);
});

test("systemWriters() finds another process, until it is gone", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  const program = `const file = await Deno.open(Deno.args[0], { append: true });
    console.log("open"); setInterval(() => file, 1000);`;
  const url = new URL(`data:application/javascript,${encodeURIComponent(program)}`);
  await using writer = spawnScript(url, [path]);
  assertEquals(await writer.line(), "open");
  assertEquals(await writersOf(path), "some");
  await writer.kill();
  assertEquals(await writersOf(path), NOBODY);
});

test("systemWriters() never says none of a file on a disk that it does not know", async () => {
  await using folder = await tempFolder();
  const path = await someFile(folder);
  const { ino, birthtime } = await Deno.stat(path);
  const elsewhere = folder.at("no", "such", "a.mov");
  assertEquals(await systemWriters(elsewhere, fileId(ino, birthtime?.getTime())), "unknown");
});

Deno.test({
  name: "systemWriters() says that it does not know where Deno may not look, and asks nobody",
  permissions: { read: ["/tmp"], sys: false },
  async fn() {
    assertEquals(await systemWriters("/tmp/a.mov", "7:1"), "unknown");
    const { state } = await Deno.permissions.query({ name: "read", path: "/proc" });
    assert(state !== "granted");
  },
});
