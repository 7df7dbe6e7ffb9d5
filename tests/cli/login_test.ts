import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { parseLogin, runLogin } from "../../src/cli/login_command.ts";
import type { LoginConfig, LoginDoors } from "../../src/cli/login_flow.ts";
import { secret } from "../../src/config.ts";
import { Config } from "../../src/errors.ts";
import { storedTokens } from "../../src/frameio/stored_tokens.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import { openPeer } from "../support/raw_peer.ts";
import { within } from "../support/within.ts";
import { type AccessWorld, endOf, withAccess } from "./access_stub.ts";
import { type Machine, surroundings } from "./surroundings_stub.ts";

const { signal } = new AbortController();
const REGISTERED = "https://example.com/callback?a=b";

const configOf = (
  { baseUrl, stateFolder }: AccessWorld,
  by: LoginConfig["by"],
  clientSecret: string | null = "sandbox-secret",
): LoginConfig => ({
  ...{ imsBase: baseUrl, clientId: "app", stateFolder, by },
  clientSecret: clientSecret === null ? null : secret(clientSecret),
});

/** Doors with a browser and a keyboard that do nothing, unless told otherwise. */
const doorsOf = ({ doors }: AccessWorld, changes: Partial<LoginDoors> = {}): LoginDoors => ({
  ...{ ...doors, openPage: () => {}, readLine: () => new Promise(() => {}), ...changes },
});

/** A sleep of these minutes does not end before somebody signed in. */
function patient(world: AccessWorld): void {
  world.onSleep = () => new Promise(() => {});
}

/** The token that is kept now, as an uploader would use it. */
async function keptToken({ baseUrl, stateFolder, doors }: AccessWorld) {
  const bases = { apiBase: baseUrl, imsBase: baseUrl, version: "1.2.3" };
  const fileOf = (name: string) => tokenFile(stateFolder, name);
  const { ims, imsIs } = await storedTokens(doors, fileOf, bases);
  return { imsIs, token: await ims!.current(signal) };
}

/** Where a page leads the browser. */
async function ledTo(url: string): Promise<string> {
  const response = await fetch(url, { redirect: "manual" });
  await response.body?.cancel();
  return response.headers.get("location")!;
}

async function textOf(url: string): Promise<[status: number, text: string]> {
  const response = await fetch(url);
  return [response.status, await response.text()];
}

Deno.test("runLogin() leads a browser through the login and keeps the tokens", () =>
  withAccess(async (world) => {
    for (const clientSecret of ["sandbox-secret", null]) {
      patient(world);
      const page = Promise.withResolvers<[number, string]>();
      const doors = doorsOf(world, { openPage: (url) => page.resolve(textOf(url)) });
      const config = configOf(world, { is: "browser", port: 0 }, clientSecret);
      assertEquals(await within(endOf(world, runLogin(config, world.say, signal, doors))), 0);
      assertEquals(await page.promise, [
        ...[200, "Thank you. You can close this page; reeltime goes on.\n"],
      ] as never);
      assertMatch(
        world.said.join("\n"),
        /http:\/\/127\.0\.0\.1:\d+\/callback, which must be registered/,
      );
      assertEquals(world.said.at(-1), "Logged in.");
      const { imsIs, token } = await keptToken(world);
      assertEquals(imsIs, "user");
      assert(!world.said.join("\n").includes(token));
    }
  }));

Deno.test("runLogin() takes no answer but that to its own login", () =>
  withAccess(async (world) => {
    patient(world);
    const { promise: asked, resolve: openPage } = Promise.withResolvers<string>();
    const config = configOf(world, { is: "browser", port: 0 });
    const done = endOf(world, runLogin(config, world.say, signal, doorsOf(world, { openPage })));
    const page = await within(asked);
    const back = new URL(await ledTo(page));
    const foreign = new URL(back);
    foreign.searchParams.set("state", "another");
    foreign.searchParams.set("code", "stolen");
    assertEquals((await textOf(foreign.href))[0], 400);
    assertEquals((await textOf(`${back.origin}/favicon.ico`))[0], 404);
    const posted = await fetch(back, { method: "POST" });
    assertEquals([posted.status, await posted.text()], [404, "Nothing here.\n"]);
    const empty = new URL(back);
    empty.searchParams.set("code", "");
    assertEquals((await textOf(empty.href))[0], 400);
    assertEquals((await textOf(back.href))[0], 200);
    assertEquals(await within(done), 0);
  }));

Deno.test("runLogin() says that the sign-in was refused", () =>
  withAccess(async (world) => {
    patient(world);
    const { promise: asked, resolve: openPage } = Promise.withResolvers<string>();
    const config = configOf(world, { is: "browser", port: 0 });
    const done = endOf(world, runLogin(config, world.say, signal, doorsOf(world, { openPage })));
    const query = new URL(await within(asked)).searchParams;
    const back = new URL(query.get("redirect_uri")!);
    back.searchParams.set("state", query.get("state")!);
    back.searchParams.set("error", "access_denied");
    assertEquals((await textOf(back.href))[0], 400);
    assertEquals(await within(done), 1);
    assertEquals(world.said.at(-1), "Cannot log in: the sign-in was refused (access_denied)");
  }));

Deno.test("runLogin() does not wait for ever, and ends when it is interrupted", () =>
  withAccess(async (world) => {
    const config = configOf(world, { is: "browser", port: 0 });
    assertEquals(
      await within(endOf(world, runLogin(config, world.say, signal, doorsOf(world)))),
      1,
    );
    assertMatch(world.said.at(-1)!, /nobody signed in in time\. Run reeltime login again/);
    assertEquals(world.clock.sleeps, [600_000]);
    for (const by of [config.by, { is: "paste", redirectUri: REGISTERED } as const]) {
      const stop = new AbortController();
      world.onSleep = () => stop.abort();
      const end = endOf(
        world,
        runLogin({ ...config, by }, world.say, stop.signal, doorsOf(world)),
        stop.signal,
      );
      assertEquals(await within(end), 130);
    }
  }));

Deno.test("runLogin() says what to do when the port is taken", () =>
  withAccess(async (world) => {
    await using peer = await openPeer(() => {});
    const port = Number(new URL(peer.url).port);
    const config = configOf(world, { is: "browser", port });
    const error = await assertRejects(
      () => endOf(world, runLogin(config, world.say, signal, doorsOf(world))),
      Config,
    );
    assertMatch(
      error.message,
      /127\.0\.0\.1:\d+: .* another port with --redirect-port, or use --paste/,
    );
  }));

Deno.test("runLogin() takes the pasted address, and says when it is another one", () =>
  withAccess(async (world) => {
    patient(world);
    const config = configOf(world, { is: "paste", redirectUri: REGISTERED }, null);
    const lines = ["", "hello", "https://example.com/callback?code=x&state=other"];
    const readLine = async () => {
      const line = lines.shift();
      if (line !== undefined) return line;
      const page = /https?:\S+authorize\S+/.exec(world.said.join("\n"))![0];
      return ` ${await ledTo(page)} \n`;
    };
    const end = endOf(world, runLogin(config, world.say, signal, doorsOf(world, { readLine })));
    assertEquals(await within(end), 0);
    assertEquals(world.said.filter((line) => /not the address of this login/.test(line)).length, 3);
    assertEquals((await keptToken(world)).imsIs, "user");
  }));

Deno.test("runLogin() gives up on pasting when nothing more comes, or nothing right", () =>
  withAccess(async (world) => {
    patient(world);
    const config = configOf(world, { is: "paste", redirectUri: REGISTERED });
    for (const line of [null, "https://example.com/?code=x"]) {
      const doors = doorsOf(world, { readLine: () => Promise.resolve(line) });
      assertEquals(await within(endOf(world, runLogin(config, world.say, signal, doors))), 1);
      assertMatch(world.said.at(-1)!, /not pasted\. Run reeltime login again/);
    }
  }));

Deno.test("runLogin() gets and keeps a server-to-server token, or says what is wrong", () =>
  withAccess(async (world) => {
    const end = (clientSecret: string) => {
      const config = configOf(world, { is: "server" }, clientSecret);
      return within(endOf(world, runLogin(config, world.say, signal, doorsOf(world))));
    };
    assertEquals(await end("sandbox-secret"), 0);
    assertEquals((await keptToken(world)).imsIs, "server");
    assertEquals(await end("open-sesame"), 1);
    assertMatch(world.said.at(-1)!, /invalid_client\)\. Run reeltime login --server again/);
    assertNotMatch(world.said.join("\n"), /sesame/);
    assertEquals((await keptToken(world)).imsIs, "server", "what was kept stays");
  }));

Deno.test("runLogin() says how long a login without a refresh token lasts", () =>
  withAccess(async (world) => {
    patient(world);
    await using peer = await openPeer((r) =>
      r.answer(200, '{"access_token":"a","expires_in":86399}')
    );
    const config = {
      ...configOf(world, { is: "paste", redirectUri: REGISTERED }),
      imsBase: peer.url,
    };
    const readLine = () => {
      const page = /https?:\S+authorize\S+/.exec(world.said.join("\n"))![0];
      const state = new URL(page).searchParams.get("state");
      return Promise.resolve(`${REGISTERED}&code=c&state=${state}`);
    };
    const end = endOf(world, runLogin(config, world.say, signal, doorsOf(world, { readLine })));
    assertEquals(await within(end), 0);
    assertMatch(world.said.at(-1)!, /no refresh token: this login ends in 24 h/);
  }));

const parse = (args: readonly string[], machine: Machine = {}) =>
  parseLogin(args, surroundings(machine));
const ENV = { HOME: "/h", FRAMEIO_IMS_CLIENT_ID: "id", FRAMEIO_IMS_CLIENT_SECRET: "s" };

Deno.test("parseLogin() reads its flags and environment", () => {
  const read = (...args: string[]) => {
    const config = parse(args, { env: ENV, files: { "/secret": "file-secret\n" } });
    assert(config !== "help");
    return config;
  };
  const config = read();
  assertEquals(
    [config.imsBase, config.clientId, config.clientSecret?.reveal(), config.stateFolder],
    ["https://ims-na1.adobelogin.com", "id", "s", "/h/.local/state/reeltime"],
  );
  assertEquals(config.by, { is: "browser", port: 0 });
  assertEquals(read("--redirect-port", "8400").by, { is: "browser", port: 8400 });
  assertEquals(read("--paste", "--redirect-uri", REGISTERED).by, {
    ...{ is: "paste", redirectUri: REGISTERED },
  });
  const given = ["--server", "--client-id", "x", "--client-secret-file", "/secret"];
  const server = read(...given, "--ims", "http://127.0.0.1:9000/", "--state", "/s");
  assertEquals([server.by.is, server.clientId, server.clientSecret?.reveal()], [
    ...["server", "x", "file-secret"],
  ]);
  assertEquals([server.imsBase, server.stateFolder], ["http://127.0.0.1:9000", "/s"]);
  assertNotMatch(Deno.inspect(server) + JSON.stringify(server), /file-secret/);
  const native = parse([], { env: { HOME: "/h", FRAMEIO_IMS_CLIENT_ID: "id" } });
  assert(native !== "help" && native.clientSecret === null);
  assertEquals(parse(["--help"], { env: {} }), "help");
});

Deno.test("parseLogin() says what is wrong", () => {
  const { FRAMEIO_IMS_CLIENT_SECRET: _, ...open } = ENV;
  const cases: readonly [args: readonly string[], words: RegExp, env?: Record<string, string>][] = [
    [[], /without a client id.*Developer Console.*FRAMEIO_IMS_CLIENT_ID/, { HOME: "/h" }],
    [["--server"], /--server without a client secret/, open],
    [["--server", "--paste"], /--paste with --server/],
    [["--server", "--redirect-port", "1"], /--redirect-port with --server or --paste/],
    [["--paste", "--redirect-port", "1"], /--redirect-port with --server or --paste/],
    [["--redirect-uri", REGISTERED], /--redirect-uri without --paste/],
    [["--paste"], /--paste without --redirect-uri/],
    [["--paste", "--redirect-uri", "example"], /--paste without --redirect-uri/],
    [["--redirect-port", "70000"], /--redirect-port 70000: write a whole number from 0 to 65535/],
    [["--ims", "x"], /--ims x: it is not a URL/],
    [["--server=yes"], /--server with a value/],
    [["me"], /Cannot understand me/],
  ];
  for (const [args, words, env = ENV] of cases) {
    assertMatch(assertThrows(() => parse(args, { env }), Config).message, words, args.join(" "));
  }
});
