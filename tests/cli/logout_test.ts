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
    const answers: [number, string][] = [
      [200, "<html>Log in</html>"],
      [400, '{"error":"invalid_client"}'],
    ];
    let at = 0;
    await using peer = await openPeer((request) => request.answer(...answers[at++]!));
    for (const [name, base] of [["device", "apiBase"], ["ims", "imsBase"]] as const) {
      const file = tokenFile(world.stateFolder, name);
      await file.replace({ ...await file.read() as object, [base]: peer.url });
    }
    assertEquals(await endOf(world, runLogout(world, world.say, signal, world.doors)), 1);
    const [pairing, login] = world.said;
    assertMatch(pairing!, /The pairing is deleted, but could not be revoked\. .*login page/);
    assertMatch(pairing!, /Remove this device in Frame\.io/);
    assertMatch(login!, /The login is deleted, but could not be revoked\. .*invalid_client/);
    assertMatch(login!, /in your Adobe account/);
    assertNotMatch(world.said.join(), /fio-|eyJ|sandbox-secret/);
    assertEquals(names(world), []);
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
