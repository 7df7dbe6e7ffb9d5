import { assertEquals, assertMatch } from "@std/assert";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, openDesk, pageOf } from "./desk.ts";
import { start } from "./program.ts";
import { startSandbox } from "./sandbox.ts";

Deno.test("reeltime --json tells the asset of a take that was finalized before", async () => {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("take01.mov");
  await using mov = await createMov(path);
  await mov.stop();
  assertEquals((await desk.watch(path, ["--json"]).ended()).code, 0);
  const { code, out } = await desk.watch(path, ["--json"]).ended();
  const { id } = await sandbox.arrived("take01.mov", path);
  assertEquals(code, 0);
  assertMatch(out, new RegExp(`"assetId":"${id}"`));
});

Deno.test("reeltime --json tells where its page is, beside the events", async () => {
  await using desk = await openDesk("");
  await using program = start([
    ...["--watch", desk.path("take01.mov"), "--sandbox", "--state", desk.state],
    ...["--json", ...ANY_PORT],
  ]);
  await pageOf(program); // on stderr, as all that is no event
  assertEquals(program.events(), []);
});
