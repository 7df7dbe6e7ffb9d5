import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { join } from "@std/path";
import { type Ended, start, type StartOptions } from "./program.ts";
import { ACCESS } from "./desk.ts";
import { noSetpriv } from "./machine.ts";
import { ACCOUNT, type Refusal, REFUSALS } from "./refusals.ts";
import { sideBySide } from "./side_by_side.ts";

/** The end of a command line that is run in a folder of its own. */
async function leave(args: readonly string[], options: StartOptions = {}): Promise<Ended> {
  const cwd = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
  try {
    await Deno.mkdir(join(cwd, "folder.mov"));
    const state = args.includes("--watch") ? ["--state", join(cwd, "state")] : [];
    await using program = start([...args, ...state], { cwd, ...options });
    return await program.ended();
  } finally {
    await Deno.remove(cwd, { recursive: true });
  }
}

async function checkRefusal({ args, env = {}, says }: Refusal): Promise<void> {
  const { code, out, err } = await leave(args, { env });
  assertMatch(err, says);
  assertEquals({ code, out }, { code: 2, out: "" });
  assertNotMatch(err, /^\s+at |open-sesame/m); // no stack, no secret
}

async function checkHelp(args: readonly string[], names: readonly string[]): Promise<void> {
  const { code, out, err } = await leave([...args, "--help"]);
  assertEquals({ code, err }, { code: 0, err: "" });
  for (const name of names) assertMatch(out, new RegExp(`^  ${name}\\b`, "m"));
}

Deno.test("reeltime's command line", async (t) => {
  await sideBySide(t, [
    ...REFUSALS.map((refusal) => ({
      name: `refuses ${refusal.name} with status 2 and the remedy`,
      run: () => checkRefusal(refusal),
    })),
    {
      name: "--help tells every flag",
      run: () =>
        checkHelp(
          [],
          "watch name sandbox api folder token-file state listen no-listen control-token-file allow-root lanes idle abandon stay correct json"
            .split(" ").map((flag) => `--${flag}`),
        ),
    },
    {
      name: "sandbox --help tells every flag",
      run: () =>
        checkHelp(["sandbox"], ["--listen", "--dir", "--url-life", "--refuse-again", "--help"]),
    },
    {
      name: "demo --help tells every flag",
      run: () => checkHelp(["demo"], ["--seconds", "--help"]),
    },
    {
      name: "--version prints the version alone",
      async run() {
        const { code, out } = await leave(["--version"]);
        assertEquals(code, 0);
        assertMatch(out, /^\d+\.\d+\.\d+\n$/);
      },
    },
    {
      name: "refuses an unreadable recording with status 2, before anything is created",
      ignored: noSetpriv,
      run: checkUnreadable,
    },
  ]);
});

/** The permission bits do not bind root, so the program runs as nobody. */
async function checkUnreadable(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
  try {
    await Deno.chmod(folder, 0o777);
    const path = join(folder, "take01.mov");
    await Deno.writeFile(path, new Uint8Array(3), { mode: 0o600 });
    await using program = start(
      ["--watch", path, ...ACCOUNT, "--state", join(folder, "state")],
      {
        env: ACCESS,
        cwd: folder,
        through: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--"],
      },
    );
    const { code, out, err } = await program.ended();
    assertMatch(err, /Cannot read .*take01\.mov.*Check its permissions/s);
    assertNotMatch(err, /^\s+at /m);
    assertEquals({ code, out }, { code: 2, out: "" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
