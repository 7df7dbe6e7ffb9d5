/** The page over made-up takes: every state in both color schemes, fifty takes, absurd names, steady figures. */
import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { Browser } from "playwright-core";
import { stripRuns } from "../control/views.ts";
import { look } from "./browser.ts";
import { until } from "./program.ts";
import { startFixture } from "./page_fixture.ts";

/** Elements that fifty takes may have, one of them of 10,000 parts: about 70 a take, none a part. */
const MOST_ELEMENTS = 5_000;

/** Every state is fit for a person who hears it, in light and in dark. */
export async function checkStates(browser: Browser, colorScheme: "light" | "dark"): Promise<void> {
  await using fixture = startFixture("idle");
  const { page, complaints, checkAccess } = await look(browser, fixture.url, { colorScheme });
  await page.getByText("Bandwidth").click();
  const states: [scene: string, says: string][] = [
    ["idle", "No takes yet"],
    ["live", "9 sent again"],
    ["behind", "2 min 22 s"],
    ["verifying", "12 to send again"],
    ["paused", "once resumed"],
    ["failed", "Needs you"],
    ["finished", "its recorder never finished it: see whether it plays"],
    ["sandbox", "154 MB are in the sandbox on this machine. Nothing is in Frame.io"],
    ["given_up", "Given up"],
  ];
  for (const [scene, says] of states) {
    fixture.show(scene);
    await page.getByText(says).first().waitFor();
    await checkAccess(`${scene}, ${colorScheme}`);
  }
  await page.goto(`${fixture.url}/login`);
  await checkAccess(`login, ${colorScheme}`);
  assertEquals(complaints, []);
  await page.close();
}

/** Fifty takes are rows that open, and a part costs no element. */
export async function checkFifty(browser: Browser): Promise<void> {
  await using fixture = startFixture("many");
  const { page, complaints, evaluate, checkAccess } = await look(browser, fixture.url);
  await page.getByText("ten_thousand_parts.mov").waitFor();
  assertLessOrEqual(await evaluate<number>("document.querySelectorAll('*').length"), MOST_ELEMENTS);
  const row = page.locator(".card", { hasText: "ten_thousand_parts.mov" });
  assertEquals(await row.getByText("of 10,000 parts").isVisible(), false);
  await row.getByRole("button", { name: /^Details/ }).press("Enter");
  await row.getByText("of 10,000 parts").waitFor();
  await row.getByText("5,000 in flight").waitFor();
  await checkAccess("fifty takes");
  assertEquals(complaints, []);
  await page.close();
}

/** A button asks first where something is lost, else does it at once, and says why it was refused. */
export async function checkButtons(browser: Browser): Promise<void> {
  await using fixture = startFixture("two");
  const { page } = await look(browser, fixture.url);
  const press = (name: string) => page.getByRole("button", { name, exact: true }).press("Enter");
  const told = (count: number) =>
    until("the fixture is told", () => fixture.asked.length === count);
  await press("Send first A001.mov");
  await told(1);
  await press("Pause B001.mov");
  await told(2);
  assertEquals(await page.getByText("sent first").first().isVisible(), false, "A001 is not yet");
  assertEquals(await page.getByText("sent first").last().isVisible(), true);
  await press("Give up A001.mov");
  await page.getByText("The 11.6 GB that are stored stay incomplete").waitFor();
  await press("Keep uploading");
  await press("Give up A001.mov");
  await press("Give it up");
  await told(3);
  assertEquals(fixture.asked, ["prioritise a", "pause b", "cancel a"]);
  fixture.refuse();
  await press("Pause A001.mov");
  await page.getByRole("alert").getByText("Cannot do that: it is over. Nothing to do.").waitFor();
  fixture.show("failed");
  await press("Try again A017C004_261120_R2KL.mov");
  await told(5);
  assertEquals(fixture.asked.at(-1), "retry take-0417");
  await page.close();
}

/** Names are text, and a link that is none is not made one. */
export async function checkNames(browser: Browser): Promise<void> {
  await using fixture = startFixture("ugly");
  const { page, complaints, evaluate } = await look(browser, fixture.url);
  await page.getByRole("heading", { name: /<img src=x onerror=alert\(1\)> "quoted" 🎬/ }).waitFor();
  await page.getByText("<script>alert(1)</script>.mov").waitFor();
  assertEquals(await evaluate("document.querySelectorAll('body img, body script').length"), 0);
  assertEquals(await page.locator('a[href^="javascript:"]').count(), 0);
  assertEquals(await page.getByText("Copy", { exact: true }).isVisible(), true);
  const { scroll, window } = await evaluate<{ scroll: number; window: number }>(
    "({ scroll: document.documentElement.scrollWidth, window: innerWidth })",
  );
  assert(scroll <= window, "a long name makes nothing wider than the window");
  assertEquals(complaints, []);
  await page.close();
}

/** Nothing moves while figures change. */
export async function checkSteady(browser: Browser): Promise<void> {
  await using fixture = startFixture("live");
  const { page, evaluate } = await look(browser, fixture.url);
  await page.getByText("9 sent again").waitFor();
  await page.getByText("Earlier takes").waitFor();
  await evaluate(`globalThis.shifts = [];
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(({ value }) => value)))
      .observe({ type: "layout-shift" }); 0`);
  const before = await boxes();
  const rates = [0, 999_000, 9_990_000, 999_000_000];
  for (const [index, lag] of ["0.3 s", "1.8 s", "11 s", "54 s"].entries()) {
    fixture.tune({
      behindSeconds: Number.parseFloat(lag),
      rateBytesPerSecond: rates[index]!,
      recordedBytes: 12_000_000_000 + rates[index]!,
      strip: stripRuns(["stored", 100 * 9 ** index, 1e9], ["sending", index % 2, 1e6]),
    });
    await page.locator(".figure-number", { hasText: lag }).waitFor();
    assertEquals(await boxes(), before);
  }
  assertEquals(await evaluate("shifts"), []);
  await page.close();

  /** Where the facts and the buttons stand. */
  function boxes(): Promise<unknown> {
    return evaluate(
      `[...document.querySelectorAll(".gauges div, .legend li, #going .facts div, #going button, .why")]
      .map((element) => JSON.stringify(element.getBoundingClientRect()))`,
    );
  }
}

/** Legend, facts and buttons stand on lines of their own on a small notebook, none of them alone. */
export async function checkWidths(browser: Browser): Promise<void> {
  await using fixture = startFixture("live");
  for (const width of [1000, 1024]) {
    const viewport = { width, height: 800 };
    const { page, evaluate } = await look(browser, fixture.url, { viewport });
    await page.getByText("of 803 parts").waitFor();
    const lines = (selector: string) =>
      evaluate<number>(
        `new Set([...document.querySelectorAll("#going " + ${JSON.stringify(selector)})]
          .filter((element) => element.checkVisibility())
          .map((element) => Math.round(element.getBoundingClientRect().bottom))).size`,
      );
    const counts = [await lines(".legend li"), await lines(".facts div"), await lines(".acts")];
    assertEquals(counts, [1, 1, 1], `${width} px`);
    const [asset, acts] = await evaluate<number[]>(
      `["asset", "acts"].map((name) => document.querySelector("#going ." + name))
        .map((element) => element.getBoundingClientRect())
        .map(({ top, bottom }) => Math.round((top + bottom) / 2))`,
    );
    assertEquals(asset, acts, `asset and buttons stand side by side at ${width} px`);
    await page.close();
  }
}
