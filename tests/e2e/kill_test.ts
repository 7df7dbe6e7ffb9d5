import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import { format as formatBytes } from "@std/fmt/bytes";
import { MIB } from "../../src/parts/limits.ts";
import { sha256Of } from "../support/house.ts";
import { createMov, type MovWriter } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { type Moment, MOMENTS } from "./moments.ts";
import type { Program } from "./program.ts";
import { startProxy } from "./proxy.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide, tell } from "./side_by_side.ts";

async function shoot(path: string, isOver: boolean): Promise<MovWriter> {
  const mov = await createMov(path);
  await mov.roll(33 * MIB); // the head and parts 2 to 6
  if (isOver) await mov.stop();
  return mov;
}

async function checkMoment(sandbox: SandboxProcess, when: string, moment: Moment): Promise<void> {
  const { name, isOver, flags, strays = 0 } = moment;
  await using proxy = startProxy(sandbox.url);
  await using desk = await openDesk(proxy.url);
  const path = desk.path(name);
  await using mov = await shoot(path, isOver);
  let first: Program | undefined;
  await moment.reach({ proxy, start: () => first = desk.watch(path, flags) });
  const known = await sandbox.assets(name);
  const inFlightBytes = proxy.putBytes("unanswered");
  await first!.kill();
  proxy.open();
  if (!isOver) await mov.roll(8 * MIB); // while the program is down

  const second = desk.watch(path);
  if (!isOver) await mov.stop();
  const { code, out } = await second.ended();
  assertEquals(code, 0, out);

  const assets = await sandbox.assets(name);
  assertEquals(assets.length, 1 + strays, out);
  const asset = assets.at(-1)!;
  if (strays > 0) assertMatch(out, /placeholder of that name may stand in the folder/);
  else if (known.length > 0) assertEquals(asset.id, known[0]!.id);
  assertEquals(asset.status, "complete");
  assertEquals(asset.sha256, await sha256Of(path));

  const resentBytes = proxy.putBytes("all") - asset.size!;
  const reported = /re-sent (\S+ \S+)/.exec(out)?.[1];
  tell(
    `killed ${when}: ${formatBytes(inFlightBytes)} in flight, ${reported} re-sent as reported, ` +
      `${resentBytes} bytes as counted`,
  );
  assertLessOrEqual(resentBytes, inFlightBytes);
  assertEquals(reported, formatBytes(resentBytes));
  const storedTwice = asset.parts.filter((part) => part.putCount > 1);
  assertLessOrEqual(storedTwice.reduce((sum, part) => sum + part.size, 0), resentBytes);
}

Deno.test("reeltime killed by kill -9", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(
    t,
    Object.entries(MOMENTS).map(([when, moment]) => ({
      name: `${when}: goes on, and sends again at most what was in flight`,
      run: () => checkMoment(sandbox, when, moment),
    })),
  );
});
