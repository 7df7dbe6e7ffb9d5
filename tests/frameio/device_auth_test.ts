import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { secret } from "../../src/config.ts";
import { Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import {
  type DeviceClient,
  readDevice,
  refreshDevice,
  revokeDevice,
} from "../../src/frameio/device_auth.ts";
import { awaitApproval, requestPairingCode } from "../../src/frameio/pairing.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { approve } from "../sandbox/auth_client.ts";
import { start, withFolder } from "../sandbox/sandbox_client.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";
import { type LeapingClock, leapingClock } from "./leaping_clock.ts";

const { signal } = new AbortController();
const SECRET = "sandbox-secret";

const clientAt = (apiBase: string, clientSecret = SECRET): DeviceClient => ({
  ...{ apiBase, clientId: "camera 1 & 'é🎬", clientSecret: secret(clientSecret) },
  version: "1.2.3",
});

/** Runs a test against a sandbox whose time is the clock's. */
function withDevice(
  test: (client: DeviceClient, clock: LeapingClock, onSleep: (f: () => unknown) => void) => unknown,
): Promise<void> {
  return withFolder(async (dir) => {
    let atSleep = (): unknown => undefined;
    const clock = leapingClock(() => atSleep());
    const sandbox = await start(dir, { now: () => new Date(clock.now()) });
    try {
      await test(clientAt(sandbox.baseUrl), clock, (f) => atSleep = f);
    } finally {
      await sandbox.shutdown();
    }
  });
}

Deno.test("a device is paired, asked for, renewed and revoked", () =>
  withDevice(async (client, clock, onSleep) => {
    const doors = { http: systemHttp, clock };
    const code = await requestPairingCode(doors, client, signal);
    assertMatch(code.userCode, /^\d{6}$/);
    assertEquals([code.lifeMs, code.intervalMs], [120_000, 5000]);
    const left: number[] = [];
    onSleep(() => left.length === 3 && approve(client.apiBase, code.userCode));
    const grant = await awaitApproval(doors, client, code, (ms) => left.push(ms), signal);
    assertEquals(left, [120_000, 115_000, 110_000]);
    assertEquals([grant.lifeMs, grant.receivedAtMs], [28_800_000, clock.now()]);
    assertEquals(await readDevice(systemHttp, client, grant.accessToken, signal), {
      id: (await readDevice(systemHttp, client, grant.accessToken, signal)).id,
      name: "Sandbox Camera",
      project: "Sandbox",
    });

    const next = await refreshDevice(doors, client, grant.refreshToken!, signal);
    await readDevice(systemHttp, client, next.accessToken, signal);
    const old = await assertRejects(
      () => readDevice(systemHttp, client, grant.accessToken, signal),
      TokenExpired,
    );
    assertMatch(old.message, /reeltime pair again/);
    const spent = await assertRejects(
      () => refreshDevice(doors, client, grant.refreshToken!, signal),
      TokenExpired,
    );
    assertMatch(spent.message, /400 \(invalid_request\)\. Run reeltime pair again/);

    await revokeDevice(systemHttp, client, next.accessToken, signal);
    await assertRejects(
      () => readDevice(systemHttp, client, next.accessToken, signal),
      TokenExpired,
    );
  }));

Deno.test("awaitApproval() ends with words when nobody enters the code", () =>
  withDevice(async (client, clock) => {
    const doors = { http: systemHttp, clock };
    const code = await requestPairingCode(doors, client, signal);
    const error = await assertRejects(
      () => awaitApproval(doors, client, code, () => {}, signal),
      TokenExpired,
    );
    assertMatch(error.message, /nobody entered the code in time\. Run reeltime pair again/);
    assertEquals(clock.sleeps.length, 24, "120 s at intervals of 5 s");
  }));

Deno.test("requestPairingCode() says what to check when the client is not known", () =>
  withDevice(async ({ apiBase }, clock) => {
    const client = clientAt(apiBase, "open-sesame");
    const error = await assertRejects(
      () => requestPairingCode({ http: systemHttp, clock }, client, signal),
      Rejected,
    );
    assertMatch(error.message, /400 \(invalid_client\).*client secret that Frame\.io issued/);
    assertNotMatch(Deno.inspect(error), /sesame/);
  }));

/** A device at a peer that answers as told, in order; the last answer stays. */
async function atPeer<T>(
  answers: readonly (readonly [status: number, text: string, headers?: Record<string, string>])[],
  test: (client: DeviceClient, requests: readonly PeerRequest[]) => Promise<T>,
): Promise<T> {
  let at = 0;
  await using peer = await openPeer((request) => {
    const [status, text, headers] = answers[Math.min(at++, answers.length - 1)]!;
    if (status === 0) request.reset();
    else request.answer(status, text, headers);
  });
  return await test(clientAt(peer.url, "open-sesame"), peer.requests);
}

const CODE = {
  ...{ deviceCode: "dc", userCode: "123456", page: null, lifeMs: 600_000, intervalMs: 5000 },
  askedMs: 0,
};
const GRANT = '{"access_token":"a","refresh_token":"r","expires_in":28800}';
const said = (error: string) => [400, JSON.stringify({ error })] as const;

Deno.test("awaitApproval() widens the interval as it is told, and outlasts a bad network", async () => {
  const clock = leapingClock();
  const oddly = '{"code":409,"errors":[],"message":"slow_down"}';
  const answers = [
    ...[said("authorization_pending"), said("slow_down"), [409, oddly], [0, ""]],
    ...[[502, "<html>"], [200, "<html>"], [200, ""], [200, "{}"], [200, GRANT]],
  ] as const;
  await atPeer(answers as never, async (client) => {
    const doors = { http: systemHttp, clock };
    const grant = await awaitApproval(doors, client, CODE, () => {}, signal);
    assertEquals(grant.accessToken, "a");
  });
  const bad = [30_000, 60_000, 60_000, 60_000, 60_000];
  assertEquals(clock.sleeps, [5000, 5000, 10_000, 15_000, ...bad]);
});

Deno.test("awaitApproval() stops at what no waiting mends", async () => {
  for (const error of ["invalid_grant", "invalid_client", "invalid_request", "access_denied"]) {
    await atPeer([said(error)], async (client) => {
      const doors = { http: systemHttp, clock: leapingClock() };
      const refusal = await assertRejects(
        () => awaitApproval(doors, client, CODE, () => {}, signal),
        Rejected,
      );
      assertMatch(refusal.message, new RegExp(`400 \\(${error}\\)`));
    });
  }
});

Deno.test("awaitApproval() stops when it is called off", async () => {
  const stop = new AbortController();
  const clock = leapingClock(() => stop.abort());
  await atPeer([said("authorization_pending")], async (client, requests) => {
    const doors = { http: systemHttp, clock };
    await assertRejects(
      () => awaitApproval(doors, client, CODE, () => {}, stop.signal),
      DOMException,
    );
    assertEquals(requests.length, 0);
  });
});

Deno.test("the calls are form-encoded and carry the version, and no token in the address", async () => {
  await atPeer([[200, GRANT]], async (client, requests) => {
    const doors = { http: systemHttp, clock: leapingClock() };
    await refreshDevice(doors, client, "r&1", signal);
    const [request] = requests;
    assertMatch(request!.head, /^POST \/v2\/auth\/token HTTP/);
    assertEquals(request!.header("content-type"), "application/x-www-form-urlencoded");
    assertEquals(request!.header("x-client-version"), "1.2.3");
    const form = new URLSearchParams(new TextDecoder().decode(await request!.whole));
    assertEquals(Object.fromEntries(form), {
      ...{ grant_type: "refresh_token", refresh_token: "r&1" },
      ...{ client_id: client.clientId, client_secret: "open-sesame" },
    });
  });
});

Deno.test("refreshDevice() gives each answer the class of its remedy, and repeats no secret", async () => {
  const html = "<html>open-sesame</html>";
  const detailed = (message: string) =>
    JSON.stringify({ code: 401, errors: [{ code: 401, title: message }], message });
  const table: readonly [status: number, text: string, name: string, outage?: string][] = [
    [400, '{"error":"invalid_request"}', "TokenExpired"],
    [400, '{"error":"invalid_grant"}', "TokenExpired"],
    [400, '{"error":"invalid_client"}', "TokenExpired"],
    [409, '{"code":409,"errors":[],"message":"invalid_client"}', "TokenExpired"],
    [401, detailed("Not Authorized"), "TokenExpired"],
    [409, '{"code":409,"errors":[],"message":"slow_down"}', "Unavailable", "rate_limit"],
    [400, '{"error":"slow_down"}', "Unavailable", "rate_limit"],
    [400, '{"error":"the moon is full, open-sesame"}', "Unavailable", "api_fault"],
    [404, '{"message":"Not Found"}', "Unavailable", "api_fault"],
    [400, "", "Unavailable", "network"],
    [400, html, "Unavailable", "network"],
    [401, html, "Unavailable", "network"],
    [403, html, "Unavailable", "network"],
    [404, "", "Unavailable", "network"],
    [302, "", "Unavailable", "network"],
    [200, html, "Unavailable", "network"],
    [200, "[1]", "Unavailable", "network"],
    [200, "null", "Unavailable", "network"],
    [200, "", "Unavailable", "network"],
    [200, "{}", "Unavailable", "api_fault"],
    [200, '{"access_token":""}', "Unavailable", "api_fault"],
    [200, '{"access_token":"a\\nb"}', "Unavailable", "api_fault"],
    [200, '{"access_token":7}', "Unavailable", "api_fault"],
    [429, "", "Unavailable", "rate_limit"],
    [500, detailed("open-sesame"), "Unavailable", "api_fault"],
    [503, "", "Unavailable", "api_fault"],
    [0, "", "Unavailable", "network"],
  ];
  for (const [status, text, name, outage] of table) {
    await atPeer([[status, text, { "retry-after": "7" }]], async (client) => {
      const doors = { http: systemHttp, clock: leapingClock() };
      const error = await assertRejects(
        () => refreshDevice(doors, client, "open-sesame", signal),
        Error,
      );
      assertEquals(error.name, name, `${status} ${text}`);
      assertNotMatch(Deno.inspect(error), /sesame/);
      if (!(error instanceof Unavailable)) return;
      assertEquals(error.outage, outage as string, `${status} ${text}`);
      if (status === 429) assertEquals(error.retryAfterMs, 7000);
    });
  }
});

Deno.test("odd numbers and texts of a service are kept within bounds", async () => {
  const odd = JSON.stringify({
    ...{ device_code: "d", user_code: "\x1b[2J123456", expires_in: 1e9, interval: -3 },
    ...{ verification_uri: "javascript:alert(1)", verification_uri_complete: 7 },
  });
  await atPeer([[200, odd]], async (client) => {
    const doors = { http: systemHttp, clock: leapingClock() };
    const code = await requestPairingCode(doors, client, signal);
    assertEquals([code.userCode, code.page], ["[2J123456", null]);
    assertEquals([code.lifeMs, code.intervalMs], [1_800_000, 5000]);
  });
  for (const [life, ms] of [["8640000", 1_209_600_000], [0, 3_600_000], [null, 3_600_000]]) {
    const json = JSON.stringify({ access_token: "a", expires_in: life });
    await atPeer([[200, json]], async (client) => {
      const doors = { http: systemHttp, clock: leapingClock() };
      const grant = await refreshDevice(doors, client, "r", signal);
      assertEquals([grant.lifeMs, grant.refreshToken], [ms, null]);
    });
  }
  for (const body of ["null", "[]", '{"name":7,"project":"x"}']) {
    await atPeer([[200, body]], async (client) => {
      const me = await readDevice(systemHttp, client, "a", signal);
      assertEquals(me, { id: null, name: null, project: null });
    });
  }
  const name = `A "cam" é🎬 \u202e\x07 ${"x".repeat(500)}`;
  await atPeer([[200, JSON.stringify({ name })]], async (client) => {
    const me = await readDevice(systemHttp, client, "a", signal);
    assert(me.name!.startsWith('A "cam" é🎬  x') && me.name!.length === 200, me.name!);
  });
});

Deno.test("a service without a code is taken for one that is out of order", async () => {
  await atPeer([[200, "{}"]], async (client) => {
    await assertRejects(
      () => requestPairingCode({ http: systemHttp, clock: leapingClock() }, client, signal),
      Unavailable,
    );
  });
});
