import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parseCommand } from "../../src/cli/args.ts";
import { Config } from "../../src/errors.ts";
import { surroundings, watch } from "./surroundings_stub.ts";

/** The words with which a command line is refused. */
function refusal(args: readonly string[], ...around: Parameters<typeof surroundings>): string {
  return assertThrows(
    () => parseCommand(args, surroundings(...around)),
    Config,
    undefined,
    `${args}`,
  )
    .message;
}

Deno.test("parseCommand() watches with the defaults that --help names", () => {
  const config = watch(["--watch", "/card/a.mov"]);
  assertEquals(config.recordings, [
    { path: "/card/a.mov", name: "a.mov", filetype: "video/quicktime" },
  ]);
  assertEquals(config.account?.apiBase, "https://api.frame.io");
  assertEquals([config.account?.folder, config.account?.token?.reveal()], [
    "env-folder",
    "env-token",
  ]);
  assertEquals(config.stateFolder, "/home/me/.local/state/reeltime");
  assertEquals(config.listen, { hostname: "127.0.0.1", port: 8090, asked: false });
  assertEquals([config.lanes, config.idleMs, config.abandonMs], [5, 60_000, 3_600_000]);
  assertEquals([config.stay, config.correct, config.json], [false, false, false]);
  assert(Object.isFrozen(config));
});

Deno.test("parseCommand() reads every flag of watch", () => {
  const config = watch([
    ...["--watch=/card/clip", "--name", "take 01.mxf", "--api", "http://127.0.0.1:8091/"],
    ...["--folder", "f1", "--token-file", "/token", "--state", "/state", "--listen", "[::1]:0"],
    ...["--lanes", "32", "--idle=0.5", "--abandon", "7200", "--stay", "--correct", "--json"],
  ], { files: { "/token": "file-token\n" } });
  assertEquals(config.recordings, [
    { path: "/card/clip", name: "take 01.mxf", filetype: "application/mxf" },
  ]);
  assertEquals(config.account?.apiBase, "http://127.0.0.1:8091");
  assertEquals([config.account?.folder, config.account?.token?.reveal()], ["f1", "file-token"]);
  assertEquals(config.stateFolder, "/state");
  assertEquals(config.listen, { hostname: "::1", port: 0, asked: true });
  assertEquals([config.lanes, config.idleMs, config.abandonMs], [32, 500, 7_200_000]);
  assertEquals([config.stay, config.correct, config.json], [true, true, true]);
});

Deno.test("parseCommand() takes several recordings, each once", () => {
  const config = watch(["--watch", "a.mov", "--watch=b.mxf", "--watch", "a.mov"]);
  assertEquals(config.recordings.map(({ path }) => path), ["a.mov", "b.mxf"]);
  assertMatch(
    refusal(["--watch", "a.mov", "--watch", "b.mov", "--name", "c.mov"]),
    /--name with several recordings: it names one asset/,
  );
});

Deno.test("parseCommand() takes odd names as they are", () => {
  for (
    const path of ["007.mov", "0x10.mov", "a b.mov", "é.mov", "a=b.mov", "./-a.mov", "--a.mov"]
  ) {
    const config = watch([`--watch=${path}`, `--name==${path}`]);
    assertEquals([config.recordings[0]?.path, config.recordings[0]?.name], [path, `=${path}`]);
  }
});

Deno.test("parseCommand() says how to write a value that begins with a dash", () => {
  for (const flag of ["--watch", "--name"]) {
    const words = refusal(["--watch", "b.mov", flag, "-a.mov"]);
    assertMatch(words, new RegExp(`Cannot understand -a\\.mov\\. .*${flag}=-a\\.mov`));
  }
});

Deno.test("parseCommand() listens where it is told, and nowhere with --no-listen", () => {
  const listen = (...args: string[]) => watch(["--watch", "a.mov", ...args]).listen;
  assertEquals(listen("--no-listen"), null);
  assertEquals(listen("--listen", ":9000"), { hostname: "127.0.0.1", port: 9000, asked: true });
  assertEquals(listen("--listen", "0.0.0.0:1", "--no-listen"), null, "the last one counts");
  assertMatch(refusal(["--watch", "a.mov", "--listen", "9000"]), /write HOST:PORT/);
  assertMatch(refusal(["--watch", "a.mov", "--no-listen=x"]), /--no-listen with a value/);
});

Deno.test("parseCommand() needs nothing of an account with --sandbox, and takes nothing", () => {
  const nothing = { env: { HOME: "/h" } };
  assertEquals(watch(["--watch", "a.mov", "--sandbox"], nothing).account, null);
  for (const flag of ["--api=https://x", "--folder=x", "--token-file=x"]) {
    const words = refusal(["--watch", "a.mov", "--sandbox", flag]);
    assertEquals(
      words,
      `Cannot use ${flag.split("=")[0]} with --sandbox: the embedded stand-in needs none`,
    );
  }
});

Deno.test("parseCommand() refuses what it does not know, and never ignores it", () => {
  const cases: readonly [args: readonly string[], words: RegExp][] = [
    [[], /Name a recording with --watch PATH, or see --help/],
    [["--json"], /Name a recording with --watch PATH/],
    [["a.mov"], /Cannot understand a\.mov\. .*--watch/],
    [["--watch", "a.mov", "b.mov"], /Cannot understand b\.mov\. .*--watch/],
    [["--watch", "a.mov", "--", "b.mov"], /Cannot understand b\.mov/],
    [["--watch", "a.mov", "--", "--lanes"], /Cannot understand --lanes/],
    [["--watch", "a.mov", "--wach", "b.mov"], /Cannot understand --wach\. See --help/],
    [["--watch", "a.mov", "--Lanes=3"], /Cannot understand --Lanes\. See --help/],
    [["--watch", "a.mov", "-j"], /Cannot understand -j\. See --help/],
    [["--watch", "a.mov", "--no-json"], /Cannot understand --no-json/],
    [["--watch", "a.mov", "--watch.x=1"], /Cannot understand --watch\.x/],
    [["--watch", "a.mov", "--__proto__=1"], /Cannot understand --__proto__/],
    [["--watch", "a.mov", "--json=maybe"], /--json with a value: write --json alone/],
    [["--watch", "a.mov", "--sandbox=no"], /--sandbox with a value/],
    [["--watch"], /--watch without a value/],
    [["--watch="], /--watch without a value/],
    [["--watch", ""], /an empty argument\. Is a variable of the shell not set\?/],
    [["--watch", "--sandbox"], /--watch without a value/],
    [["--watch", "a.mov", "--lanes"], /--lanes without a value/],
    [["--watch", "a.mov", "--lanes", "0"], /--lanes 0: write a whole number from 1 to 32/],
    [["--watch", "a.mov", "--lanes", "2.5"], /--lanes 2\.5: write a whole number/],
    [["--watch", "a.mov", "--idle", "soon"], /--idle soon: write a number from 0\.1/],
    [["--watch", "a.mov", "--abandon=-5"], /--abandon -5: write a number/],
    [["--watch", "take01"], /no extension.*--name "take01\.mov"/],
    [["demo", "x"], /Cannot understand x/],
    [["demo", "--", "--seconds", "5"], /Cannot understand --seconds/],
    [["demo", "--seconds", "1"], /--seconds 1: write a whole number from 2 to 600/],
    [["sandbox"], /--dir DIR/],
    [["sandbox", "--dir", "d", "--watch", "a.mov"], /Cannot understand --watch/],
    [["sandbox", "--dir", "d", "--url-life", "0"], /--url-life 0: write a whole number from 1/],
  ];
  for (const [args, words] of cases) assertMatch(refusal(args), words, args.join(" "));
});

Deno.test("parseCommand() reads sandbox, demo, help and version", () => {
  const parse = (...args: string[]) => parseCommand(args, surroundings());
  assertEquals(parse("sandbox", "--dir", "d"), {
    is: "sandbox",
    hostname: "127.0.0.1",
    port: 8091,
    dir: "d",
    refuseAgain: false,
    urlLifeSeconds: 86_400,
  });
  const life = ["--refuse-again", "--url-life", "60", "--listen", ":0"];
  assertEquals(parse("sandbox", "--dir", "d", ...life), {
    is: "sandbox",
    hostname: "127.0.0.1",
    port: 0,
    dir: "d",
    refuseAgain: true,
    urlLifeSeconds: 60,
  });
  assertEquals(parse("demo"), { is: "demo", seconds: 12 });
  assertEquals(parse("demo", "--seconds", "30"), { is: "demo", seconds: 30 });
  assertEquals(parse("--version"), { is: "version" });
  assertEquals(parse("--help", "--watch", "a.mov"), { is: "help", of: "watch" });
  assertEquals(parse("sandbox", "--help"), { is: "help", of: "sandbox" });
  assertEquals(parse("demo", "--help"), { is: "help", of: "demo" });
});
