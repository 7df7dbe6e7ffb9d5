import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { MIB } from "../../src/parts/limits.ts";
import { sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, openDesk, pageOf } from "./desk.ts";
import { type Program, start } from "./program.ts";
import { listAssets } from "./sandbox.ts";
import { permissionsBelow } from "./state_folder.ts";

/** Where the sandbox inside the program listens. */
async function addressOf(program: Program): Promise<string> {
  return (await program.line(/^Uploading to (http:\/\/\S+),/))[1]!;
}

Deno.test("reeltime --sandbox survives kill -9 and goes on with the same asset", async () => {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
  const [path, state] = [join(folder, "take01.mov"), join(folder, "state")];
  const upload = () =>
    start(["--watch", path, "--sandbox", "--state", state, "--no-listen", "--lanes", "1"]);
  try {
    await using mov = await createMov(path);
    await mov.roll(33 * MIB);
    await using first = upload();
    const url = await addressOf(first);
    await first.line(/stored {1,4}\d/); // others are registered, their URLs in the journal
    const [before] = await listAssets(url);
    await first.kill();
    await mov.roll(8 * MIB);

    await using second = upload();
    assertEquals(await addressOf(second), url, "its URLs stay good");
    await mov.stop();
    const { code, out, err } = await second.ended();
    assertEquals({ code, err }, { code: 0, err: "" }, out);

    await using sandbox = start([
      ...["sandbox", "--listen", "127.0.0.1:0"],
      ...["--dir", join(state, "sandbox")],
    ]);
    const assets = await listAssets((await sandbox.line(/^Sandbox on (\S+),/))[1]!);
    assertEquals(assets.map(({ id, status }) => [id, status]), [[before!.id, "complete"]]);
    assertEquals(assets[0]!.sha256, await sha256Of(path));
    assert(assets[0]!.parts.filter((part) => part.putCount > 1).length <= 1, "one lane, one part");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("reeltime --sandbox keeps its state to its owner", async () => {
  await using desk = await openDesk("");
  await using mov = await createMov(desk.path("take01.mov"));
  await mov.roll(11 * MIB);
  await using program = start([
    ...["--watch", desk.path("take01.mov"), "--sandbox", "--state", desk.state, "--no-listen"],
  ]);
  await program.line(/stored {1,4}\d/);
  const modes = [...permissionsBelow(desk.state)];
  assertEquals(modes.filter(([_, mode]) => mode !== "600" && mode !== "folder 700"), []);
});

Deno.test("reeltime --sandbox is status 2 as a second process on the same file", async () => {
  await using desk = await openDesk("");
  await using mov = await createMov(desk.path("take01.mov"));
  await mov.roll(11 * MIB);
  const upload = () =>
    start([
      ...["--watch", desk.path("take01.mov"), "--sandbox", "--state", desk.state, "--no-listen"],
    ]);
  await using first = upload();
  await first.line(/stored {1,4}\d/);
  await using second = upload();
  const { code, err } = await second.ended();
  assertMatch(err, /another reeltime process/);
  assertEquals(code, 2);
});

Deno.test("reeltime --sandbox reaches itself past the proxy of its network", async () => {
  await using desk = await openDesk("");
  await using mov = await createMov(desk.path("take01.mov"));
  await mov.roll(11 * MIB);
  await mov.stop();
  await using program = start(
    [
      ...["--watch", desk.path("take01.mov"), "--sandbox", "--state", desk.state, "--no-listen"],
    ],
    { env: { HTTP_PROXY: "http://127.0.0.1:9", no_proxy: "example.test" } },
  );
  await program.line(/finalized and verified/);
  assertEquals((await program.ended()).code, 0);
});

Deno.test("reeltime --sandbox tells everyone that nothing goes to Frame.io", async () => {
  await using desk = await openDesk("");
  await using program = start(
    ["--watch", desk.path("take01.mov"), "--sandbox", "--state", desk.state, ...ANY_PORT],
  );
  await program.line(/^Uploading to \S+, the sandbox on this machine and not Frame\.io, journal/);
  await program.line(/waiting for the recording/);
  const { machine, takes } = await (await fetch(`${await pageOf(program)}/api/takes`)).json();
  assertEquals([machine.sandbox, takes[0].sandbox], [true, true]);
});
