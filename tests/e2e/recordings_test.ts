import { assert, assertEquals, assertMatch, assertNotEquals, assertNotMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { noise } from "../support/bytes.ts";
import { sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

/** Writes a recording that its recorder has finished. */
async function makeMov(path: string, sizeBytes: number): Promise<void> {
  await using mov = await createMov(path);
  await mov.roll(sizeBytes);
  await mov.stop();
}

async function checkFinished(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("finished.mov");
  await makeMov(path, 33 * MIB);
  const upload = desk.watch(path, ["--json"]);
  const { code, out } = await upload.ended();
  assertEquals(code, 0);
  const asset = await sandbox.arrived("finished.mov", path);
  assert(asset.parts.every((part) => part.putCount === 1));
  const sent = upload.events().flatMap((e) => e.type === "part.started" ? [e.number] : []);
  assertEquals(sent.slice(-2), [1, asset.parts.at(-1)!.number]);
  const ended = await upload.event((event) => event.type === "recording.ended");
  assertEquals(ended.type === "recording.ended" && ended.by, "container");
  for (const line of out.trimEnd().split("\n")) JSON.parse(line); // and nothing else on stdout
}

async function checkAgain(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("again.mov");
  await makeMov(path, MIB);
  assertEquals((await desk.watch(path).ended()).code, 0);
  const { code, out } = await desk.watch(path).ended();
  assertEquals(code, 0);
  const { id } = await sandbox.arrived("again.mov", path);
  assertMatch(out, new RegExp(`again\\.mov +finalized before and unchanged .*${id}`));
}

async function checkAnother(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("another.mov");
  for (const [count, mebibytes] of [6, 7].entries()) {
    await makeMov(desk.path("next"), mebibytes * MIB);
    await Deno.rename(desk.path("next"), path);
    assertEquals((await desk.watch(path).ended()).code, 0);
    const asset = (await sandbox.assets("another.mov"))[count];
    assertEquals([asset?.status, asset?.sha256], ["complete", await sha256Of(path)]);
  }
}

/** Names that could break a terminal, a shell, JSON, a path or a header. */
const NAMES = [
  `it's "quoted".mov`,
  " spaces  inside .mov",
  "🎬 été.mov",
  "two\nlines.mov",
  "back\\slash.mov",
  "100% #1 ?a=b&c.mov",
  "\u001b[31mred\u202e.mov",
];

async function checkNames(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  for (const name of NAMES) await makeMov(desk.path(name), 10_000);
  const others = NAMES.slice(1).flatMap((name) => ["--watch", desk.path(name)]);
  const { code, out, err } = await desk.watch(desk.path(NAMES[0]!), others).ended();
  assertEquals(code, 0, err);
  for (const name of NAMES) await sandbox.arrived(name, desk.path(name));
  assertNotMatch(out, /[^\P{Cc}\n]|\u202e|^lines/mu);
}

async function checkLink(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const [link, real] = [desk.path("link.mov"), desk.path("card/CLIP0001.mov")];
  await Deno.mkdir(desk.path("card"));
  await Deno.symlink(real, link); // before there is anything behind it
  const upload = desk.watch(link, ["--json"]);
  await using mov = await createMov(real);
  await mov.roll(11 * MIB);
  await upload.event((event) => event.type === "part.stored");
  await mov.stop();
  assertEquals((await upload.ended()).code, 0);
  await sandbox.arrived("link.mov", real);
  assert((await Deno.lstat(link)).isSymlink);
}

async function checkName(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("no_extension");
  await makeMov(path, MIB);
  assertEquals((await desk.watch(path, ["--name", "given.mov"]).ended()).code, 0);
  const { id } = await sandbox.arrived("given.mov", path);
  assertEquals(await sandbox.filetype(id), "video/quicktime");
}

async function checkCameraRaw(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const names = ["A001.braw", "A002.R3D"];
  for (const name of names) await Deno.writeFile(desk.path(name), noise(6 * MIB, name.length));
  const second = ["--watch", desk.path(names[1]!)];
  const { code } = await desk.watch(desk.path(names[0]!), ["--idle", "0.2", ...second]).ended();
  assertEquals(code, 0);
  for (const name of names) {
    const { id } = await sandbox.arrived(name, desk.path(name));
    assertEquals(await sandbox.filetype(id), "application/octet-stream");
  }
  assertNotEquals(await sha256Of(desk.path(names[0]!)), await sha256Of(desk.path(names[1]!)));
}

Deno.test("reeltime's recordings", async (t) => {
  await using sandbox = await startSandbox();
  const cases: Record<string, (sandbox: SandboxProcess) => Promise<void>> = {
    "that stopped growing before the start go the same way": checkFinished,
    "that are finalized and unchanged are told with their asset and not sent again": checkAgain,
    "under a name that another one had before get an asset of their own": checkAnother,
    "of any name arrive under it, and the name moves no cursor": checkNames,
    "behind a symlink arrive under the link's name": checkLink,
    "without an extension arrive under --name": checkName,
    "of camera formats that no table knows are octet streams": checkCameraRaw,
  };
  await sideBySide(
    t,
    Object.entries(cases).map(([name, check]) => ({ name, run: () => check(sandbox) })),
  );
});
