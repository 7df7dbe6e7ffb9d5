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
  const isTyped = (...args: readonly string[]) =>
    watch([...TAKE, ...args], { env: both, files }).account?.isFolderTyped;
  const both = { ...TOKEN, FRAMEIO_FOLDER: "env-folder" };
  assertEquals(folder(["--folder", "flag-folder"], both), "flag-folder");
  assertEquals(folder([], both), "env-folder");
  assertEquals(folder([], TOKEN), "file-folder");
  assertEquals(folder([], { ...TOKEN, FRAMEIO_FOLDER: "" }), "file-folder", "empty is not set");
  assertEquals([isTyped("--folder", "f"), isTyped()], [true, false]);
});

Deno.test("parseCommand() knows no folder where none is named, and says what is wrong with config.json", () => {
  const config = (text: string) => ({ env: TOKEN, files: { [`${STATE}/config.json`]: text } });
  for (const text of ["{}", "null", "[]", '"x"', '{"folder":7}', '{"folder":""}']) {
    assertEquals(watch(TAKE, config(text)).account?.folder, null, text);
  }
  // The parser's own words quote the file, which may hold what should stay in it.
  const broken = refusal(TAKE, config('{"folder": fio-u-open-sesame}'));
  assertMatch(broken, /^Cannot read .*config\.json: it is not JSON\. Mend or delete it/);
  assertNotMatch(broken, /sesame/);
});

Deno.test("parseCommand() takes the token from the file that is named, else from the environment", () => {
  const files = { "/token": "  file-token \n" };
  const token = (args: readonly string[]) =>
    watch([...TAKE, ...args, "--folder", "f"], { env: TOKEN, files }).account?.token?.reveal();
  assertEquals(token([]), "env-token");
  assertEquals(token(["--token-file", "/token"]), "file-token");
});

Deno.test("parseCommand() knows no token where none is given, and says what is wrong with one", () => {
  const files = { "/empty": "\n", "/two": "one\ntwo", "/bearer": "Bearer x" };
  const words = (...args: string[]) =>
    refusal([...TAKE, "--folder", "f", ...args], { env: { HOME: "/h" }, files });
  const token = (...args: string[]) =>
    watch([...TAKE, "--folder", "f", ...args], { env: { HOME: "/h" }, files }).account?.token;
  assertEquals(token(), null);
  assertEquals(token("--token-file", "/empty"), null);
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

Deno.test("parseCommand() reads which way into Frame.io is wanted", () => {
  const account = (...args: string[]) => watch([...TAKE, ...args]).account;
  assertEquals(account()?.route, "auto");
  assertEquals(account("--route", "device")?.route, "device");
  assertEquals(account("--account", "a1")?.accountId, "a1");
  assertEquals(account("--folder-path", "Day 3/A-Cam")?.folderPath, "Day 3/A-Cam");
  assertEquals(account()?.imsBase, null);
  assertEquals(account("--ims", "http://127.0.0.1:1/")?.imsBase, "http://127.0.0.1:1");
  assertMatch(refusal([...TAKE, "--route", "v3"]), /write auto, device, user, v4/);
});

Deno.test("parseCommand() takes finished files by their names alone", () => {
  const upload = (...args: string[]) => parseCommand(["upload", ...args], surroundings());
  const command = upload("/a/take 1.mov", "007.mp4", "--lanes", "2");
  assert(command.is === "upload");
  assertEquals(command.config.recordings.map(({ path, name }) => [path, name]), [
    ["/a/take 1.mov", "take 1.mov"],
    ["007.mp4", "007.mp4"],
  ]);
  assertEquals([command.config.sends, command.config.lanes], ["finished", 2]);
  assertEquals([command.config.listen, command.config.idleMs], [null, 2000]);
  assertMatch(refusal(["upload"]), /^Name the files/);
  assertMatch(refusal(["upload", "a.mov", "b.mov", "--name", "x.mov"]), /names one asset/);
  assertNotMatch(refusal(["upload", "fio-u-open-sesame"]), /sesame/);
});

Deno.test("parseCommand() takes a URL that Frame.io shall fetch, with a name", () => {
  const url = "https://example.com/a.mov?secret=1";
  const command = parseCommand(["upload", "--url", url, "--name", "a.mov"], surroundings());
  assert(command.is === "remote");
  assertEquals([command.url, command.name], [url, "a.mov"]);
  assertMatch(refusal(["upload", "--url", url]), /with --name/);
  assertMatch(refusal(["upload", "--url", "ftp://x", "--name", "a.mov"]), /begins with https/);
  assertMatch(refusal(["upload", "b.mov", "--url", url, "--name", "a.mov"]), /not both/);
});

Deno.test("parseCommand() refuses flags that say nothing to a file that Frame.io fetches", () => {
  const remote = ["upload", "--url", "https://x.test/a.mov", "--name", "a.mov"];
  const cases: readonly (readonly [...string[], words: RegExp])[] = [
    ["--json", /^Cannot use --json with --url: .*Leave it out/],
    ["--lanes", "2", /^Cannot use --lanes with --url: .*Leave it out/],
    ["--idle", "3", /^Cannot use --idle with --url: .*Leave it out/],
    ["--listen", ":8090", /^Cannot use --listen with --url: .*Leave it out/],
    ["--control-token-file", "/none", /^Cannot use --control-token-file with --url: .*Leave it/],
  ];
  for (const [...args] of cases) {
    const words = args.pop() as RegExp;
    assertMatch(refusal([...remote, ...args as string[]]), words);
  }
});

Deno.test("parseCommand() says that an address goes with --url, and shows its host alone", () => {
  const addresses = [
    "https://me:sesame@files.test/a/sesame.mov?X-Amz-Signature=sesame",
    "HTTPS://files.test/sesame",
  ];
  for (const address of addresses) {
    for (const args of [[address], ["a.mov", address], [address, "--name", "a.mov"]]) {
      const words = refusal(["upload", ...args]);
      assertMatch(words, /^Cannot upload an address of files\.test as a file: give it with --url/);
      assertNotMatch(words, /sesame/);
    }
  }
  const words = refusal(["upload", "https://[sesame"]);
  assertMatch(words, /^Cannot upload an address as a file: give it with --url/);
  assertNotMatch(words, /sesame/);
});
