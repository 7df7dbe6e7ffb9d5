import { assert, assertEquals, assertExists, assertMatch, assertThrows } from "@std/assert";
import { StateFailure } from "../../src/errors.ts";
import { lockRecording } from "../../src/runtime/lock.ts";
import { spawnScript } from "../support/script.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** A process that takes the lock, says whether it got it, and holds it until it is killed. */
const HOLDER = new URL("./lock_holder.ts", import.meta.url);

Deno.test("lockRecording() refuses a second process until the first is gone, by kill -9 too", async () => {
  await using folder = await tempFolder();
  await using holder = spawnScript(HOLDER, [folder.path, "/a.mov"]);
  assertEquals(await holder.line(), "locked");
  assertEquals(lockRecording(folder.path, "/a.mov"), null);
  await using second = spawnScript(HOLDER, [folder.path, "/a.mov"]);
  assertEquals(await second.line(), "refused");
  await holder.kill();
  const lock = lockRecording(folder.path, "/a.mov");
  assertExists(lock);
  lock!.release();
});

Deno.test("lockRecording() refuses the same process too, and gives the lock back", async () => {
  await using folder = await tempFolder();
  const first = lockRecording(folder.path, "/a.mov");
  assertEquals(lockRecording(folder.path, "/a.mov"), null);
  first!.release();
  const again = lockRecording(folder.path, "/a.mov");
  assertExists(again);
  again!.release();
});

Deno.test("lockRecording() holds recordings apart, and state folders", async () => {
  await using folder = await tempFolder();
  const other = folder.at("other");
  const locks = [
    lockRecording(folder.path, "/a.mov"),
    lockRecording(folder.path, "/A.mov"),
    lockRecording(folder.path, `/${"long ".repeat(200)}.mov`),
    lockRecording(other, "/a.mov"),
  ];
  for (const lock of locks) assertExists(lock);
  for (const lock of locks) lock!.release();
});

Deno.test({
  name: "lockRecording() lies in the state folder alone, and shows no path",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await tempFolder();
    const recording = folder.at("secret project.mov");
    await Deno.writeTextFile(recording, "x");
    const before = await Deno.stat(recording);
    const lock = lockRecording(folder.path, recording);
    const after = await Deno.stat(recording);
    assertEquals([after.mtime, after.atime], [before.mtime, before.atime]);
    assertEquals(Deno.statSync(folder.at("locks")).mode! & 0o777, 0o700);
    const names = [...Deno.readDirSync(folder.at("locks"))].map(({ name }) => name);
    assertEquals(names.length, 1);
    assertMatch(names[0]!, /^[0-9a-f]{32}$/);
    const file = Deno.statSync(folder.at("locks", names[0]!));
    assertEquals([file.mode! & 0o777, file.size], [0o600, 0]);
    lock!.release();
  },
});

Deno.test("lockRecording() says so where no lock can be kept", async () => {
  await using folder = await tempFolder();
  await Deno.writeTextFile(folder.at("locks"), "a file of this name is in the way");
  const { message } = assertThrows(() => lockRecording(folder.path, "/a.mov"), StateFailure);
  assert(message.startsWith(`Cannot keep a lock in ${folder.at("locks")}: `), message);
  assertMatch(message, /--state/);
});
