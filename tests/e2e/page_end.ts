/** The page of a run that ends by itself while somebody looks. */
import { assertEquals, assertMatch } from "@std/assert";
import type { Browser } from "playwright-core";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { look } from "./browser.ts";
import { openDesk, pageOf } from "./desk.ts";
import type { SandboxProcess } from "./sandbox.ts";

/** Longer than the page waits before what it shows counts as lost, in milliseconds. */
const LONGER_THAN_STALE_MS = 6_000;

/** An end is no loss: the page keeps the last word, and another run on the same port is found. */
export async function checkEnd(browser: Browser, sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("end.mov");
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  const listen = ["--listen", `127.0.0.1:${quietPort()}`];
  const program = desk.watch(path, listen);
  const url = await pageOf(program);
  const { page, checkAccess } = await look(browser, url);
  await page.getByText("Connected").waitFor();
  await page.getByText("end.mov").first().waitFor();
  await mov.stop();
  assertEquals((await program.ended()).code, 0);

  await page.getByText(/^reeltime has ended: this is how it left things at [\d:]{8}\.$/).waitFor();
  const seen = async () => [
    await page.locator("#word").textContent(),
    await page.locator("#link-text").textContent(),
  ];
  await page.locator("#done .card").getByText("finalized and verified").waitFor();
  await page.waitForTimeout(LONGER_THAN_STALE_MS);
  assertEquals(await seen(), ["Safe", "Ended"]);
  assertMatch((await page.locator("#why").textContent())!, /every byte read again and equal$/);
  await checkAccess("after the end");

  desk.watch(desk.path("next.mov"), listen);
  await page.getByText("next.mov").first().waitFor();
  assertEquals(await seen(), ["Ready", "Connected"]);
  assertEquals(await page.locator("#ended").isVisible(), false);
  await page.close();
}

/** A free port below those that systems give out, so that no other test gets it between the two runs. */
function quietPort(): number {
  const port = 20_000 + Math.floor(10_000 * Math.random());
  try {
    Deno.listen({ hostname: "127.0.0.1", port }).close();
    return port;
  } catch {
    return quietPort();
  }
}
