import { assertEquals, assertNotMatch } from "@std/assert";
import { join } from "@std/path";
import { createMov } from "../support/mov_writer.ts";
import { runAsTold } from "./as_told.ts";
import { ACCESS, openDesk } from "./desk.ts";
import { noScript } from "./machine.ts";
import { MAIN, until } from "./program.ts";
import { startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";
import { commandLine, startOnTerminal } from "./terminal.ts";

async function makeMov(path: string): Promise<void> {
  await using mov = await createMov(path);
  await mov.roll(1_000_000);
  await mov.stop();
}

/** `deno run main.ts --watch take01.mov` with the account in the environment and nothing else. */
async function checkBareEnvironment(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  await makeMov(desk.path("take01.mov"));
  const env = { ...ACCESS, FRAMEIO_FOLDER: "root", XDG_STATE_HOME: desk.path("xdg") };
  const args = ["--watch", "take01.mov", "--api", sandbox.url, "--no-listen"];
  assertEquals(await runAsTold(args, { cwd: desk.folder, env }), 0);
}

async function checkBareTokenFile(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  await Deno.mkdir(desk.path("card"));
  await makeMov(desk.path("card/take01.mov"));
  await Deno.writeTextFile(desk.path("token.txt"), "sandbox\n");
  const args = ["--watch", "take01.mov", ...desk.place, "--no-listen"];
  const token = ["--token-file", desk.path("token.txt")];
  assertEquals(await runAsTold([...args, ...token], { cwd: desk.path("card") }), 0);
}

/** Spaces as cards have them, and an apostrophe: the flags are pasted into a shell. */
async function checkPaths(): Promise<void> {
  await using desk = await openDesk("");
  const cwd = desk.path("anna's card 1");
  await Deno.mkdir(cwd);
  await makeMov(join(cwd, "take01.mov"));
  const args = ["--watch", "take01.mov", "--sandbox", "--state", desk.path("anna's state")];
  assertEquals(await runAsTold([...args, "--no-listen"], { cwd }), 0);
}

/** On a terminal Deno asks for everything, before the keys are read in raw mode. */
async function checkAsking(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("take01.mov");
  await makeMov(path);
  const words = [Deno.execPath(), "run", MAIN, "--watch", path, ...desk.place, "--no-listen"];
  await using terminal = startOnTerminal(commandLine(words), ACCESS);
  const { program } = terminal;
  let isOver = false;
  const ended = program.ended().finally(() => isOver = true);
  let typedAtMs = -Infinity;
  await until("it has ended", async () => {
    const said = program.printed();
    assertNotMatch(said, /Cannot prompt for/);
    // Deno drops what is typed too early: a question that still stands is answered again.
    if (/> [y\s]*$/.test(said) && performance.now() > typedAtMs + 250) {
      typedAtMs = performance.now();
      await terminal.type("y\r");
    }
    return isOver;
  });
  assertEquals((await ended).code, 0);
  await sandbox.arrived("take01.mov", path);
}

Deno.test("reeltime without permissions", async (t) => {
  await sideBySide(t, [
    {
      name: "prints the flags that are enough, with the account in the environment",
      run: checkBareEnvironment,
    },
    { name: "prints the flags that are enough, with --token-file", run: checkBareTokenFile },
    { name: "prints the flags that are enough, with any path", run: checkPaths },
    {
      name: "asks for all of them on a terminal",
      ignored: noScript,
      run: checkAsking,
    },
  ]);
});
