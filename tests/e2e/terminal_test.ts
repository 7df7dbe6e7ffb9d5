import { assertEquals, assertMatch } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { ACCESS, type Desk, openDesk } from "./desk.ts";
import { noScript } from "./machine.ts";
import { follow, MAIN, type Program } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

/** The program on a terminal of its own, which script(1) makes and we type on. */
interface OnTerminal extends AsyncDisposable {
  readonly program: Program;
  type(keys: string): Promise<void>;
}

/** Starts the upload; when it has ended, the terminal's settings are printed. */
function startOnTerminal(desk: Desk, path: string): OnTerminal {
  const words = [Deno.execPath(), "run", "-A", MAIN, "--watch", path, ...desk.place, "--no-listen"];
  const command = words.map((word) => `'${word}'`).join(" ");
  const child = new Deno.Command("script", {
    args: ["-qec", `trap : INT; ${command}; code=$?; stty -a; exit $code`, "/dev/null"],
    env: { ...ACCESS, TERM: "xterm-256color" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const program = follow(child, command);
  return {
    program,
    type: (keys) => keyboard.write(new TextEncoder().encode(keys)),
    async [Symbol.asyncDispose]() {
      await program.kill(); // the terminal goes with it, and what runs there is hung up on
      await keyboard.close().catch(() => {});
    },
  };
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
  await using terminal = startOnTerminal(desk, path);
  await terminal.program.line(/recorded +11\.5 MB/);
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
    ]);
  },
});
