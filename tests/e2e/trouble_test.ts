import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { until } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

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

async function checkFullLog(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("full_log.mov");
  const through = ["sh", "-c", `exec "$0" "$@" > /dev/full`];
  const upload = desk.watch(path, [], { through });
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  await until(
    "a part is stored",
    async () => (await sandbox.assets("full_log.mov"))[0]?.parts[0]?.storedAt,
  );
  await mov.stop();
  const { code, err } = await upload.ended();
  assertEquals({ code, err }, { code: 0, err: "" });
  await sandbox.arrived("full_log.mov", path);
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
  const { code, out } = await upload.ended();
  assertEquals(code, 0);
  assertNotMatch(out, /placeholder/, "a request that found nobody made none");
  await sandbox.arrived("unreachable.mov", path);
}

/** An address that nobody listens on, away from those that are given out to others meanwhile. */
function freeAddress(): string {
  const hostname = Deno.build.os === "linux" ? "127.0.0.2" : "127.0.0.1";
  using listener = Deno.listen({ hostname, port: 0 });
  return `${hostname}:${listener.addr.port}`;
}

Deno.test("reeltime in trouble", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
    {
      name: "waits for an API that cannot be reached at first, and says so",
      run: checkUnreachable,
    },
    {
      name: "goes on when the disk that holds its output is full",
      ignored: Deno.build.os === "linux" ? "" : " [ignored: needs Linux's /dev/full]",
      run: () => checkFullLog(sandbox),
    },
    {
      name: "is status 2 as a second process on the same file, and the first goes on",
      run: () => checkSecond(sandbox),
    },
  ]);
});
