import { assert, assertEquals, assertMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { ACCESS, ANY_PORT, type Desk, openDesk, pageOf } from "./desk.ts";
import { noScript } from "./machine.ts";
import { MAIN, until } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";
import { commandLine, type OnTerminal, startOnTerminal } from "./terminal.ts";

/** Starts the upload; when it has ended, the terminal's settings are printed. */
function watchOnTerminal(desk: Desk, path: string): OnTerminal {
  const words = [Deno.execPath(), "run", "-A", MAIN, "--watch", path, ...desk.place, "--no-listen"];
  const command = `trap : INT; ${commandLine(words)}; code=$?; stty -a; exit $code`;
  return startOnTerminal(command, ACCESS);
}

async function checkKeys(
  sandbox: SandboxProcess,
  name: string,
  keys: string,
  says: RegExp,
): Promise<{ code: number; status: string | undefined }> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path(name);
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  await using terminal = watchOnTerminal(desk, path);
  await terminal.program.line(/recorded +11\.5 MB +stored +5\.24 MB/);
  await terminal.type(keys);
  const { code, out } = await terminal.program.ended();
  assertMatch(out, says);
  const settings = out.slice(out.indexOf("speed "));
  for (const setting of ["icanon", "echo", "isig"]) {
    assertMatch(settings, new RegExp(`(^|\\s)${setting}\\b`, "m"), "the terminal is as it was");
  }
  const [asset] = await sandbox.assets(name);
  return { code, status: asset?.status };
}

/** A take that was paused through the API stays so in the next run, which has no page, until `r`. */
async function checkResume(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("resume.mov");
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  {
    await using first = desk.watch(path, ANY_PORT);
    const page = await pageOf(first);
    await first.line(/recorded +11\.5 MB/);
    const { takes: [take] } = await (await fetch(`${page}/api/takes`)).json();
    const answer = await fetch(`${page}/api/takes/${take.id}/pause`, { method: "POST" });
    assertEquals(answer.status, 202, await answer.text());
    await first.kill();
  }
  await mov.stop();
  await using terminal = watchOnTerminal(desk, path);
  await terminal.program.line(/paused: nothing is sent until it is resumed/);
  await terminal.program.line(/r resume/);
  await terminal.type("r");
  await terminal.program.line(/finalized and verified/);
  assertEquals((await terminal.program.ended()).code, 0);
}

/** As `reeltime --watch take01.mov &` in a shell: the terminal's keys belong to somebody else. */
async function checkBackground(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("background.mov");
  await using mov = await createMov(path);
  await mov.stop();
  const words = [Deno.execPath(), "run", "-A", MAIN, "--watch", path, ...desk.place, "--no-listen"];
  const pidFile = desk.path("pid");
  await using terminal = startOnTerminal(
    `set -m; ${commandLine(words)} & echo $! > '${pidFile}'; wait $!`,
    ACCESS,
  );
  await until("it has ended or stopped", async () => {
    const pid = (await Deno.readTextFile(pidFile).catch(() => "")).trim();
    if (pid === "") return false;
    const stat = await Deno.readTextFile(`/proc/${pid}/stat`).catch(() => ") gone");
    const state = /\) (\w+)/.exec(stat)![1]!;
    if (state === "T") Deno.kill(Number(pid), "SIGKILL");
    assert(state !== "T", "the terminal has stopped it, and the upload stands still");
    return state === "gone" || state === "Z";
  });
  assertEquals((await terminal.program.ended()).code, 0);
}

Deno.test({
  name: `reeltime on a terminal${noScript}`,
  ignore: noScript !== "",
  async fn(t) {
    await using sandbox = await startSandbox();
    await sideBySide(t, [
      {
        name: "finishes the take when f is pressed",
        async run() {
          const says = /Finishing finish\.mov at its present size, by your word/;
          const { code, status } = await checkKeys(sandbox, "finish.mov", "f", says);
          assertEquals({ code, status }, { code: 3, status: "complete" });
        },
      },
      {
        name: "suspends the take at Ctrl-C and gives the terminal back",
        async run() {
          const says = /suspended: the same command goes on with it/;
          const { code, status } = await checkKeys(sandbox, "ctrl_c.mov", "\u0003", says);
          assertEquals({ code, status }, { code: 130, status: "uploading" });
        },
      },
      {
        name: "resumes a paused take when r is pressed",
        run: () => checkResume(sandbox),
      },
      {
        name: "goes on in the background of a shell, whose keys it leaves alone",
        run: () => checkBackground(sandbox),
      },
    ]);
  },
});
