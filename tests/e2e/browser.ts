/** Debian's Chromium, driven by playwright-core; nothing is downloaded. */
import { type Browser, chromium } from "playwright-core";

/** Where Debian's package puts it. */
export const CHROMIUM = "/usr/bin/chromium";

/** Why there is no browser here; empty where there is one. */
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
