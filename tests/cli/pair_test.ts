import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { parsePair, runPair } from "../../src/cli/pair_command.ts";
import { secret } from "../../src/config.ts";
import { Config, StateFailure } from "../../src/errors.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import { approve } from "../sandbox/auth_client.ts";
import { openPeer } from "../support/raw_peer.ts";
import { type AccessWorld, endOf, withAccess } from "./access_stub.ts";
import { type Machine, surroundings } from "./surroundings_stub.ts";

const { signal } = new AbortController();

const configOf = ({ baseUrl, stateFolder }: AccessWorld, clientSecret = "sandbox-secret") => ({
  ...{ apiBase: baseUrl, clientId: null, clientSecret: secret(clientSecret), stateFolder },
});

/** Enters the code that was shown, as a person does in Frame.io. */
function enterCode(world: AccessWorld): void {
  world.onSleep = async () => {
    const code = /\d{6}/.exec(world.said.join("\n").replace(/https?:\S+/g, ""))![0];
    assertEquals(await approve(world.baseUrl, code), 200);
  };
}

Deno.test("runPair() shows the code, waits, keeps the tokens and says what was paired", () =>
  withAccess(async (world) => {
    enterCode(world);
    const config = configOf(world);
    assertEquals(await endOf(world, runPair(config, world.say, signal, world.doors)), 0);
    const text = world.said.join("\n");
    assertMatch(text, /Enter this code in Frame\.io/);
    assertMatch(text, /^ {4}\d{6}$/m);
    assertMatch(text, /Page: http/);
    assertMatch(text, /120 s left/);
    assertMatch(text, /Paired: this machine is "Sandbox Camera" in the project "Sandbox"\.$/);
    const kept = await tokenFile(world.stateFolder, "device").read() as Record<string, never>;
    assertEquals([kept.apiBase, kept.clientSecret], [world.baseUrl, "sandbox-secret"] as never);
    assertMatch(kept.clientId!, /^reeltime-[0-9a-f]{32}$/);
    const { grant } = kept as unknown as { grant: Record<string, string> };
    for (const token of [grant.accessToken!, grant.refreshToken!, "sandbox-secret"]) {
      assert(!text.includes(token));
    }
    world.said.length = 0;
    assertEquals(await endOf(world, runPair(config, world.say, signal, world.doors)), 0);
    const again = await tokenFile(world.stateFolder, "device").read() as Record<string, never>;
    assertEquals(again.clientId, kept.clientId, "one id for each physical device");
  }));

Deno.test("runPair() counts down, and says when nobody entered the code", () =>
  withAccess(async (world) => {
    assertEquals(await endOf(world, runPair(configOf(world), world.say, signal, world.doors)), 1);
    const left = [...world.said.join("\n").matchAll(/(\d+) s left/g)].map(([, s]) => Number(s));
    assertEquals(left, [120, 105, 90, 75, 60, 45, 30, 15]);
    assertMatch(world.said.at(-1)!, /nobody entered the code in time\. Run reeltime pair again/);
    assertEquals(await tokenFile(world.stateFolder, "device").read(), null);
  }));

Deno.test("runPair() says what to check when Frame.io does not know the client", () =>
  withAccess(async (world) => {
    const config = configOf(world, "open-sesame");
    assertEquals(await endOf(world, runPair(config, world.say, signal, world.doors)), 1);
    assertMatch(
      world.said.join("\n"),
      /invalid_client\)\. Check the client id and the client secret/,
    );
    assertNotMatch(world.said.join("\n"), /sesame/);
  }));

Deno.test("runPair() says that Frame.io is out of reach", () =>
  withAccess(async (world) => {
    const config = { ...configOf(world), apiBase: "http://127.0.0.1:1" };
    assertEquals(await endOf(world, runPair(config, world.say, signal, world.doors)), 1);
    assertMatch(world.said.join("\n"), /Cannot reach 127\.0\.0\.1:1/);
  }));

Deno.test("runPair() ends with 130 when it is interrupted, and keeps an older pairing", () =>
  withAccess(async (world) => {
    const file = tokenFile(world.stateFolder, "device");
    await file.replace({ old: true });
    const stop = new AbortController();
    world.onSleep = () => stop.abort();
    assertEquals(
      await endOf(
        world,
        runPair(configOf(world), world.say, stop.signal, world.doors),
        stop.signal,
      ),
      130,
    );
    assertEquals(await file.read(), { old: true });
  }));

Deno.test("runPair() says before anybody enters a code that the pairing cannot be kept", () =>
  withAccess(async (world) => {
    await Deno.mkdir(world.stateFolder);
    await Deno.writeTextFile(`${world.stateFolder}/credentials`, "in the way");
    await assertRejects(
      () =>
        endOf(
          world,
          runPair({ ...configOf(world), clientId: "cam-1" }, world.say, signal, world.doors),
        ),
      StateFailure,
    );
    assertEquals(world.said, []);
  }));

Deno.test("runPair() is done although Frame.io does not say what was paired", () =>
  withAccess(async (world) => {
    await using peer = await openPeer((request) => {
      const path = request.head.split(" ")[1];
      if (path === "/v2/auth/device/code") {
        request.answer(200, '{"device_code":"d","user_code":"123456","expires_in":120}');
      } else if (path === "/v2/auth/token") {
        request.answer(200, '{"access_token":"a","refresh_token":"r","expires_in":28800}');
      } else request.answer(503);
    });
    const config = { ...configOf(world), apiBase: peer.url };
    assertEquals(await endOf(world, runPair(config, world.say, signal, world.doors)), 0);
    assertMatch(world.said.at(-1)!, /^Paired, but Frame\.io did not say as what\. .*503/);
    assertEquals(world.said.some((line) => line.startsWith("Page:")), false);
  }));

const parse = (args: readonly string[], machine: Machine) => parsePair(args, surroundings(machine));
const HOME = { HOME: "/h" };

Deno.test("parsePair() takes flags before the environment, and the secret from a file", () => {
  const env = { ...HOME, FRAMEIO_CLIENT_ID: "env-id", FRAMEIO_CLIENT_SECRET: "env-secret" };
  const config = parse([], { env });
  assert(config !== "help");
  assertEquals(
    [config.apiBase, config.clientId, config.clientSecret.reveal(), config.stateFolder],
    ["https://api.frame.io", "env-id", "env-secret", "/h/.local/state/reeltime"],
  );
  const given = parse([
    ...["--api", "http://127.0.0.1:9000/", "--client-id", "cam-1", "--state", "/s"],
    ...["--client-secret-file", "/secret"],
  ], { env, files: { "/secret": " file-secret\n" } });
  assert(given !== "help");
  assertEquals(
    [given.apiBase, given.clientId, given.clientSecret.reveal(), given.stateFolder],
    ["http://127.0.0.1:9000", "cam-1", "file-secret", "/s"],
  );
  assertNotMatch(Deno.inspect(given) + JSON.stringify(given), /file-secret/);
  assertEquals(parse(["--help"], { env: {} }), "help");
  const own = parse([], { env: { ...env, FRAMEIO_CLIENT_ID: "" } });
  assert(own !== "help" && own.clientId === null);
});

Deno.test("parsePair() says what is wrong, and repeats no secret", () => {
  const env = { ...HOME, FRAMEIO_CLIENT_SECRET: "s" };
  const files = { "/empty": "\n", "/two": "open sesame" };
  const cases: readonly [args: readonly string[], words: RegExp, env?: Record<string, string>][] = [
    [[], /without a client secret.*FRAMEIO_CLIENT_SECRET.*--client-secret-file/, HOME],
    [["--client-secret-file", "open-sesame"], /-file is not there, not readable or empty/],
    [["--client-secret-file", "/empty"], /is not there, not readable or empty/],
    [["--client-secret-file", "/two"], /spaces or line breaks\. Store it on one line/],
    [["--client-secret", "open-sesame"], /never given on the command line/],
    [["--client-id", "a b"], /client id .* holds spaces/],
    [["--client-id", "a:b"], /colon/],
    [["--client-id", "é🎬"], /outside ASCII/],
    [["--client-id", "x".repeat(201)], /200 characters/],
    [["--api", "ftp://x"], /must begin with https/],
    [["123456"], /Cannot understand 123456/],
    [["--state"], /--state without a value/],
  ];
  for (const [args, words, own = env] of cases) {
    const { message } = assertThrows(() => parse(args, { env: own, files }), Config);
    assertMatch(message, words, args.join(" "));
    assertNotMatch(message, /sesame/);
  }
});
