import { assert, assertEquals, assertMatch, assertNotMatch, assertThrows } from "@std/assert";
import { parseCommand } from "../../src/cli/args.ts";
import { Config } from "../../src/errors.ts";
import { type Machine, surroundings, watch } from "./surroundings_stub.ts";

const TAKE = ["--watch", "a.mov"];
const TOKEN = { HOME: "/h", FRAMEIO_TOKEN: "env-token" };
const STATE = "/h/.local/state/reeltime";

function refusal(args: readonly string[], machine: Machine = {}): string {
  return assertThrows(() => parseCommand(args, surroundings(machine)), Config, undefined, `${args}`)
    .message;
}

Deno.test("parseCommand() takes the folder from the flag, else the environment, else config.json", () => {
  const files = { [`${STATE}/config.json`]: '{"folder":"file-folder"}' };
  const folder = (args: readonly string[], env: Record<string, string>) =>
    watch([...TAKE, ...args], { env, files }).account?.folder;
  const both = { ...TOKEN, FRAMEIO_FOLDER: "env-folder" };
  assertEquals(folder(["--folder", "flag-folder"], both), "flag-folder");
  assertEquals(folder([], both), "env-folder");
  assertEquals(folder([], TOKEN), "file-folder");
  assertEquals(folder([], { ...TOKEN, FRAMEIO_FOLDER: "" }), "file-folder", "empty is not set");
});

Deno.test("parseCommand() says where a folder can be named, and what is wrong with config.json", () => {
  const words = (text?: string) =>
    refusal(TAKE, {
      env: TOKEN,
      files: text === undefined ? {} : { [`${STATE}/config.json`]: text },
    });
  const ways =
    /--folder, in FRAMEIO_FOLDER, or as "folder" in \/h\/\.local\/state\/reeltime\/config/;
  for (const text of [undefined, "{}", "null", "[]", '"x"', '{"folder":7}', '{"folder":""}']) {
    assertMatch(words(text), ways, text);
  }
  // The parser's own words quote the file, which may hold what should stay in it.
  const broken = words('{"folder": fio-u-open-sesame}');
  assertMatch(broken, /^Cannot read .*config\.json: it is not JSON\. Mend or delete it/);
  assertNotMatch(broken, /sesame/);
});

Deno.test("parseCommand() takes the token from the file that is named, else from the environment", () => {
  const files = { "/token": "  file-token \n" };
  const token = (args: readonly string[]) =>
    watch([...TAKE, ...args, "--folder", "f"], { env: TOKEN, files }).account?.token.reveal();
  assertEquals(token([]), "env-token");
  assertEquals(token(["--token-file", "/token"]), "file-token");
});

Deno.test("parseCommand() says what is wrong with a token, and how to give one", () => {
  const files = { "/empty": "\n", "/two": "one\ntwo", "/bearer": "Bearer x" };
  const words = (...args: string[]) =>
    refusal([...TAKE, "--folder", "f", ...args], { env: { HOME: "/h" }, files });
  const ways = /FRAMEIO_TOKEN .*--token-file.* add --sandbox/;
  assertMatch(words(), ways);
  assertMatch(words("--token-file", "/empty"), ways);
  assertMatch(words("--token-file", "/none"), /Cannot read the token: \/none is not there/);
  assertMatch(words("--token-file", "/two"), /spaces or line breaks\. Store it on one line/);
  assertMatch(words("--token-file", "/bearer"), /spaces or line breaks/);
});

Deno.test("parseCommand() repeats no token that stands where none should", () => {
  const mistakes: readonly (readonly string[])[] = [
    ["--token", "open-sesame"],
    ["--token=open-sesame"],
    ["--token=\nopen-sesame"],
    ["-topen-sesame"],
    ["-t", "open-sesame"],
    ["--api-token=open-sesame"],
    ["--access-token", "open-sesame"],
    ["--password=open-sesame"],
    ["fio-u-open-sesame"],
    ["eyJhbGciOiJIUzI1NiJ9.open-sesame"],
    ["--", "--token", "fio-u-open-sesame"],
    ["--token-file", "fio-u-open-sesame"],
    ["--api", "https://me:open-sesame@api.frame.io"],
  ];
  for (const args of mistakes) {
    const words = refusal([...TAKE, "--folder", "f", ...args], { env: TOKEN });
    assertNotMatch(words, /sesame/, args.join(" "));
  }
  for (const flag of ["--token", "--api-token", "--password", "--key", "--secret"]) {
    assertMatch(
      refusal([...TAKE, flag, "x"]),
      /never given on the command line: use FRAMEIO_TOKEN/,
    );
  }
});

Deno.test("parseCommand() puts the token into a config that shows it to nobody", () => {
  const config = watch(TAKE, { env: { ...TOKEN, FRAMEIO_FOLDER: "f", FRAMEIO_TOKEN: "sesame" } });
  for (const text of [JSON.stringify(config), Deno.inspect(config, { depth: 9 })]) {
    assertNotMatch(text, /sesame/);
    assertMatch(text, /\*\*\*/);
  }
});

Deno.test("parseCommand() keeps its state where the system keeps that of programs", () => {
  const state = (env: Record<string, string>, os?: string) =>
    watch([...TAKE, "--sandbox"], { env, ...(os ? { os } : {}) }).stateFolder;
  assertEquals(state({ HOME: "/h" }), "/h/.local/state/reeltime");
  assertEquals(state({ HOME: "/h", XDG_STATE_HOME: "/x" }), "/x/reeltime");
  assertEquals(state({ HOME: "/h", XDG_STATE_HOME: "" }), "/h/.local/state/reeltime");
  assertEquals(state({ HOME: "/h" }, "darwin"), "/h/Library/Application Support/reeltime");
  assertEquals(state({ LOCALAPPDATA: "C:\\A" }, "windows"), "C:\\A/reeltime");
  for (const os of ["linux", "darwin", "windows"]) {
    const words = refusal([...TAKE, "--sandbox"], { env: {}, os });
    assert(words.endsWith("name one with --state"), words);
  }
});
