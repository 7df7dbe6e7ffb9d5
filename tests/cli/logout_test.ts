import { assertEquals, assertMatch, assertNotMatch, assertThrows } from "@std/assert";
import { parseLogout, runLogout } from "../../src/cli/logout_command.ts";
import { runLogin } from "../../src/cli/login_command.ts";
import { runPair } from "../../src/cli/pair_command.ts";
import { secret } from "../../src/config.ts";
import { Config } from "../../src/errors.ts";
import { tokenFile } from "../../src/runtime/token_file.ts";
import { openAuthStore } from "../../src/sandbox/auth_store.ts";
import { approve } from "../sandbox/auth_client.ts";
import { openPeer } from "../support/raw_peer.ts";
import { type AccessWorld, endOf, withAccess } from "./access_stub.ts";
import { surroundings } from "./surroundings_stub.ts";

const { signal } = new AbortController();

/** Pairs and logs in as a server; gives the access tokens. */
async function signedIn(world: AccessWorld): Promise<string[]> {
  const { baseUrl, stateFolder } = world;
  const client = { clientId: "app", clientSecret: secret("sandbox-secret"), stateFolder };
  world.onSleep = () =>
    approve(baseUrl, /\d{6}/.exec(world.said.join().replace(/https?:\S+/g, ""))![0]);
  assertEquals(
    await endOf(world, runPair({ ...client, apiBase: baseUrl }, world.say, signal, world.doors)),
    0,
  );
  const doors = { ...world.doors, openPage: () => {}, readLine: () => Promise.resolve(null) };
  const login = { ...client, imsBase: baseUrl, by: { is: "server" } as const };
  assertEquals(await endOf(world, runLogin(login, world.say, signal, doors)), 0);
  world.said.length = 0;
  return await Promise.all(["device", "ims"].map(async (name) => {
    const json = await tokenFile(stateFolder, name).read() as { grant: { accessToken: string } };
    return json.grant.accessToken;
  }));
}

/** Has what is stored revoked somewhere else. */
async function moveTo({ stateFolder }: AccessWorld, url: string): Promise<void> {
  for (const [name, base] of [["device", "apiBase"], ["ims", "imsBase"]] as const) {
    const file = tokenFile(stateFolder, name);
    await file.replace({ ...await file.read() as object, [base]: url });
  }
}

const names = ({ stateFolder }: AccessWorld) =>
  [...Deno.readDirSync(`${stateFolder}/credentials`)].map(({ name }) => name)
    .filter((name) => !name.endsWith(".lock"));

Deno.test("runLogout() revokes what is stored, then deletes it", () =>
  withAccess(async (world) => {
    const tokens = await signedIn(world);
    const given = openAuthStore(`${world.stateFolder}/../sandbox`);
    try {
      for (const token of tokens) assertEquals(given.byAccess(token)?.access, token);
      assertEquals(await endOf(world, runLogout(world, world.say, signal, world.doors)), 0);
      for (const token of tokens) assertEquals(given.byAccess(token), null);
    } finally {
      given.close();
    }
    assertEquals(world.said, [
      "The pairing is revoked and deleted.",
      "The login is revoked and deleted.",
    ]);
    assertEquals(names(world), []);
    assertEquals(await endOf(world, runLogout(world, world.say, signal, world.doors)), 0);
    assertMatch(world.said.at(-1)!, /nothing to log out of/);
  }));

Deno.test("runLogout() deletes what it could not revoke, and says what a person can do", () =>
  withAccess(async (world) => {
    await signedIn(world);
    await using peer = await openPeer((request) =>
      request.head.includes("/v2/auth/revoke")
        ? request.answer(200, "<html>Log in</html>")
        : request.answer(400, '{"error":"invalid_client"}')
    );
    await moveTo(world, peer.url);
    assertEquals(await endOf(world, runLogout(world, world.say, signal, world.doors)), 1);
    const [pairing, login] = world.said;
    assertMatch(pairing!, /The pairing is deleted, but could not be revoked\. .*login page/);
    assertMatch(pairing!, /Remove this device in Frame\.io/);
    assertMatch(login!, /The login is deleted, but could not be revoked\. .*invalid_client/);
    assertMatch(login!, /in your Adobe account/);
    assertNotMatch(world.said.join(), /fio-|eyJ|sandbox-secret/);
    assertEquals(names(world), []);
  }));

Deno.test("runLogout() revokes the access token also where the refresh token was refused", () =>
  withAccess(async (world) => {
    const [accessToken] = await signedIn(world);
    const asked: string[] = [];
    await using peer = await openPeer(async (request) => {
      const body = new TextDecoder().decode(await request.whole);
      asked.push(new URLSearchParams(body).get("token")!);
      if (asked.length === 1) return request.answer(400, '{"error":"first_word"}');
      request.answer(asked.length === 2 ? 200 : 400, '{"error":"last_word"}');
    });
    await moveTo(world, peer.url);
    assertEquals(await endOf(world, runLogout(world, world.say, signal, world.doors)), 1);
    assertEquals(asked[1], accessToken);
    assertMatch(world.said[0]!, /^The pairing is deleted, but could not be revoked\. .*first_word/);
    assertMatch(world.said[1]!, /^The login is deleted, but could not be revoked\. .*last_word/);
  }));

Deno.test("runLogout() deletes a damaged file and says that nothing was revoked", () =>
  withAccess(async (world) => {
    const file = tokenFile(world.stateFolder, "device");
    for (const text of ["open-sesame", '{"clientSecret":"sesame"}']) {
      await file.replace({});
      await Deno.writeTextFile(file.path, text);
      assertEquals(await endOf(world, runLogout(world, world.say, signal, world.doors)), 1);
      assertMatch(world.said.at(-1)!, /deleted, but could not be revoked\. The file is damaged\./);
      assertEquals(names(world), []);
    }
    assertNotMatch(world.said.join(), /sesame/);
  }));

Deno.test("runLogout() keeps everything when it is interrupted", () =>
  withAccess(async (world) => {
    await signedIn(world);
    const stop = new AbortController();
    stop.abort();
    assertEquals(
      await endOf(world, runLogout(world, world.say, stop.signal, world.doors), stop.signal),
      130,
    );
    assertEquals(names(world).sort(), ["device.json", "ims.json"]);
  }));

Deno.test("parseLogout() reads the state folder, and refuses what it does not know", () => {
  const parse = (...args: string[]) => parseLogout(args, surroundings());
  assertEquals(parse(), { stateFolder: "/home/me/.local/state/reeltime" });
  assertEquals(parse("--state", "/s"), { stateFolder: "/s" });
  assertEquals(parse("--help"), "help");
  assertThrows(() => parse("all"), Config, "Cannot understand all");
});
