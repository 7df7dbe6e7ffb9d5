import { assert, assertEquals } from "@std/assert";
import { join } from "@std/path";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { openDesk } from "./desk.ts";
import { startProxy } from "./proxy.ts";
import { startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";
import { filesBelow, permissionsBelow } from "./state_folder.ts";

/** A token that can be told from every other word. */
const TOKEN = "tok-open-sesame-7f3a";

/** Every presigned URL holds these. */
const URL_MARKS = /X-Amz-(Signature|Credential)|\/s3\/parts\//i;

const SLOW_DOWN = "<Error><Code>SlowDown</Code><Message>Please reduce</Message></Error>";

/**
 * A take with everything that makes a program talk: an API and a storage that are slow for once, parts
 * whose URL waits in the journal, a kill, a resumption.
 */
async function checkSecrets(flags: readonly string[]): Promise<void> {
  await using sandbox = await startSandbox();
  await using proxy = startProxy(sandbox.url, TOKEN);
  await using desk = await openDesk(proxy.url);
  const path = desk.path("secret.mov");
  await using mov = await createMov(path);
  await mov.roll(33 * MIB);
  proxy.answer(/^register/, new Response("Retry later", { status: 429 }));
  proxy.answer(/^put/, new Response(SLOW_DOWN, { status: 503 }));
  const held = proxy.hold(/^put 4$/, "before");
  const env = { FRAMEIO_TOKEN: TOKEN };
  const first = desk.watch(path, [...flags, "--lanes", "2"], { env });
  await held.arrived;
  await first.kill();
  const { out, err } = await first.ended();
  proxy.open();

  const second = desk.watch(path, flags, { env });
  await mov.stop();
  const { code, out: out2, err: err2 } = await second.ended();
  assertEquals(code, 0, out2 + err2);
  await sandbox.arrived("secret.mov", path);
  assert(proxy.calls.some(({ name }) => name === "put 4"));
  for (const text of [out, err, out2, err2]) {
    assert(!URL_MARKS.test(text) && !text.includes(TOKEN), text);
  }
  const files = filesBelow(desk.state);
  assert(files.some((file) => file.endsWith("journal.sqlite")));
  for (const file of files) {
    const text = new TextDecoder("latin1").decode(await Deno.readFile(file));
    assert(!URL_MARKS.test(text) && !text.includes(TOKEN), file);
  }
}

async function checkPermissions(): Promise<void> {
  await using sandbox = await startSandbox();
  await using proxy = startProxy(sandbox.url);
  await using desk = await openDesk(proxy.url);
  const path = desk.path("private.mov");
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  await Deno.mkdir(desk.state, { mode: 0o755 }); // made by a careless hand
  await Deno.chmod(desk.state, 0o755);
  const held = proxy.hold(/^put 2$/, "before");
  const first = desk.watch(path);
  await held.arrived; // the journal is open, with its log and its shared memory
  const modes = permissionsBelow(desk.state);
  await first.kill();
  assert(modes.has(join(desk.state, "journal.sqlite-wal")));
  assert(modes.has(join(desk.state, "journal.sqlite-shm")));
  assertEquals([...modes].filter(([_, mode]) => mode !== "600" && mode !== "folder 700"), []);
}

Deno.test("reeltime's secrets", async (t) => {
  await sideBySide(t, [
    {
      name: "stand in no line that it prints, and after the take in no file of its state",
      run: () => checkSecrets([]),
    },
    {
      name: "stand in no event of --json, and after the take in no file of its state",
      run: () => checkSecrets(["--json"]),
    },
    {
      name: "lie in a folder that only its owner enters, with files only its owner reads",
      ignored: Deno.build.os === "windows" ? " [ignored: no permission bits on Windows]" : "",
      run: checkPermissions,
    },
  ]);
});
