import { assert, assertEquals, assertMatch } from "@std/assert";
import { join } from "@std/path";
import { CREDENTIALS_FOLDER } from "../../src/runtime/token_file.ts";
import { MIB } from "../../src/parts/limits.ts";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, type Desk, openDesk, pageOf } from "./desk.ts";
import { type Program, start } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";
import { filesBelow, permissionsBelow } from "./state_folder.ts";

const SECRET = "sandbox-secret";

/** Every presigned URL holds these. */
const URL_MARKS = /X-Amz-(Signature|Credential)|\/s3\/parts\//i;

/** Asks the sandbox for what only Frame.io's own pages can do. */
async function tell({ url }: SandboxProcess, path: string, body: unknown = {}): Promise<void> {
  const answer = await fetch(`${url}/sandbox/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  assertEquals(answer.status, 200, await answer.text());
}

/** Pairs this desk as a device, as a person does: reads the code, enters it. */
async function pair(sandbox: SandboxProcess, desk: Desk): Promise<string> {
  const env = { FRAMEIO_CLIENT_SECRET: SECRET };
  const args = ["pair", "--api", sandbox.url, "--state", desk.state];
  await using pairing = start(args, { env });
  const code = (await pairing.line(/^\s+(\d{6})$/))[1]!;
  await tell(sandbox, "pairing/approve", { user_code: code });
  const { code: status, out, err } = await pairing.ended();
  assertEquals(status, 0, out + err);
  assertMatch(out, /Paired: this machine is/);
  return out + err;
}

function watch(sandbox: SandboxProcess, desk: Desk, path: string): Program {
  const place = ["--api", sandbox.url, "--state", desk.state];
  return start(["--watch", path, ...place, ...ANY_PORT]);
}

/** Everything that the status page and the control API show at this moment. */
async function shownBy(program: Program): Promise<string> {
  const url = await pageOf(program);
  const [take] = (await (await fetch(`${url}/api/takes`)).json()).takes as { id: string }[];
  const paths = ["/", "/api/takes", `/api/takes/${take!.id}`, "/api/history", "/api/health"];
  const answers = await Promise.all(
    [...paths, "/api/limits", "/metrics", "/openapi.json"].map((path) => fetch(url + path)),
  );
  for (const { status, url } of answers) assertEquals(status, 200, url);
  return (await Promise.all(answers.map((answer) => answer.text()))).join("\n");
}

/** The tokens that lie in the state folder. */
async function tokensOf(desk: Desk): Promise<string[]> {
  const path = join(desk.state, CREDENTIALS_FOLDER, "device.json");
  const { grant } = JSON.parse(await Deno.readTextFile(path));
  return [grant.accessToken, grant.refreshToken];
}

/** A device is not told when its file is put together: the program may have left before. */
async function arrived(sandbox: SandboxProcess, name: string, path: string): Promise<void> {
  while ((await sandbox.assets(name))[0]?.status === "uploading");
  await sandbox.arrived(name, path);
}

async function crossesTokens(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  let said = await pair(sandbox, desk);
  const tokens = await tokensOf(desk);
  const path = desk.path("take 'é'.mov");
  await using mov = await createMov(path);
  await mov.roll(23 * MIB);
  await using first = watch(sandbox, desk, path);
  await first.line(/stored [1-9]/);
  said += await shownBy(first);
  await first.kill();
  const killed = await first.ended();
  await tell(sandbox, "tokens/expire");
  await mov.roll(12 * MIB);
  await using second = watch(sandbox, desk, path);
  await mov.stop();
  const { code, out, err } = await second.ended();
  assertEquals(code, 0, out + err);
  await arrived(sandbox, "take 'é'.mov", path);
  const renewed = await tokensOf(desk);
  assert(!renewed.includes(tokens[0]!), "the token was renewed");

  said += killed.out + killed.err + out + err;
  const secrets = [SECRET, ...tokens, ...renewed];
  assert(!URL_MARKS.test(said) && !secrets.some((secret) => said.includes(secret)), said);
  for (const file of filesBelow(desk.state)) {
    if (file.startsWith(join(desk.state, CREDENTIALS_FOLDER))) continue;
    const text = new TextDecoder("latin1").decode(await Deno.readFile(file));
    assert(!URL_MARKS.test(text) && !secrets.some((secret) => text.includes(secret)), file);
  }
  if (Deno.build.os === "windows") return;
  const modes = [...permissionsBelow(desk.state)];
  assertEquals(modes.filter(([_, mode]) => mode !== "600" && mode !== "folder 700"), []);
}

async function waitsForChannel(): Promise<void> {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  await pair(sandbox, desk);
  await tell(sandbox, "channel", { paused: true });
  const path = desk.path("paused.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(12 * MIB);
    await mov.stop();
  }
  await using program = watch(sandbox, desk, path);
  await program.line(/the channel is paused in Frame\.io\. Un-pause it there; reeltime goes on/);
  await tell(sandbox, "channel", { paused: false });
  const { code, out, err } = await program.ended();
  assertEquals(code, 0, out + err);
  await arrived(sandbox, "paused.mov", path);
}

Deno.test("a paired device", async (t) => {
  await sideBySide(t, [
    { name: "goes on over kills and ended tokens, and tells no secret", run: crossesTokens },
    { name: "waits visibly while its channel is paused", run: waitsForChannel },
  ]);
});
