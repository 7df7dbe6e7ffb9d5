/** The page of the real program, from the first look at an empty machine to the finished take. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import type { Browser, Page } from "playwright-core";
import type { TakeView } from "../../src/control/view.ts";
import { look } from "./browser.ts";
import { roll } from "./camera.ts";
import { ANY_PORT, type Desk, openDesk, pageOf } from "./desk.ts";
import { type Program, until } from "./program.ts";
import type { SandboxProcess } from "./sandbox.ts";

const PHONE = { viewport: { width: 390, height: 844 }, colorScheme: "dark" } as const;
const NAME = `C001 <img src=x onerror=alert(1)> "A" 🎬.mov`;

/** The limit in Mbit/s that makes the take fall behind: a third of what the recorder writes. */
const SLOW_MBIT = "16";

/** A lag in seconds that the limit leads to, and that is gone without it. */
const BEHIND_SECONDS = 5;

/** One run of the program, of which a person sees the page. `shots` is the folder for the pictures. */
export async function checkJourney(
  browser: Browser,
  sandbox: SandboxProcess,
  shots: string,
): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path(NAME);
  const program = desk.watch(path, [...ANY_PORT, "--stay"]);
  const url = await pageOf(program);
  const { page, complaints, checkAccess } = await look(browser, url);
  const shoot = (name: string) => page.screenshot({ path: join(shots, `${name}.png`) });
  const card = page.locator(".card");
  const press = (name: string) => card.getByRole("button", { name }).press("Enter");
  const lag = async () => secondsOf(await card.locator(".figure-number").textContent());
  const take = async (): Promise<TakeView> =>
    (await (await fetch(new URL("/api/takes", url))).json()).takes[0];

  await page.getByText("waiting for the recording").waitFor();
  await checkAccess("before the recording");
  await shoot("idle");

  await page.getByText("Bandwidth").click();
  await page.getByLabel("At most, in Mbit/s").fill(SLOW_MBIT);
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByText("2.00 MB/s at most").waitFor();
  let isRolling = true;
  await using _camera = await roll(path, {
    mostBytes: 400_000_000,
    step: () => ({ bytes: isRolling ? 600_000 : 0, pauseMs: 100 }),
  });
  await page.getByRole("heading", { name: NAME }).waitFor();
  await card.getByText(/^\d+ stored$/).waitFor();
  await card.getByText(/^\d+ in flight$/).waitFor();
  await until("the take falls behind", async () => await lag() > BEHIND_SECONDS);
  await checkAccess("while it records");
  await shoot("behind");

  await press("Pause");
  await card.getByText("paused: nothing is sent").waitFor();
  const paused = await take();
  await until(
    "the recorder goes on",
    async () => (await take()).recordedBytes > paused.recordedBytes,
  );
  assertEquals((await take()).storedBytes, paused.storedBytes, "nothing is stored while paused");
  await shoot("paused");
  await press("Resume");
  await page.getByRole("button", { name: "No limit" }).click();
  await until("the take catches up", async () => await lag() < BEHIND_SECONDS);
  await shoot("live");

  await checkLostConnection(page, program, () => shoot("disconnected"));
  await checkPhone(browser, url, shots);

  isRolling = false; // what is written after finish would be another take
  await press("Finish");
  const dialog = page.getByRole("dialog");
  await dialog.getByText("This cannot be undone").waitFor();
  await checkAccess("while it asks");
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assertEquals((await take()).endedBy, null, "Escape loses nothing");
  await press("Finish");
  await dialog.getByRole("button", { name: "Finish take" }).press("Enter");
  const done = page.locator("#done .card"); // another card waits for what comes under that path next
  await done.getByText("whole and verified").waitFor();
  await done.getByRole("button", { name: "Details" }).click();
  await done.getByRole("button", { name: "Copy" }).click();
  await done.getByText("Copied").waitFor();
  await done.getByText("Timeline").click();
  await done.getByText("A person pressed finish at").waitFor();
  await checkAccess("when it is done");
  await shoot("finished");
  const [asset] = await sandbox.assets(NAME);
  assertEquals([asset?.status, asset?.size], ["complete", (await take()).storedBytes]);
  assertEquals(complaints, []);
  await page.close();
  await program.kill();
  await checkLogin(browser, desk, shots);
}

/** A program that does not answer is seen within seconds, and so is that it does again. */
async function checkLostConnection(
  page: Page,
  program: Program,
  shoot: () => Promise<unknown>,
): Promise<void> {
  program.signal("SIGSTOP");
  try {
    await page.getByText("Connection lost").waitFor();
    await page.getByRole("heading", { name: "No answer" }).waitFor();
    await page.getByText(/All below is as it was at \d\d:\d\d:\d\d/).waitFor();
    const pause = page.getByRole("button", { name: /^Pause/ });
    assertEquals(await pause.getAttribute("aria-disabled"), "true");
    await shoot();
  } finally {
    program.signal("SIGCONT");
  }
  await page.getByText("Connected").waitFor();
  await page.getByRole("heading", { name: "No answer" }).waitFor({ state: "hidden" });
}

/** The page on a phone, in the dark. */
async function checkPhone(browser: Browser, url: string, shots: string): Promise<void> {
  const { page, complaints, evaluate, checkAccess } = await look(browser, url, PHONE);
  await page.getByRole("heading", { name: NAME }).waitFor();
  assertEquals(await evaluate("document.documentElement.scrollWidth"), 390);
  const ground = await evaluate<string>("getComputedStyle(document.body).backgroundColor");
  const [red = 255] = ground.match(/\d+/g)!.map(Number);
  assert(red < 40, `a dark ground, not ${ground}`);
  const small = await evaluate<string[]>(
    `[...document.querySelectorAll(".acts button:not([hidden])")]
      .filter((button) => button.getBoundingClientRect().height < 44).map((b) => b.textContent)`,
  );
  assertEquals(small, [], "buttons that a thumb hits");
  await checkAccess("on a phone, in the dark");
  await page.screenshot({ path: join(shots, "phone.png") });
  assertEquals(complaints, []);
  await page.close();
}

/** Another run on the same state, which asks who is there, and remembers the finished take. */
async function checkLogin(browser: Browser, desk: Desk, shots: string): Promise<void> {
  const token = crypto.randomUUID();
  const tokenFile = desk.path("token");
  await Deno.writeTextFile(tokenFile, token);
  const program = desk.watch(desk.path("next.mov"), [
    ...ANY_PORT,
    ...["--control-token-file", tokenFile],
  ]);
  const { page, complaints, checkAccess } = await look(browser, await pageOf(program));
  const enter = async (text: string) => {
    await page.getByLabel("Control token").fill(text);
    await page.keyboard.press("Enter");
  };
  await checkAccess("the login");
  await page.screenshot({ path: join(shots, "login.png") });
  await enter("wrong");
  await page.getByText("That is not the token").waitFor();
  await enter(token);
  const row = page.getByRole("row", { name: NAME });
  assertMatch((await row.textContent())!, /MB.*s.*every byte/i);
  await checkAccess("with a history");
  assertEquals(complaints, []);
  await page.close();
}

/** Seconds of what the page says: "1 min 04 s" is 64. */
function secondsOf(words: string | null): number {
  const [, minutes = "0", seconds] = /^(?:(\d+) min )?([\d.]+) s$/.exec(words ?? "") ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
