/**
 * Takes the pictures of docs/screenshots/: `deno run -A tests/e2e/page_shots.ts FOLDER [NAME…]`. They
 * are looked at by people; nothing compares them.
 */
import { join } from "@std/path";
import { startBrowser } from "./browser.ts";
import { startFixture } from "./page_fixture.ts";

/** One picture: the scene, the window's size and colors. */
interface Shot {
  readonly scene: string;
  readonly width?: number;
  readonly height?: number;
  readonly isDark?: boolean;
  readonly path?: string;
  readonly isLost?: boolean;
  readonly isEnded?: boolean;
  readonly isOpen?: boolean;
}

const PHONE = { width: 390, height: 844 };

const SHOTS: Readonly<Record<string, Shot>> = {
  idle: { scene: "idle" },
  live: { scene: "live" },
  "live-dark": { scene: "live", isDark: true },
  behind: { scene: "behind" },
  paused: { scene: "paused" },
  failed: { scene: "failed" },
  finished: { scene: "finished" },
  verifying: { scene: "verifying", isOpen: true },
  many: { scene: "many" },
  "many-phone": { scene: "many", ...PHONE },
  phone: { scene: "live", ...PHONE, isDark: true },
  "phone-behind": { scene: "behind", ...PHONE },
  login: { scene: "idle", path: "/login", width: 800, height: 600 },
  disconnected: { scene: "live", isLost: true },
  ugly: { scene: "ugly" },
  sandbox: { scene: "sandbox" },
  ended: { scene: "finished", isEnded: true },
  "given-up": { scene: "given_up" },
};

const [folder = "docs/screenshots", ...names] = Deno.args;
await Deno.mkdir(folder, { recursive: true });
await using fixture = startFixture("idle");
const browser = await startBrowser();
try {
  for (const name of names.length > 0 ? names : Object.keys(SHOTS)) await shoot(name);
} finally {
  await browser.close();
}

async function shoot(name: string): Promise<void> {
  const { width = 1280, height = 800, path = "/", ...shot } = SHOTS[name]!;
  fixture.show(shot.scene);
  fixture.answer(true);
  const page = await browser.newPage({
    viewport: { width, height },
    colorScheme: shot.isDark ? "dark" : "light",
    reducedMotion: "reduce",
  });
  await page.goto(fixture.url + path);
  if (path === "/") await page.getByText("Connected").waitFor();
  if (shot.isOpen) {
    await page.getByText("Timeline").first().click();
    await page.mouse.wheel(0, -2000);
  }
  if (shot.isLost) {
    fixture.answer(false);
    await page.getByText("Connection lost").waitFor();
  }
  if (shot.isEnded) {
    fixture.end();
    await page.getByText("reeltime has ended:").waitFor();
  }
  await page.waitForTimeout(400);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}
