import { assertEquals, assertMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { noBrowser, startBrowser } from "./browser.ts";
import { ACCESS, ANY_PORT, openDesk, pageOf } from "./desk.ts";
import { checkEnd } from "./page_end.ts";
import { checkJourney } from "./page_journey.ts";
import {
  checkButtons,
  checkFifty,
  checkNames,
  checkStates,
  checkSteady,
  checkWidths,
} from "./page_looks.ts";
import { start } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

async function checkFinish(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("finish.mov");
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  const endBytes = mov.sizeBytes;
  const program = desk.watch(path, ANY_PORT);
  const page = new URL(await pageOf(program));
  await program.line(/finish\.mov +recording/);
  const { takes: [take] } = await (await fetch(new URL("/api/takes", page))).json();

  const ask = (header: string) =>
    statusOf(page, `POST /api/takes/${take.id}/finish`, `${header}Content-Length: 0\r\n`);
  const own = `Host: ${page.host}\r\n`;
  assertEquals(await ask("Host: evil.example\r\n"), 421);
  assertEquals(await ask(`${own}Origin: http://evil.example\r\n`), 403);
  assertEquals(await ask(`${own}Sec-Fetch-Site: cross-site\r\n`), 403);
  const [asset] = await sandbox.assets("finish.mov");
  assertEquals(asset?.size, null, "none of them ended the take");
  assertEquals(await ask(own), 202);

  await mov.roll(MIB); // the recorder does not know
  const { code, out } = await program.ended();
  assertEquals(code, 3); // its recorder never finished it
  assertMatch(out, /finish asked; the take ends at 11\.5 MB/);
  const copy = desk.path("copy.mov");
  await Deno.copyFile(path, copy);
  await Deno.truncate(copy, endBytes);
  await sandbox.arrived("finish.mov", copy);
}

/** Status of a request whose headers fetch would not send. */
async function statusOf(page: URL, request: string, headers: string): Promise<number> {
  using connection = await Deno.connect({ hostname: page.hostname, port: Number(page.port) });
  const text = `${request} HTTP/1.1\r\n${headers}Connection: close\r\n\r\n`;
  await connection.write(new TextEncoder().encode(text));
  const answer = new Uint8Array(64);
  const count = await connection.read(answer);
  const line = new TextDecoder().decode(answer.subarray(0, count ?? 0));
  return Number(/^HTTP\/1\.1 (\d+)/.exec(line)?.[1]);
}

/** Whatever is asked of the API, nothing but the program's own words reaches the terminal. */
async function checkSilence(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const program = desk.watch(desk.path("silence.mov"), ANY_PORT);
  const page = await pageOf(program);
  const post = (path: string, headers: string) =>
    statusOf(new URL(page), `POST ${path}`, `Host: ${new URL(page).host}\r\n${headers}`);
  assertEquals(await post("/api/takes/none/pause", ""), 404); // without any length, as curl does
  assertEquals(await post("/api/takes", "Content-Length: 0\r\n"), 422);
  const body = JSON.stringify({ path: desk.path("more.mov") });
  const headers = { "Content-Type": "application/json" };
  const added = await fetch(new URL("/api/takes", page), { method: "POST", headers, body });
  await added.body?.cancel();
  assertEquals(added.status, 202);
  program.signal("SIGINT");
  assertEquals((await program.ended()).err, "");
}

async function checkTakenPort(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const address = `127.0.0.1:${other.addr.port}`;
  const path = desk.path("port.mov");
  const { code, err } = await desk.watch(path, ["--listen", address]).ended();
  assertMatch(err, new RegExp(`${address}: another program has that port\\. .*--no-listen`));
  assertEquals(code, 2);
}

async function checkDefaultPort(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  using _other = listenOnDefaultPort();
  const path = desk.path("default_port.mov");
  await using mov = await createMov(path);
  await mov.stop();
  await using program = start(["--watch", path, ...desk.place], { env: ACCESS });
  const { code, out } = await program.ended();
  assertEquals(code, 0);
  assertMatch(out, /127\.0\.0\.1:8090: another program has that port\. Going on without it/);
  await sandbox.arrived("default_port.mov", path);
}

/** Takes the port, unless somebody on this machine has it already: that serves as well. */
function listenOnDefaultPort(): Disposable {
  try {
    return Deno.listen({ hostname: "127.0.0.1", port: 8090 });
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return { [Symbol.dispose]() {} };
    throw error;
  }
}

Deno.test("reeltime's page", async (t) => {
  await using sandbox = await startSandbox();
  await sideBySide(t, [
    {
      name: "finishes a take at its size, but not for another host's or site's request",
      run: () => checkFinish(sandbox),
    },
    {
      name: "leaves the terminal alone whatever is posted to it",
      run: () => checkSilence(sandbox),
    },
    {
      name: "asked for on a port in use is status 2",
      run: () => checkTakenPort(sandbox),
    },
    {
      name: "is gone without when the default port is in use, and it says so",
      run: () => checkDefaultPort(sandbox),
    },
  ]);
});

/** Where the pictures go, to be kept: a folder. Without it they go with the test. */
const SHOTS = Deno.env.get("PAGE_SHOTS");

Deno.test({
  name: `reeltime's page in a browser${noBrowser()}`,
  ignore: noBrowser() !== "",
  sanitizeOps: false, // the browser's driver keeps pipes and timers of its own
  sanitizeResources: false,
  async fn(t) {
    const shots = SHOTS ?? await Deno.makeTempDir({ prefix: "reeltime-e2e-shots-" });
    await using sandbox = await startSandbox();
    const browser = await startBrowser();
    try {
      await sideBySide(t, [
        {
          name: "shows a take from before its first byte to its end, and does what is pressed",
          run: () => checkJourney(browser, sandbox, shots),
        },
        {
          name: "keeps how a run left things, and goes on with the next one",
          run: () => checkEnd(browser, sandbox),
        },
        { name: "is fit for all in light", run: () => checkStates(browser, "light") },
        { name: "is fit for all in dark", run: () => checkStates(browser, "dark") },
        { name: "shows fifty takes as rows that open", run: () => checkFifty(browser) },
        { name: "shows names as text", run: () => checkNames(browser) },
        { name: "asks before something is lost", run: () => checkButtons(browser) },
        { name: "keeps its lines on a small notebook", run: () => checkWidths(browser) },
        { name: "moves nothing while figures change", run: () => checkSteady(browser) },
      ]);
    } finally {
      await browser.close();
      if (SHOTS === undefined) await Deno.remove(shots, { recursive: true });
    }
  },
});
