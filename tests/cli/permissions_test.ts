import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { ensurePermissions, missingPermissions } from "../../src/cli/permissions.ts";
import { Config } from "../../src/errors.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { watch } from "./surroundings_stub.ts";

const ASKED = { variables: ["FRAMEIO_TOKEN", "HOME"], files: ["/token"], refused: false };

/** The flags that are printed on a machine with this NODE_EXTRA_CA_CERTS. */
function flagsFor(args: readonly string[], asked = ASKED, authorities?: string): string {
  const before = Deno.env.get(EXTRA);
  if (authorities === undefined) Deno.env.delete(EXTRA);
  else Deno.env.set(EXTRA, authorities);
  try {
    const { message } = missingPermissions(watch(args), asked);
    return /^ {2}deno run (.*) main\.ts …$/m.exec(message)![1]!;
  } finally {
    if (before !== undefined) Deno.env.set(EXTRA, before);
    else Deno.env.delete(EXTRA);
  }
}

const EXTRA = "NODE_EXTRA_CA_CERTS";

/** What a shell makes of a command line: its words. */
async function wordsOf(flags: string): Promise<string[]> {
  const script = `for word in ${flags}; do printf '%s\\n' "$word"; done`;
  const { stdout } = await new Deno.Command("sh", { args: ["-c", script] }).output();
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

Deno.test("permissions are the least that works, in Deno's own words", () => {
  assertEquals(
    flagsFor(["--watch", "/card/a.mov", "--watch", "/card/b.mov", "--state", "/state"]),
    "--allow-read=/card,/state,/token --allow-write=/state " +
      "--allow-net=127.0.0.1:8090,api.frame.io,'*.amazonaws.com' " +
      "--allow-env=FRAMEIO_TOKEN,HOME,NODE_EXTRA_CA_CERTS,NODE_USE_SYSTEM_CA",
  );
  assertEquals(
    flagsFor(["--watch", "/card/a.mov", "--state", "/state", "--sandbox", "--no-listen"], {
      variables: [],
      files: [],
      refused: false,
    }),
    "--allow-read=/card,/state --allow-write=/state --allow-net=127.0.0.1",
  );
});

Deno.test("permissions hold what node:https wants where further authorities are set", () => {
  const args = ["--watch", "/card/a.mov", "--state", "/state"];
  assertMatch(flagsFor(args, ASKED, "/etc/ca.pem"), / --allow-sys$/);
  for (const other of [["--sandbox"], ["--api", "http://127.0.0.1:8091"]]) {
    assertNotMatch(flagsFor([...args, ...other], ASKED, "/etc/ca.pem"), /sys|NODE/);
  }
});

Deno.test("permissions name an IPv6 address as Deno reads it", () => {
  const flags = flagsFor(["--watch", "/card/a.mov", "--state", "/state", "--listen", "[::1]:8090"]);
  assertMatch(flags, /--allow-net='?\[::1\]:8090'?,/);
});

Deno.test("permissions cover the folder that a link leads to, where it can be seen", async () => {
  await using folder = await tempFolder();
  await Deno.mkdir(folder.at("card"));
  await Deno.symlink(folder.at("card"), folder.at("link"));
  await Deno.symlink(folder.at("card", "b.mov"), folder.at("b.mov"));
  const read = (path: string) =>
    /--allow-read=(\S*),\/state/.exec(flagsFor(["--watch", path, "--state", "/state"]))![1]!;
  const card = folder.at("card");
  assertEquals(read(folder.at("link", "a.mov")), `${folder.at("link")},${card}`);
  assertEquals(read(folder.at("card", "a.mov")), card);
  await Deno.writeTextFile(folder.at("card", "b.mov"), "x");
  assertEquals(read(folder.at("b.mov")), `${folder.path},${card}`);
});

Deno.test({
  name: "permissions stand in a shell as they are meant, whatever a path holds",
  ignore: Deno.build.os === "windows",
  async fn() {
    const folders = ["/my card", "/it's", "/a$HOME", "/a`b`", '/a"b', "/a\\b", "/é", "/a;b", "/a*"];
    for (const folder of folders) {
      const flags = flagsFor(["--watch", `${folder}/a.mov`, "--state", "/state"]);
      const words = await wordsOf(flags);
      assertEquals(words[0], `--allow-read=${folder},/state,/token`, flags);
    }
  },
});

Deno.test("permissions for a path with a comma, which Deno cannot be told, are those of its folder", () => {
  const flags = flagsFor(["--watch", "/cards/day 1, A/clips/a.mov", "--state", "/var/x,y/state"]);
  assertMatch(flags, /^--allow-read=\/cards,\/var,\/token --allow-write=\/var /);
});

Deno.test({
  name: "permissions that are printed are all that Deno asks for, and it splits them as meant",
  ignore: Deno.build.os === "windows",
  async fn() {
    await using folder = await tempFolder();
    for (const name of ["plain", "my card", "it's", "day 1, A"]) {
      await Deno.mkdir(folder.at(name));
      const config = watch([
        ...["--watch", folder.at(name, "a.mov"), "--state", folder.at(name, "state")],
        ...["--listen", "[::1]:8090"],
      ]);
      const words = await wordsOf(
        /deno run (.*) main\.ts/.exec(
          missingPermissions(config, ASKED).message,
        )![1]!,
      );
      const probe = `
        import { ensurePermissions } from ${JSON.stringify(SOURCE)};
        const config = JSON.parse(Deno.args[0]);
        await ensurePermissions(config, JSON.parse(Deno.args[1]));
        console.log("enough");`;
      const url = `data:application/typescript,${encodeURIComponent(probe)}`;
      const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: [
          ...["run", "--no-prompt", "--no-check", "--config", join(Deno.cwd(), "deno.json")],
          ...words,
          ...[url, JSON.stringify(config), JSON.stringify(ASKED)],
        ],
        stdin: "null",
      }).output();
      const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      assertEquals(decode(stdout), "enough\n", `${name}: ${decode(stderr)}`);
    }
  },
});

/** The module under test, for a process of its own. */
const SOURCE = new URL("../../src/cli/permissions.ts", import.meta.url).href;

Deno.test({
  name: "permissions that are missing are told before anything begins",
  permissions: { read: ["/card"], net: true, env: true },
  async fn() {
    const config = watch(["--watch", "/card/a.mov", "--state", "/state"]);
    if (Deno.stdin.isTerminal()) return; // there it would ask
    const { message } = await assertRejects(() => ensurePermissions(config, ASKED), Config);
    assert(message.includes("--allow-write=/state"), message);
    assert(message.includes("deno run -A main.ts"), message);
  },
});
