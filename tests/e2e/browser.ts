/** Debian's Chromium, driven by playwright-core; nothing is downloaded. */
import axe from "axe-core";
import { assertEquals } from "@std/assert";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { PATIENCE_MS } from "./program.ts";

/** Where Debian's package puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser here, told beside a test's name; empty where there is one. */
export function noBrowser(): string {
  try {
    Deno.statSync(CHROMIUM);
    return "";
  } catch {
    return ` (skipped: no ${CHROMIUM}; apt-get install chromium)`;
  }
}

/** Starts it without anything that talks to the network by itself. */
export function startBrowser(): Promise<Browser> {
  const quiet = ["--disable-background-networking", "--disable-component-update", "--no-first-run"];
  const root = Deno.uid() === 0 ? ["--no-sandbox"] : [];
  return chromium.launch({ executablePath: CHROMIUM, args: [...quiet, ...root] });
}

/** A page that is looked at, with what its console said. */
export interface Looker {
  readonly page: Page;
  /** Errors, warnings and broken promises; a break of the page's policy is among them. */
  readonly complaints: string[];
  /** Evaluates an expression as a person at the console would: the page's policy does not hold for it. */
  evaluate<T>(expression: string): Promise<T>;
  /** Checks that axe-core finds nothing serious or critical. */
  checkAccess(what: string): Promise<void>;
}

/** Opens a window of its own at the address. */
export async function look(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Looker> {
  const page = await browser.newPage({ reducedMotion: "reduce", ...options });
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  await page.goto(url);
  const devtools = await page.context().newCDPSession(page);

  async function evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = await devtools.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description);
    return result.value as T;
  }

  async function checkAccess(what: string): Promise<void> {
    await evaluate(`${axe.source}; 0`);
    const found = await evaluate<{ id: string; impact: string; nodes: { html: string }[] }[]>(
      "axe.run().then(({ violations }) => violations)",
    );
    const serious = found.filter(({ impact }) => impact === "serious" || impact === "critical");
    assertEquals(serious.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]), [], what);
  }

  return { page, complaints, evaluate, checkAccess };
}
