import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { secret } from "../../src/config.ts";
import { Config, TokenExpired } from "../../src/errors.ts";
import { type ImsCredentials, imsJson } from "../../src/frameio/credentials.ts";
import { storedTokens } from "../../src/frameio/stored_tokens.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import { openPeer } from "../support/raw_peer.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { leapingClock } from "./leaping_clock.ts";
import { withTokens } from "./token_world.ts";

const { signal } = new AbortController();
const DAY_MS = 24 * 60 * 60 * 1000;

/** A user's login, kept in a folder, at the service under `imsBase`. */
async function withLogin(
  imsBase: string,
  refreshToken: string | null,
  test: (
    world: { at: Awaited<ReturnType<typeof open>>; kept(): Promise<unknown> },
  ) => Promise<void>,
) {
  await using folder = await tempFolder();
  const clock = leapingClock();
  const login: ImsCredentials = {
    ...{ is: "user", imsBase, clientId: "app", clientSecret: secret("open-sesame") },
    grant: { accessToken: "old", refreshToken, lifeMs: DAY_MS, receivedAtMs: clock.now() },
  };
  const file = tokenFile(folder.path, "ims");
  await file.replace(imsJson(login));
  const at = await open(folder.path, clock, imsBase);
  await test({ at, kept: () => file.read() });
}

async function open(folder: string, clock = leapingClock(), imsBase = "http://127.0.0.1:1") {
  const doors = { http: systemHttp, clock };
  const bases = { apiBase: "http://127.0.0.1:1", imsBase, version: "1.2.3" };
  const stored = await storedTokens(doors, (name) => tokenFile(folder, name), bases);
  return { ...stored, clock };
}

Deno.test("storedTokens() finds nothing in a folder without credentials", async () => {
  await using folder = await tempFolder();
  const { device, ims, imsIs, settled } = await open(folder.path);
  assertEquals([device, ims, imsIs], [null, null, null]);
  await settled();
});

Deno.test("storedTokens() gives no token to another service than the one that gave it", () =>
  withTokens(async (world) => {
    await world.logInServer();
    const { device, ims, imsIs } = await open(world.stateFolder);
    assertEquals([device, ims, imsIs], [null, null, null]);
    const own = await world.open();
    assert(own.device !== null && own.ims !== null && own.imsIs === "server");
  }));

Deno.test("storedTokens() says which file is damaged, and quotes nothing of it", async () => {
  await using folder = await tempFolder();
  const grant = { accessToken: "sesame", refreshToken: "sesame", lifeMs: 1, receivedAtMs: 1 };
  const device = { apiBase: "a", clientId: "b", clientSecret: "sesame", grant };
  const ims = { is: "server", imsBase: "a", clientId: "b", clientSecret: "sesame", grant };
  const cases: readonly [name: string, json: unknown][] = [
    ...["", 7, [], {}, { ...device, grant: null }, { ...device, clientSecret: 7 }]
      .map((json) => ["device", json] as [string, unknown]),
    ...[{ ...ims, is: "root" }, { ...ims, clientSecret: null }, { ...ims, imsBase: "" }]
      .map((json) => ["ims", json] as [string, unknown]),
    ["ims", { ...ims, grant: { ...grant, lifeMs: "sesame" } }],
    ["ims", { ...ims, grant: { ...grant, accessToken: "" } }],
  ];
  for (const [name, json] of cases) {
    const file = tokenFile(folder.path, name);
    await file.replace(json);
    const { message } = await assertRejects(() => open(folder.path), Config);
    assert(message.startsWith(`Cannot use ${file.path}: it is damaged`), JSON.stringify(json));
    assertNotMatch(message, /sesame/);
    await file.remove();
  }
});

Deno.test("a user's login keeps its refresh token where the reply leaves it out", async () => {
  const replies = ['{"access_token":"a1","expires_in":86399}', '{"access_token":"a2"}'];
  const bodies: string[] = [];
  await using peer = await openPeer(async (request) => {
    bodies.push(new TextDecoder().decode(await request.whole));
    request.answer(200, replies[bodies.length - 1]);
  });
  await withLogin(peer.url, "keep-me", async ({ at: { ims, imsIs, clock }, kept }) => {
    assertEquals([imsIs, await ims!.current(signal)], ["user", "old"]);
    clock.advance(DAY_MS);
    assertEquals(await ims!.current(signal), "a1");
    assertEquals((await kept() as ImsCredentials).grant.refreshToken, "keep-me");
    assertEquals((await kept() as ImsCredentials).clientSecret, "open-sesame" as never);
    clock.advance(DAY_MS);
    assertEquals(await ims!.current(signal), "a2");
  });
  assertEquals(bodies, Array(2).fill("grant_type=refresh_token&refresh_token=keep-me"));
});

Deno.test("a login without a refresh token is used to its end, and then a person is asked", () =>
  withLogin("http://127.0.0.1:1", null, async ({ at: { ims, clock } }) => {
    clock.advance(DAY_MS - 1);
    assertEquals(await ims!.current(signal), "old");
    clock.advance(5000);
    const error = await assertRejects(() => ims!.current(signal), TokenExpired);
    assertMatch(error.message, /no refresh token came with it\. Run reeltime login again/);
    assertEquals(ims!.remedy, "Run reeltime login again");
  }));

Deno.test("a server's credential that is refused later says what to run again", async () => {
  await using peer = await openPeer((request) => request.answer(401, '{"error":"invalid_client"}'));
  await using folder = await tempFolder();
  const clock = leapingClock();
  const grant = { accessToken: "old", refreshToken: null, lifeMs: DAY_MS, receivedAtMs: 0 };
  const client = { imsBase: peer.url, clientId: "app", clientSecret: secret("open-sesame") };
  await tokenFile(folder.path, "ims").replace(imsJson({ ...client, is: "server", grant }));
  const { ims } = await open(folder.path, clock, peer.url);
  const error = await assertRejects(() => ims!.current(signal), TokenExpired);
  assertMatch(error.message, /Run reeltime login --server again/);
  assertNotMatch(Deno.inspect(error), /sesame/);
});
