import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { join } from "@std/path";
import { MIB } from "../../src/parts/limits.ts";
import { noise } from "../support/bytes.ts";
import { createMov } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { mountSmallDisk, noHugeFiles, noSmallDisk, OVER_5_TIB, unmount } from "./machine.ts";
import { until } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

async function checkEmpty(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("empty.mov");
  await Deno.writeFile(path, new Uint8Array(0));
  const { code, out } = await desk.watch(path, ["--idle", "0.2"]).ended();
  assertEquals(code, 1);
  assertMatch(out, /empty\.mov: it has 0 bytes.*Frame\.io takes no empty file/);
  assertEquals(await sandbox.assets("empty.mov"), []);
}

async function checkHuge(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("huge.mov");
  using file = await Deno.create(path);
  await file.truncate(OVER_5_TIB);
  const { code, out } = await desk.watch(path).ended();
  assertEquals(code, 1);
  assertMatch(out, /huge\.mov: it has 5497558138881 bytes, Frame\.io takes at most 5 TiB/);
  assertEquals(await sandbox.assets("huge.mov"), []);
}

async function checkDeadRecorder(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("dead.mov");
  const upload = desk.watch(path, ["--idle", "0.2", "--abandon", "0.5"]);
  const mov = await createMov(path);
  await mov.roll(11 * MIB);
  mov.die();
  const { code, out } = await upload.ended();
  assertEquals(code, 3);
  assertMatch(out, /finalized and verified, not finalized by its recorder/);
  await sandbox.arrived("dead.mov", path);
}

async function checkToken(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("token.mov");
  await Deno.writeFile(path, noise(MIB));
  const { code, out, err } = await desk.watch(path, [], {
    env: { FRAMEIO_TOKEN: "tok-open-sesame" },
  }).ended();
  assertEquals(code, 1);
  assertMatch(
    out,
    /refused the token \(401\)\. Put a valid token into FRAMEIO_TOKEN.*--token-file/,
  );
  assertNotMatch(out + err, /sesame/);
}

async function checkTokenFile(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("token_file.mov");
  await using mov = await createMov(path);
  await mov.stop();
  await Deno.writeTextFile(desk.path("token.txt"), "sandbox\n");
  const { code } = await desk.watch(path, ["--token-file", desk.path("token.txt")], {
    env: { FRAMEIO_TOKEN: "tok-of-another-account" },
  }).ended();
  assertEquals(code, 0);
}

async function checkFolder(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("folder.mov");
  await Deno.writeFile(path, noise(MIB));
  const { code, out } = await desk.watch(path, ["--folder", "nowhere"]).ended();
  assertEquals(code, 1);
  assertMatch(out, /create the asset in folder nowhere: Frame\.io answered 404.*Check .*--folder/);
}

async function checkSecond(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("second.mov");
  await Deno.symlink(path, desk.path("other.mov"));
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  const first = desk.watch(path, ["--json"]);
  await first.event((event) => event.type === "part.stored");
  for (const name of [path, desk.path("other.mov")]) {
    const { code, err } = await desk.watch(name).ended();
    assertMatch(err, /second\.mov: another reeltime process is uploading it already/);
    assertEquals(code, 2);
  }
  await mov.roll(11 * MIB);
  await mov.stop();
  assertEquals((await first.ended()).code, 0);
  const asset = await sandbox.arrived("second.mov", path);
  assert(asset.parts.every((part) => part.putCount === 1));
}

async function checkFullDisk(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("full_disk.mov");
  await Deno.mkdir(desk.state);
  assert(mountSmallDisk(desk.state));
  try {
    await using mov = await createMov(path);
    await mov.roll(22 * MIB);
    const first = desk.watch(path, ["--json"]);
    await first.event((event) => event.type === "part.stored" && event.number === 4);
    const filler = join(desk.state, "filler");
    await fill(filler);
    await mov.roll(100 * MIB); // more facts than there is room for in the journal's last page
    const before = await Deno.stat(path);
    const { code, err, out } = await first.ended();
    assertEquals(code, 1);
    assertMatch(
      out + err,
      /Cannot write the journal .*Free space there.*run the same command again/,
    );
    assertNotMatch(err, /^\s+at /m);
    assertEquals(await Deno.stat(path), { ...before, atime: (await Deno.stat(path)).atime });

    await Deno.remove(filler);
    const second = desk.watch(path);
    await mov.stop();
    assertEquals((await second.ended()).code, 0);
    await sandbox.arrived("full_disk.mov", path);
  } finally {
    unmount(desk.state);
  }
}

/** Writes until the disk takes no byte more. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  for (const size of [64 * 1024, 512, 1]) {
    try {
      while (true) await file.write(new Uint8Array(size));
    } catch (error) {
      if (!/space/i.test(String(error))) throw error;
    }
  }
}

async function checkUnreachable(): Promise<void> {
  const address = freeAddress();
  await using desk = await openDesk(`http://${address}`);
  const path = desk.path("unreachable.mov");
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  const upload = desk.watch(path);
  await upload.line(new RegExp(`Cannot reach ${address}: connection refused`));
  await using sandbox = await startSandbox(address);
  await until("a part is stored", async () => (await sandbox.assets())[0]?.parts[0]?.storedAt);
  await mov.stop();
  assertEquals((await upload.ended()).code, 0);
  await sandbox.arrived("unreachable.mov", path);
}

/** An address that nobody listens on, away from those that are given out to others meanwhile. */
function freeAddress(): string {
  const hostname = Deno.build.os === "linux" ? "127.0.0.2" : "127.0.0.1";
  using listener = Deno.listen({ hostname, port: 0 });
  return `${hostname}:${listener.addr.port}`;
}

Deno.test("reeltime's outcome", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
    {
      name: "of an API that cannot be reached at first is a whole take, and meanwhile it says so",
      run: checkUnreachable,
    },
    {
      name: "of a full disk under the journal is a clear end, and the same command goes on",
      ignored: noSmallDisk,
      run: () => checkFullDisk(sandbox),
    },
    {
      name: "of a recording over 5 TiB is status 1 and the bound",
      ignored: noHugeFiles,
      run: () => checkHuge(sandbox),
    },
    {
      name: "of an empty recording is status 1 and no asset",
      run: () => checkEmpty(sandbox),
    },
    {
      name: "of a recorder that died is status 3 and every byte",
      run: () => checkDeadRecorder(sandbox),
    },
    {
      name: "of a refused token is status 1, the remedy, and never the token",
      run: () => checkToken(sandbox),
    },
    {
      name: "of a token file is its token, whatever the environment holds",
      run: () => checkTokenFile(sandbox),
    },
    {
      name: "of an unknown folder is status 1 and the remedy",
      run: () => checkFolder(sandbox),
    },
    {
      name: "of a second process on the same file is status 2, and the first goes on",
      run: () => checkSecond(sandbox),
    },
  ]);
});
