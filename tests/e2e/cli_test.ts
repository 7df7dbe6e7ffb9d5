import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { join } from "@std/path";
import { type Ended, start, type StartOptions } from "./program.ts";
import { noSetpriv } from "./machine.ts";
import { sideBySide } from "./side_by_side.ts";

/** A command line that is refused before anything happens. */
interface Refusal {
  readonly name: string;
  readonly args: readonly string[];
  readonly says: RegExp;
  readonly env?: Record<string, string>;
}

const TOKEN = { FRAMEIO_TOKEN: "sandbox" };
const ACCOUNT = ["--folder", "root", "--api", "http://127.0.0.1:1", "--no-listen"];

const REFUSALS: readonly Refusal[] = [
  { name: "no recording", args: [], says: /Name a recording with --watch/ },
  { name: "an unknown flag", args: ["--wach", "a.mov"], says: /understand --wach\. See --help/ },
  {
    name: "an unknown flag of sandbox",
    args: ["sandbox", "--dir", "x", "--port", "1"],
    says: /understand --port/,
  },
  { name: "an unknown flag of demo", args: ["demo", "--fast"], says: /understand --fast/ },
  { name: "an argument without a flag", args: ["take01.mov"], says: /understand take01\.mov/ },
  { name: "a flag without its value", args: ["--watch"], says: /--watch without a value/ },
  {
    name: "no credentials",
    args: ["--watch", "a.mov", ...ACCOUNT],
    says: /without credentials: .*FRAMEIO_TOKEN.*--token-file/,
  },
  {
    name: "an unreadable token file",
    args: ["--watch", "a.mov", ...ACCOUNT, "--token-file", "nowhere.txt"],
    says: /Cannot read the token: nowhere\.txt/,
  },
  {
    name: "a token on the command line",
    args: ["--watch", "a.mov", ...ACCOUNT, "--token=open-sesame"],
    says: /never given on the command line: use FRAMEIO_TOKEN or --token-file/,
  },
  {
    name: "no folder",
    args: ["--watch", "a.mov", "--no-listen"],
    env: TOKEN,
    says: /--folder.*FRAMEIO_FOLDER/,
  },
  {
    name: "an API that is no URL",
    args: ["--watch", "a.mov", "--folder", "root", "--api", "frame.io"],
    env: TOKEN,
    says: /--api frame\.io: it is not a URL/,
  },
  {
    name: "a recording without an extension",
    args: ["--watch", "take01", ...ACCOUNT],
    env: TOKEN,
    says: /no extension.*--name "take01\.mov"/,
  },
  {
    name: "one name for two recordings",
    args: ["--watch", "a.mov", "--watch", "b.mov", "--name", "c.mov", ...ACCOUNT],
    env: TOKEN,
    says: /--name with several recordings/,
  },
  {
    name: "a folder instead of a recording",
    args: ["--watch", "folder.mov", ...ACCOUNT],
    env: TOKEN,
    says: /folder\.mov: it is a folder, and folders are not watched yet/,
  },
  {
    name: "lanes out of range",
    args: ["--watch", "a.mov", ...ACCOUNT, "--lanes", "33"],
    env: TOKEN,
    says: /--lanes 33: write a whole number from 1 to 32/,
  },
  {
    name: "an address that is none",
    args: ["--watch", "a.mov", "--sandbox", "--listen", "8090"],
    says: /--listen 8090: write HOST:PORT/,
  },
];

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
          "watch name sandbox api folder token-file state listen no-listen lanes idle abandon stay json"
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
        env: TOKEN,
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
