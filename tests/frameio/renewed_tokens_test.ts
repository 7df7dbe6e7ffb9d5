import { assert, assertEquals, assertMatch, assertNotEquals, assertRejects } from "@std/assert";
import { StateFailure, TokenExpired, Unavailable } from "../../src/errors.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { type TokenFile, tokenFile } from "../../src/runtime/token_file.ts";
import { openAuthStore } from "../../src/sandbox/auth_store.ts";
import { expireTokens } from "../sandbox/auth_client.ts";
import { spawnScript } from "../support/script.ts";
import { type TokenWorld, withTokens } from "./token_world.ts";

const { signal } = new AbortController();
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of 8 h, a tenth is left after 7 h 12 min. */
const DUE_MS = 7.2 * HOUR_MS + 1;

/** The device's tokens, as one process has them. */
const deviceOf = async (world: TokenWorld) => (await world.open()).device!;

/** The access token on disk. */
async function onDisk(world: TokenWorld): Promise<string> {
  const json = await world.file("device").read() as { grant: { accessToken: string } };
  return json.grant.accessToken;
}

/** The network is down. */
const down = () => Promise.reject(new Unavailable("Cannot reach x: connection refused", "network"));

Deno.test("30 hours with many callers: one renewal each, and never a refused token", () =>
  withTokens(async (world) => {
    await world.logInServer();
    const { device, ims, imsIs } = await world.open();
    assertEquals(imsIs, "server");
    const given = openAuthStore(world.sandboxDir);
    try {
      for (let minutes = 0; minutes <= 30 * 60; minutes += 10) {
        const callers = Array.from({ length: 8 }, () => device!.current(signal));
        const tokens = new Set(await Promise.all(callers));
        assertEquals(tokens.size, 1);
        const [token] = tokens;
        assert(given.byAccess(token!)!.accessEndsAtMs > world.clock.now(), `${minutes} min`);
        const server = given.byAccess(await ims!.current(signal))!;
        assert(server.kind === "ims" && server.accessEndsAtMs > world.clock.now());
        world.clock.advance(10 * MINUTE_MS);
      }
      assert(await world.accepts(await device!.current(signal)));
      assertEquals(world.asked.filter((path) => path === "/v2/auth/token").length, 4);
      assertEquals(world.asked.filter((path) => path === "/ims/token/v3").length, 1);
    } finally {
      given.close();
    }
  }));

Deno.test("two on one state folder renew once for both, and never burn the refresh token", () =>
  withTokens(async (world) => {
    const both = [await deviceOf(world), await deviceOf(world)];
    for (let round = 1; round <= 5; round++) {
      world.clock.advance(DUE_MS);
      const tokens = await Promise.all(both.map((tokens) => tokens.current(signal)));
      assertEquals(tokens[0], tokens[1]!);
      assert(await world.accepts(tokens[0]!));
      assertEquals(world.asked.length, round);
    }
  }));

Deno.test("two processes on one state folder never burn the refresh token", () =>
  withTokens(async (world) => {
    const program = new URL("./token_user.ts", import.meta.url);
    await using one = spawnScript(program, [world.stateFolder, world.baseUrl, "40"]);
    await using two = spawnScript(program, [world.stateFolder, world.baseUrl, "40"]);
    const before = await onDisk(world);
    const said = [0, 0];
    let expiries = 0;
    await Promise.all([one, two].map(async (script, who) => {
      for (let line = await script.line(); line !== null; line = await script.line()) {
        said[who]!++;
        // A call is made anew once only: the next expiry waits until both had an answer since the last.
        if (Math.min(...said) > 3 * expiries) {
          expiries++;
          await expireTokens(world.baseUrl);
        }
      }
    }));
    assertEquals(said, [40, 40]);
    assert(expiries > 10, `${expiries} expiries`);
    assertNotEquals(await onDisk(world), before);
    const tokens = await deviceOf(world);
    await tokens.refused(await tokens.current(signal), signal);
    assert(await world.accepts(await tokens.current(signal)), "and the pairing still lives");
  }));

Deno.test("a token that ends in the middle is renewed once for all calls under way", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    const call = apiCaller(systemHttp, { baseUrl: world.baseUrl, tokens });
    const me = () => call({ method: "GET", path: "/v2/devices/me", doing: "ask", signal });
    await me();
    await expireTokens(world.baseUrl);
    const old = await tokens.current(signal);
    const names = await Promise.all(Array.from({ length: 10 }, me));
    assertEquals(new Set(names.map((name) => JSON.stringify(name))).size, 1);
    assertEquals(await tokens.refused(old, signal), true, "a late answer to an early call");
    await me();
    assertEquals(world.asked.length, 1);
  }));

Deno.test("callers of one process wait for one renewal, and not in a row for the lock", () =>
  withTokens(async (world) => {
    let locked = 0;
    const { device } = await world.open((name) => {
      const file = tokenFile(world.stateFolder, name);
      return {
        ...file,
        exclusively(work) {
          locked++;
          return file.exclusively(work);
        },
      };
    });
    world.clock.advance(DUE_MS);
    await Promise.all(Array.from({ length: 50 }, () => device!.current(signal)));
    assertEquals(locked, 1);
  }));

Deno.test("a new pair is on disk before anybody has it", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    world.clock.advance(DUE_MS);
    const old = await onDisk(world);
    const token = await tokens.current(signal);
    assertNotEquals(token, old);
    assertEquals(await onDisk(world), token);
  }));

/** A file that refuses to be replaced while `isFull()`. */
const fillable = (isFull: () => boolean) => (world: TokenWorld) => (name: string): TokenFile => {
  const file = tokenFile(world.stateFolder, name);
  return {
    ...file,
    replace: (value) =>
      isFull() ? Promise.reject(new StateFailure("Cannot keep it: full")) : file.replace(value),
  };
};

Deno.test("a full disk is noticed before a refresh token is spent", () =>
  withTokens(async (world) => {
    let isFull = true;
    const { device } = await world.open(fillable(() => isFull)(world));
    const old = await device!.current(signal);
    world.clock.advance(DUE_MS);
    assertEquals(await device!.current(signal), old, "it is good for another 48 minutes");
    assertEquals(world.asked, []);
    world.clock.advance(HOUR_MS);
    await assertRejects(() => device!.current(signal), StateFailure);
    isFull = false;
    world.clock.advance(10_000);
    assert(await world.accepts(await device!.current(signal)));
  }));

Deno.test("a disk that fills up during a renewal does not lose the new pair", () =>
  withTokens(async (world) => {
    let isFull = false;
    const { device } = await world.open(fillable(() => isFull)(world));
    world.onCall = (pass) => {
      isFull = true;
      return pass();
    };
    world.clock.advance(9 * HOUR_MS);
    await assertRejects(() => device!.current(signal), StateFailure);
    isFull = false;
    world.clock.advance(10_000);
    assert(await world.accepts(await device!.current(signal)));
    assertEquals(world.asked.length, 1);
  }));

Deno.test("while the token service is away the old token is used to its end, and no longer", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    const old = await tokens.current(signal);
    world.onCall = down;
    world.clock.advance(DUE_MS);
    for (let call = 0; call < 20; call++) assertEquals(await tokens.current(signal), old);
    assertEquals(world.asked.length, 1, "it is not asked at every call");
    world.clock.advance(5000);
    await tokens.current(signal);
    assertEquals(world.asked.length, 2);
    world.clock.advance(HOUR_MS);
    const error = await assertRejects(() => tokens.current(signal), Unavailable);
    assertEquals(error.outage, "network");
    world.onCall = (pass) => pass();
    world.clock.advance(5000);
    assert(await world.accepts(await tokens.current(signal)));
  }));

Deno.test("a token service that is overloaded is left alone for as long as it asks", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    world.onCall = () =>
      Promise.reject(new Unavailable("slow down", "rate_limit", { retryAfterMs: 90_000 }));
    world.clock.advance(DUE_MS);
    for (const [ms, asked] of [[0, 1], [89_999, 1], [1, 2]] as const) {
      world.clock.advance(ms);
      await tokens.current(signal);
      assertEquals(world.asked.length, asked);
    }
    world.onCall = () => Promise.reject(new Unavailable("oops", "api_fault"));
    for (const [ms, asked] of [[90_000, 3], [29_999, 3], [1, 4]] as const) {
      world.clock.advance(ms);
      await tokens.current(signal);
      assertEquals(world.asked.length, asked);
    }
  }));

Deno.test("a refused token that cannot be renewed now is waited for, and not used again", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    const old = await tokens.current(signal);
    await expireTokens(world.baseUrl);
    world.onCall = down;
    await assertRejects(() => tokens.refused(old, signal), Unavailable);
    await assertRejects(() => tokens.current(signal), Unavailable);
    world.onCall = (pass) => pass();
    world.clock.advance(5000);
    assert(await world.accepts(await tokens.current(signal)));
  }));

Deno.test("a lost answer to a renewal needs a person, who is told so; a new pairing is taken up", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    world.onCall = async (pass) => {
      await pass();
      return await down();
    };
    world.clock.advance(DUE_MS);
    const old = await tokens.current(signal);
    assertEquals(await world.accepts(old), false, "the old pair is void");
    world.onCall = (pass) => pass();
    world.clock.advance(5000);
    const call = apiCaller(systemHttp, { baseUrl: world.baseUrl, tokens });
    const me = () => call({ method: "GET", path: "/v2/devices/me", doing: "ask", signal });
    assertMatch((await assertRejects(me, TokenExpired)).message, /Run reeltime pair again$/);
    assertMatch((await assertRejects(me, TokenExpired)).message, /Run reeltime pair again$/);
    assertEquals(world.asked.length, 2, "a spent token is sent once more, and then no more");
    world.clock.advance(5000);
    await assertRejects(me, TokenExpired);
    assertEquals(world.asked.length, 2);
    await world.pair();
    world.clock.advance(5000);
    await me();
  }));

Deno.test("credentials that were deleted meanwhile need a person, who is told so", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    const token = await tokens.current(signal);
    await world.file("device").remove();
    assertEquals(await tokens.refused(token, signal), false);
    const error = await assertRejects(() => tokens.current(signal), TokenExpired);
    assertMatch(error.message, /deleted\. Run reeltime pair again/);
  }));

Deno.test("a caller who gives up does not end a renewal that others wait for", () =>
  withTokens(async (world) => {
    const { device, settled } = await world.open();
    let answer = () => {};
    const held = new Promise<void>((resolve) => answer = resolve);
    const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>();
    world.onCall = async (pass) => {
      asked();
      await held;
      return await pass();
    };
    world.clock.advance(DUE_MS);
    const stop = new AbortController();
    const gone = assertRejects(() => device!.current(stop.signal), Error, "enough");
    const stays = device!.current(signal);
    await isAsked;
    stop.abort(new Error("enough"));
    await gone;
    await assertRejects(() => device!.current(stop.signal), Error, "enough");
    answer();
    assert(await world.accepts(await stays));

    const left = new AbortController();
    world.clock.advance(DUE_MS);
    const alone = assertRejects(() => device!.current(left.signal), Error, "enough");
    left.abort(new Error("enough"));
    await alone;
    await settled();
    assertEquals(world.asked.length, 2);
    assert(await world.accepts(await onDisk(world)), "its answer was waited for and written");
  }));

Deno.test("a wrong wall clock neither renews at every call nor uses a dead token for long", () =>
  withTokens(async (world) => {
    const tokens = await deviceOf(world);
    const token = await tokens.current(signal);
    for (const jumpMs of [10 * HOUR_MS, -40 * HOUR_MS]) {
      world.clock.setWall(jumpMs);
      assertEquals(await tokens.current(signal), token);
    }
    // Received in what is the future now: its age is not known, and the service has the last word.
    const restarted = await deviceOf(world);
    assertEquals(await restarted.current(signal), token);
    await expireTokens(world.baseUrl);
    assertEquals(await restarted.refused(token, signal), true);
    assertEquals(await tokens.refused(token, signal), true, "somebody has renewed it");
    const fresh = await tokens.current(signal);
    assertEquals([fresh, world.asked.length], [await restarted.current(signal), 1]);
    // Old by the wall clock after a restart: renewed once, then its age is known.
    world.clock.setWall(1000 * HOUR_MS);
    const third = await deviceOf(world);
    assertNotEquals(await third.current(signal), fresh);
    await third.current(signal);
    assertEquals(world.asked.length, 2);
  }));
