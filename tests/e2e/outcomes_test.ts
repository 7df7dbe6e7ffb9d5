import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { noise } from "../support/bytes.ts";
import { createMov } from "../support/mov_writer.ts";
import { ACCESS, openDesk } from "./desk.ts";
import { noHugeFiles, OVER_5_TIB } from "./machine.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { start } from "./program.ts";
import { sideBySide } from "./side_by_side.ts";
import { filesBelow } from "./state_folder.ts";

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
  assertMatch(out, /whole and verified; its recorder never closed the file/);
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
  for (const file of filesBelow(desk.state)) {
    assertNotMatch(new TextDecoder("latin1").decode(await Deno.readFile(file)), /sesame/, file);
  }
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

async function checkConfigFile(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("config.mov");
  await using mov = await createMov(path);
  await mov.stop();
  await Deno.mkdir(desk.state);
  await Deno.writeTextFile(desk.path("state/config.json"), `{ "folder": "root" }`);
  const place = ["--api", sandbox.url, "--state", desk.state, "--no-listen"];
  await using program = start(["--watch", path, ...place], { env: ACCESS });
  assertEquals((await program.ended()).code, 0);
}

async function checkFolder(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("folder.mov");
  await Deno.writeFile(path, noise(MIB));
  const { code, out } = await desk.watch(path, ["--folder", "nowhere"]).ended();
  assertEquals(code, 1);
  assertMatch(out, /create the asset in folder nowhere: Frame\.io answered 404.*Check .*--folder/);
}

/** Opening a pipe waits for its writer for ever, and Ctrl-C cannot end that. */
async function checkPipe(): Promise<void> {
  await using desk = await openDesk("");
  const path = desk.path("take01.mov");
  assert((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
  await using program = start([
    ...["--watch", path, "--sandbox", "--state", desk.state, "--no-listen"],
  ]);
  const { code, err } = await program.ended();
  assertEquals(code, 2);
  assertMatch(err, /take01\.mov/);
}

Deno.test("reeltime's outcome", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
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
      name: "of a named pipe is status 2, at once",
      ignored: Deno.build.os === "windows" ? " [ignored: no named pipes on Windows]" : "",
      run: checkPipe,
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
      name: "of a folder in the state folder's config.json is a take in it",
      run: () => checkConfigFile(sandbox),
    },
    {
      name: "of an unknown folder is status 1 and the remedy",
      run: () => checkFolder(sandbox),
    },
  ]);
});
