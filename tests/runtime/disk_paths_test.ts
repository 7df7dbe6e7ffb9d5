import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { Config } from "../../src/errors.ts";
import { makePrivateFolder, realPathNow, systemDisk } from "../../src/runtime/disk.ts";
import { HINT_EVERY_MS } from "../../src/runtime/folder_watch.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { within } from "../support/within.ts";

const onWindows = Deno.build.os === "windows";

Deno.test("realPath() goes through links, also for a file that is not there yet", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(folder.at("real"));
  await Deno.symlink(folder.at("real"), folder.at("link"));
  await Deno.writeTextFile(folder.at("real", "a.mov"), "x");
  const cases = [
    [["link", "a.mov"], ["real", "a.mov"]],
    [["link", "b.mov"], ["real", "b.mov"]],
    [["link", "no", "such", "b.mov"], ["real", "no", "such", "b.mov"]],
    [["link", "..", "link", "b.mov"], ["real", "b.mov"]],
    [["nothing", "b.mov"], ["nothing", "b.mov"]],
  ] as const;
  for (const [path, real] of cases) {
    assertEquals(await systemDisk.realPath(folder.at(...path)), folder.at(...real));
    assertEquals(realPathNow(folder.at(...path)), folder.at(...real));
  }
});

Deno.test("realPath() follows a link whose file is not there yet, as writing to it would", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(folder.at("card"));
  await Deno.symlink(folder.at("card", "take.mov"), folder.at("absolute.mov"));
  await Deno.symlink("card/take.mov", folder.at("relative.mov"));
  await Deno.symlink("relative.mov", folder.at("twice.mov"));
  for (const name of ["absolute.mov", "relative.mov", "twice.mov"]) {
    const before = await systemDisk.realPath(folder.at(name));
    assertEquals(before, folder.at("card", "take.mov"), name);
    assertEquals(realPathNow(folder.at(name)), before, name);
  }
  await Deno.writeTextFile(folder.at("twice.mov"), "x");
  assertEquals(await systemDisk.realPath(folder.at("twice.mov")), folder.at("card", "take.mov"));
  assertEquals(realPathNow(folder.at("twice.mov")), folder.at("card", "take.mov"));
});

Deno.test("realPath() makes a relative path absolute, down to the root", async () => {
  assertEquals(await systemDisk.realPath("no-such.mov"), `${await Deno.realPath(".")}/no-such.mov`);
  assertEquals(realPathNow("no-such.mov"), `${await Deno.realPath(".")}/no-such.mov`);
  if (!onWindows) {
    assertEquals(await systemDisk.realPath("/"), "/");
    assertEquals(realPathNow("/"), "/");
    assertEquals(await systemDisk.realPath("/no-such/a.mov"), "/no-such/a.mov");
    assertEquals(realPathNow("/no-such/a.mov"), "/no-such/a.mov");
  }
});

Deno.test("watch() hints at a change in the folder, until it is aborted", async () => {
  await using folder = await tempFolder();
  const abort = new AbortController();
  let isHinted = false;
  systemDisk.watch(folder.path, () => void (isHinted = true), abort.signal);
  const written = async () => {
    // It begins once the kind of the volume is known.
    while (!isHinted) await Deno.writeTextFile(folder.at("a.mov"), "x");
  };
  await within(written());
  abort.abort();
});

Deno.test("watch() hints seldom where thousands of pieces are written, and still at the last one", async () => {
  await using folder = await tempFolder();
  const path = folder.at("a.wav");
  const abort = new AbortController();
  const sizeBytes = 20_000;
  const beganMs = performance.now();
  let hints = 0;
  const last = Promise.withResolvers<void>();
  systemDisk.watch(folder.path, () => {
    hints++;
    if (Deno.statSync(path).size >= sizeBytes) last.resolve();
  }, abort.signal);
  {
    using file = await Deno.open(path, { write: true, createNew: true });
    while (hints === 0) await file.write(Uint8Array.of(1)); // it begins once the volume is known
    for (let at = await file.seek(0, Deno.SeekMode.End); at < sizeBytes; at++) {
      await file.write(Uint8Array.of(1));
    }
  }
  await within(last.promise);
  abort.abort();
  assertLessOrEqual(hints, 2 + 2 * (performance.now() - beganMs) / HINT_EVERY_MS);
});

Deno.test("watch() says nothing of a folder that is not there, that goes, or once it is aborted", async () => {
  await using folder = await tempFolder();
  const abort = new AbortController();
  systemDisk.watch(folder.at("missing"), () => {}, abort.signal);
  await Deno.mkdir(folder.at("goes"));
  systemDisk.watch(folder.at("goes"), () => {}, abort.signal);
  await Deno.remove(folder.at("goes"));
  abort.abort();
  systemDisk.watch(folder.path, () => {}, abort.signal); // or it would never end
});

Deno.test("isNetworkVolume() is false for a disk of this machine, and for what is not there", async () => {
  await using folder = await tempFolder();
  assertEquals(await systemDisk.isNetworkVolume(folder.at("a.mov")), false);
  assertEquals(await systemDisk.isNetworkVolume(folder.at("no", "such", "a.mov")), false);
});

const modeOf = (path: string) => Deno.statSync(path).mode! & 0o777;

Deno.test({
  name: "makePrivateFolder() shuts its folder to others, but never one that holds other things",
  ignore: onWindows,
  async fn() {
    await using folder = await tempFolder();
    await makePrivateFolder(folder.at("deep", "state"));
    assertEquals(modeOf(folder.at("deep", "state")), 0o700);
    const cases: readonly [files: readonly string[], mode: number][] = [
      [[], 0o700],
      [
        ["journal.sqlite", "journal.sqlite-wal", "config.json", "locks", "sandbox", "sandbox.port"],
        0o700,
      ],
      // A folder that somebody else uses too, such as /tmp or /etc.
      [["journal.sqlite", "passwd"], 0o755],
      [["journal.sqlite.bak"], 0o755],
    ];
    for (const [i, [files, mode]] of cases.entries()) {
      const path = folder.at(`case${i}`);
      await Deno.mkdir(path);
      await Deno.chmod(path, 0o755);
      for (const file of files) await Deno.writeTextFile(`${path}/${file}`, "");
      await makePrivateFolder(path);
      assertEquals(modeOf(path), mode, files.join());
    }
  },
});

Deno.test("makePrivateFolder() says so where no folder can be", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("a"), "x");
  const { message } = await assertRejects(() => makePrivateFolder(folder.at("a")), Config);
  assert(message.startsWith(`Cannot use the state folder ${folder.at("a")}: `), message);
  assert(message.includes("--state"), message);
});
