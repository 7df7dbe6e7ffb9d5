import { assertEquals, assertNotEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, openDesk, pageOf } from "./desk.ts";
import { until } from "./program.ts";
import { startProxy } from "./proxy.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

async function checkStay(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("stay.mov");
  const program = desk.watch(path, [...ANY_PORT, "--stay"]);
  const page = await pageOf(program);
  for (const count of [1, 2]) {
    await using mov = await createMov(desk.path("next"));
    await mov.roll(count * MIB);
    await mov.stop();
    await Deno.rename(desk.path("next"), path);
    await until(`take ${count} is finalized`, async () => {
      const { takes } = await (await fetch(`${page}/api/takes`)).json();
      return takes.filter((take: { verified: boolean }) => take.verified).length === count;
    });
  }
  await until("it waits for the next one", async () => {
    const { takes } = await (await fetch(`${page}/api/takes`)).json();
    return takes.some((take: { phase: string }) => take.phase === "waiting");
  });
  program.signal("SIGINT");
  assertEquals((await program.ended()).code, 130);
  const assets = await sandbox.assets("stay.mov");
  assertEquals(assets.map(({ status }) => status), ["complete", "complete"]);
  assertNotEquals(assets[0]!.sha256, assets[1]!.sha256);
}

/** With --stay, Ctrl-C is the only end there is, so its status cannot hang on the moment. */
async function checkStayAtOnce(sandbox: SandboxProcess): Promise<void> {
  await using proxy = startProxy(sandbox.url);
  await using desk = await openDesk(proxy.url);
  const read = proxy.hold(/^read$/, "before"); // everything is in and verified
  const path = desk.path("stay_at_once.mov");
  await using mov = await createMov(path);
  await mov.stop();
  const program = desk.watch(path, ["--stay"]);
  await read.arrived;
  program.signal("SIGINT");
  assertEquals((await program.ended()).code, 130);
}

Deno.test("reeltime --stay", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
    {
      name: "takes one recording after the other, and ends by Ctrl-C with 130",
      run: () => checkStay(sandbox),
    },
    {
      name: "ends with 130 also where nothing is left to do",
      run: () => checkStayAtOnce(sandbox),
    },
  ]);
});
