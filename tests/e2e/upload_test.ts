import { assertEquals, assertMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { start } from "./program.ts";
import { startProxy } from "./proxy.ts";
import { startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

/** A finished recording of about so many bytes. */
async function finishedMov(path: string, sizeBytes: number): Promise<void> {
  await using mov = await createMov(path);
  await mov.roll(sizeBytes);
  await mov.stop();
}

/** Uploads finished files through an API, with a state folder of the desk's. */
function upload(api: string, state: string, args: readonly string[]) {
  const env = { FRAMEIO_TOKEN: "sandbox" };
  return start(["upload", ...args, "--api", api, "--folder", "root", "--state", state], { env });
}

async function uploadsFiles(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  const names = ["take 1.mov", "naïve 'quote' \"🎬\".mov"];
  for (const name of names) await finishedMov(desk.path(name), 30 * MIB);
  const paths = names.map((name) => desk.path(name));
  await using first = upload(sandbox.url, desk.state, paths);
  const { code, out, err } = await first.ended();
  assertEquals(code, 0, out + err);
  for (const name of names) {
    const { parts } = await sandbox.arrived(name, desk.path(name));
    assertEquals(parts.map(({ putCount }) => putCount), parts.map(() => 1));
  }
  await using again = upload(sandbox.url, desk.state, paths);
  assertEquals((await again.ended()).code, 0);
  assertEquals((await sandbox.assets()).length, 2, "what is there is not uploaded again");
}

async function goesOnAfterKill(): Promise<void> {
  await using sandbox = await startSandbox();
  await using proxy = startProxy(sandbox.url);
  await using desk = await openDesk(proxy.url);
  const path = desk.path("killed.mov");
  await finishedMov(path, 60 * MIB);
  const held = proxy.hold(/^put 2$/, "before");
  const first = upload(proxy.url, desk.state, [path, "--lanes", "1"]);
  await held.arrived;
  await first.kill();
  await first.ended();
  proxy.open();
  await using second = upload(proxy.url, desk.state, [path]);
  const { code, out, err } = await second.ended();
  assertEquals(code, 0, out + err);
  const { parts } = await sandbox.arrived("killed.mov", path);
  assertEquals(parts[0]!.putCount, 1, "a part that was stored is not sent again");
}

async function saysWhatCannotBeUploaded(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  await Deno.writeFile(desk.path("empty.mov"), new Uint8Array());
  await using empty = upload(sandbox.url, desk.state, [desk.path("empty.mov")]);
  const { code, err, out } = await empty.ended();
  assertEquals(code, 2, out + err);
  assertMatch(err, /empty\.mov: the file is empty/);
  await using missing = upload(sandbox.url, desk.state, [desk.path("none.mov")]);
  const gone = await missing.ended();
  assertEquals(gone.code, 2);
  assertMatch(gone.err, /none\.mov: there is no such file/);
  assertEquals((await sandbox.assets()).length, 0);
}

async function marksUnfinished(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("died.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(12 * MIB);
  }
  await using uploaded = upload(sandbox.url, desk.state, [path, "--idle", "0.2"]);
  const { code, out, err } = await uploaded.ended();
  assertEquals(code, 3, out + err);
  await sandbox.arrived("died.mov", path);
}

Deno.test("upload", async (t) => {
  await sideBySide(t, [
    { name: "brings finished files in whole, once, under their own names", run: uploadsFiles },
    {
      name: "goes on after a kill with the asset and the parts that are there",
      run: goesOnAfterKill,
    },
    { name: "says what cannot be uploaded, and creates nothing", run: saysWhatCannotBeUploaded },
    { name: "marks a file that its recorder never finished", run: marksUnfinished },
  ]);
});
