import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { createHash } from "node:crypto";
import {
  approve,
  CAMERA,
  DEVICE_GRANT,
  expireTokens,
  pairDevice,
  postForm,
  sandboxTime,
  statusAs,
} from "./auth_client.ts";
import { type SandboxClient, start, withFolder, withSandbox } from "./sandbox_client.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CODE_FORM = { ...CAMERA, scope: "asset_create offline" };

const codeOf = async (client: SandboxClient, form: Record<string, string> = CODE_FORM) =>
  (await postForm(`${client.baseUrl}/v2/auth/device/code`, form)).json;
const poll = (client: SandboxClient, deviceCode: unknown, form: Record<string, string> = CAMERA) =>
  postForm(`${client.baseUrl}/v2/auth/token`, {
    ...form,
    grant_type: DEVICE_GRANT,
    device_code: String(deviceCode),
  });
const refresh = (client: SandboxClient, token: unknown, form: Record<string, string> = CAMERA) =>
  postForm(`${client.baseUrl}/v2/auth/token`, {
    ...form,
    grant_type: "refresh_token",
    refresh_token: String(token),
  });

Deno.test("POST /v2/auth/device/code gives a code as documented", () =>
  withSandbox(async (client) => {
    const code = await codeOf(client);
    assertMatch(String(code.user_code), /^\d{6}$/);
    assert(String(code.device_code).length > 20);
    assertEquals([code.expires_in, code.interval], [120, 5]);
    assertEquals(typeof code.name, "string");
    assertMatch(String(code.verification_uri), /^http/);
    assertEquals(code.verification_uri_complete, undefined);
    const url = `${client.baseUrl}/v2/auth/device/code`;
    const { json } = await postForm(url, CODE_FORM, { "x-client-platypus-enabled": "true" });
    assertMatch(String(json.verification_uri_complete), new RegExp(`${json.user_code}$`));
  }));

Deno.test("POST /v2/auth/device/code refuses JSON, wrong secrets and missing fields", () =>
  withSandbox(async (client) => {
    const url = `${client.baseUrl}/v2/auth/device/code`;
    const cases: readonly [form: Record<string, string>, error: string][] = [
      [{}, "invalid_request"],
      [{ ...CODE_FORM, client_id: "" }, "invalid_request"],
      [{ ...CODE_FORM, scope: "offline" }, "invalid_request"],
      [{ client_id: "x", scope: "asset_create" }, "invalid_request"],
      [{ ...CODE_FORM, client_secret: "wrong 🔑 \"'" }, "invalid_client"],
    ];
    for (const [form, error] of cases) {
      assertEquals(await postForm(url, form), { status: 400, json: { error } });
    }
    const json = await client.post("/v2/auth/device/code", CODE_FORM);
    assertEquals([json.status, await json.json()], [400, { error: "invalid_request" }]);
    const asJson = await client.post("/v2/auth/token", { ...CAMERA, grant_type: "refresh_token" });
    assertEquals([asJson.status, await asJson.json()], [400, { error: "invalid_request" }]);
    const get = await client.call("/v2/auth/token");
    assertEquals(get.status, 404, "the printed GET is an artefact");
    await get.body?.cancel();
  }));

Deno.test("a poll waits for a person, gives the tokens once, and the device can be asked for", () => {
  const time = sandboxTime();
  return withSandbox(async (client) => {
    const code = await codeOf(client);
    const waits = await poll(client, code.device_code);
    assertEquals(waits, { status: 400, json: { error: "authorization_pending" } });
    assertEquals(await approve(client.baseUrl, "000"), 404);
    assertEquals(await approve(client.baseUrl, code.user_code), 200);
    time.advance(5000);
    const { status, json } = await poll(client, code.device_code);
    assertEquals([status, json.token_type, json.expires_in], [200, "bearer", 28_800]);
    assertEquals(await poll(client, code.device_code), {
      ...{ status: 400, json: { error: "invalid_grant" } },
    });
    const me = await fetch(`${client.baseUrl}/v2/devices/me`, {
      headers: { authorization: `Bearer ${json.access_token}` },
    });
    const device = await me.json();
    assertEquals([me.status, device.project.name], [200, "Sandbox"]);
    const again = await pairDevice(client.baseUrl);
    const other = await fetch(`${client.baseUrl}/v2/devices/me`, {
      headers: { authorization: `Bearer ${again.access_token}` },
    });
    assertEquals((await other.json()).id, device.id, "the same device, paired again");
  }, { now: time.now });
});

Deno.test("a poll that comes too soon is told slow_down, and the interval grows", () => {
  const time = sandboxTime();
  return withSandbox(async (client) => {
    const { device_code: code } = await codeOf(client);
    const error = async () => (await poll(client, code)).json.error;
    assertEquals(await error(), "authorization_pending");
    time.advance(4000);
    assertEquals(await error(), "slow_down");
    time.advance(5000);
    assertEquals(await error(), "slow_down", "10 s are asked for by now");
    time.advance(15_000);
    assertEquals(await error(), "authorization_pending");
    time.advance(120_000);
    assertEquals(await error(), "expired_token");
    assertEquals((await poll(client, "unknown")).json.error, "invalid_grant");
    const foreign = { ...CAMERA, client_id: "camera-2" };
    assertEquals((await poll(client, code, foreign)).json.error, "invalid_grant");
    const wrong = { ...CAMERA, client_secret: "wrong" };
    assertEquals((await poll(client, code, wrong)).json.error, "invalid_client");
  }, { now: time.now });
});

Deno.test("a code that ended cannot be approved any more; without offline no refresh token comes", () => {
  const time = sandboxTime();
  return withSandbox(async (client) => {
    const old = await codeOf(client);
    time.advance(120_000);
    assertEquals(await approve(client.baseUrl, old.user_code), 404);
    const code = await codeOf(client, { ...CAMERA, scope: "asset_create" });
    assertEquals(await approve(client.baseUrl, code.user_code), 200);
    const { json } = await poll(client, code.device_code, { client_id: CAMERA.client_id });
    assertEquals([typeof json.access_token, json.refresh_token], ["string", undefined]);
  }, { now: time.now });
});

Deno.test("a refresh token is good once, and ends the old pair at once", () =>
  withSandbox(async (client) => {
    const first = await pairDevice(client.baseUrl);
    const me = `${client.baseUrl}/v2/devices/me`;
    const wrong = { ...CAMERA, client_secret: "wrong" };
    const other = { ...CAMERA, client_id: "camera-2" };
    assertEquals((await refresh(client, first.refresh_token, wrong)).json.error, "invalid_client");
    assertEquals((await refresh(client, first.refresh_token, other)).json.error, "invalid_request");
    const { status, json: second } = await refresh(client, first.refresh_token);
    assertEquals([status, second.expires_in], [200, 28_800]);
    assertNotEquals(second.refresh_token, first.refresh_token);
    assertEquals(await statusAs(me, first.access_token), 401);
    assertEquals(await statusAs(me, second.access_token), 200);
    const again = await refresh(client, first.refresh_token);
    assertEquals(again, { status: 400, json: { error: "invalid_request" } });
    assertEquals(await statusAs(me, second.access_token), 200);
  }));

Deno.test("tokens end after 8 h and 14 days, with the documented words", () => {
  const time = sandboxTime();
  return withSandbox(async (client) => {
    const tokens = await pairDevice(client.baseUrl);
    const me = `${client.baseUrl}/v2/devices/me`;
    time.advance(8 * HOUR_MS - 1);
    assertEquals(await statusAs(me, tokens.access_token), 200);
    time.advance(1);
    const response = await fetch(me, {
      headers: { authorization: `Bearer ${tokens.access_token}` },
    });
    const { code, errors: [error], message } = await response.json();
    assertEquals([response.status, code, error.title, message], [
      ...[401, 401, "Not Authorized", "Not Authorized"],
    ]);
    time.advance(14 * DAY_MS);
    assertEquals((await refresh(client, tokens.refresh_token)).json.error, "invalid_request");
  }, { now: time.now });
});

Deno.test("POST /v2/auth/revoke ends a pair by either token", () =>
  withSandbox(async (client) => {
    const url = `${client.baseUrl}/v2/auth/revoke`;
    for (const name of ["access_token", "refresh_token"]) {
      const tokens = await pairDevice(client.baseUrl);
      const token = String(tokens[name]);
      assertEquals((await postForm(url, CAMERA)).json.error, "invalid_request");
      const wrong = { ...CAMERA, client_secret: "x", token };
      assertEquals((await postForm(url, wrong)).json.error, "invalid_client");
      assertEquals((await postForm(url, { ...CAMERA, client_id: "y", token })).status, 200);
      const me = `${client.baseUrl}/v2/devices/me`;
      assertEquals(await statusAs(me, tokens.access_token), 200, "somebody else's word");
      assertEquals((await postForm(url, { ...CAMERA, token })).status, 200);
      assertEquals(await statusAs(me, tokens.access_token), 401);
      assertEquals((await refresh(client, tokens.refresh_token)).json.error, "invalid_request");
      assertEquals((await postForm(url, { ...CAMERA, token })).status, 200, "void already");
    }
  }));

Deno.test("POST /sandbox/tokens/expire ends access tokens and leaves refresh tokens", () =>
  withSandbox(async (client) => {
    const tokens = await pairDevice(client.baseUrl);
    await expireTokens(client.baseUrl);
    const me = `${client.baseUrl}/v2/devices/me`;
    assertEquals(await statusAs(me, tokens.access_token), 401);
    const { json } = await refresh(client, tokens.refresh_token);
    assertEquals(await statusAs(me, json.access_token), 200);
  }));

Deno.test("pairings, tokens and their ends outlive a restart", () =>
  withFolder(async (dir) => {
    const first = await start(dir);
    const tokens = await pairDevice(first.baseUrl);
    const { json: code } = await postForm(`${first.baseUrl}/v2/auth/device/code`, CODE_FORM);
    await first.shutdown();
    const second = await start(dir);
    try {
      assertEquals(await statusAs(`${second.baseUrl}/v2/devices/me`, tokens.access_token), 200);
      assertEquals(await approve(second.baseUrl, code.user_code), 200);
      if (Deno.build.os !== "windows") {
        assertEquals(Deno.statSync(`${dir}/auth.sqlite`).mode! & 0o777, 0o600);
      }
    } finally {
      await second.shutdown();
    }
  }));

Deno.test("each API takes the tokens that are its own", () =>
  withSandbox(async (client) => {
    const { access_token: device } = await pairDevice(client.baseUrl);
    const me = `${client.baseUrl}/v2/devices/me`;
    const root = `${client.baseUrl}/v2/assets/root`;
    assertEquals(await statusAs(me, "sandbox"), 401);
    assertEquals(await statusAs(root, "sandbox"), 200);
    assertEquals(await statusAs(root, device), 401);
    for (const token of ["", "Sandbox", "x".repeat(5000), "%C3%BC"]) {
      assertEquals(await statusAs(root, token), 401, token);
    }
  }));

// Adobe IMS

const IMS = { client_id: "app", client_secret: "sandbox-secret" };
const BASIC = { authorization: `Basic ${btoa("app:sandbox-secret")}` };
const VERIFIER = "v".repeat(50);
const CHALLENGE = createHash("sha256").update(VERIFIER).digest("base64url");
const REDIRECT = "http://127.0.0.1:1/callback";

/** Signs in; the query with which the browser comes back. */
async function signIn(client: SandboxClient, changes: Record<string, string> = {}) {
  const query = new URLSearchParams({
    ...{ client_id: "app", redirect_uri: REDIRECT, response_type: "code", state: "s & 'é🎬" },
    ...{ scope: "openid offline_access", code_challenge: CHALLENGE },
    ...{ code_challenge_method: "S256", ...changes },
  });
  const response = await fetch(`${client.baseUrl}/ims/authorize/v2?${query}`, {
    redirect: "manual",
  });
  await response.body?.cancel();
  return { status: response.status, location: response.headers.get("location") ?? "" };
}

async function imsCode(client: SandboxClient, changes: Record<string, string> = {}) {
  const { location } = await signIn(client, changes);
  return new URL(location).searchParams.get("code")!;
}

Deno.test("IMS gives a server-to-server token without a refresh token", () =>
  withSandbox(async (client) => {
    const url = `${client.baseUrl}/ims/token/v3`;
    const form = {
      ...{ ...IMS, grant_type: "client_credentials", scope: "openid,AdobeID,frame.s2s.all" },
    };
    const { status, json } = await postForm(url, form);
    assertEquals([status, json.expires_in, json.refresh_token], [200, 86_399, undefined]);
    assertEquals(
      (await postForm(url, { ...form, client_secret: "no" })).json.error,
      "invalid_client",
    );
    assertEquals((await postForm(url, { ...form, scope: "openid" })).json.error, "invalid_scope");
    const { client_secret: _, ...open } = form;
    assertEquals((await postForm(url, open)).status, 401);
    assertEquals((await postForm(url, { ...form, grant_type: "password" })).json, {
      error: "unsupported_grant_type",
    });
    const asJson = await client.post("/ims/token/v3", form);
    assertEquals([asJson.status, await asJson.json()], [400, { error: "invalid_request" }]);
  }));

Deno.test("IMS leads back with code and state, and refuses what it cannot lead back to", () =>
  withSandbox(async (client) => {
    const { status, location } = await signIn(client);
    const back = new URL(location);
    assertEquals([status, back.origin + back.pathname], [302, REDIRECT]);
    assertEquals(back.searchParams.get("state"), "s & 'é🎬");
    assert(back.searchParams.get("code")!.length > 20);
    for (
      const changes of [
        { client_id: "" },
        { redirect_uri: "http://example.com/" },
        { redirect_uri: "x" },
        { response_type: "token" },
        { code_challenge_method: "plain" },
      ]
    ) assertEquals((await signIn(client, changes)).status, 400, JSON.stringify(changes));
    assertEquals((await signIn(client, { redirect_uri: "https://example.com/?a=b" })).status, 302);
  }));

Deno.test("IMS exchanges a code once, for who can prove that it is theirs", () =>
  withSandbox(async (client) => {
    const url = `${client.baseUrl}/ims/token/v3`;
    const open = `${url}?client_id=app`;
    const form = { grant_type: "authorization_code", code_verifier: VERIFIER };
    const code = await imsCode(client);
    const { status, json } = await postForm(open, { ...form, code });
    assertEquals([status, json.expires_in, typeof json.refresh_token], [200, 86_400, "string"]);
    assertEquals((await postForm(open, { ...form, code })).json.error, "invalid_grant", "twice");
    const refusals: readonly [url: string, changes: Record<string, string>][] = [
      [open, { code_verifier: "w".repeat(50) }],
      [open, { code_verifier: "" }],
      [open, { redirect_uri: "https://example.com/" }],
      [`${url}?client_id=other`, {}],
    ];
    for (const [at, changes] of refusals) {
      const answer = await postForm(at, { ...form, code: await imsCode(client), ...changes });
      assertEquals(answer, { status: 400, json: { error: "invalid_grant" } });
    }
    const withSecret = { ...form, code: await imsCode(client), redirect_uri: REDIRECT };
    assertEquals((await postForm(url, withSecret, BASIC)).status, 200);
    const wrong = { authorization: `Basic ${btoa("app:no")}` };
    assertEquals((await postForm(url, withSecret, wrong)).status, 401);
    assertEquals((await postForm(url, withSecret, { authorization: "Basic %%" })).status, 401);
    const scope = "openid";
    const offline = await postForm(open, { ...form, code: await imsCode(client, { scope }) });
    assertEquals(offline.json.refresh_token, undefined, "offline_access was not asked for");
  }));

Deno.test("IMS refreshes, rotates and revokes", () => {
  const time = sandboxTime();
  return withSandbox(async (client) => {
    const url = `${client.baseUrl}/ims/token/v3?client_id=app`;
    const form = { grant_type: "authorization_code", code_verifier: VERIFIER };
    const first = (await postForm(url, { ...form, code: await imsCode(client) })).json;
    const again = (token: unknown) =>
      postForm(url, { grant_type: "refresh_token", refresh_token: String(token) });
    const second = (await again(first.refresh_token)).json;
    assertEquals((await again(first.refresh_token)).json.error, "invalid_grant");
    const revoke = `${client.baseUrl}/ims/revoke?client_id=app`;
    const revoked = await fetch(revoke, {
      method: "POST",
      body: new URLSearchParams({ token: String(second.refresh_token) }),
    });
    assertEquals([revoked.status, await revoked.text()], [200, ""]);
    assertEquals((await again(second.refresh_token)).json.error, "invalid_grant");
    assertEquals((await postForm(revoke, {})).json.error, "invalid_request");
    const late = (await postForm(url, { ...form, code: await imsCode(client) })).json;
    time.advance(14 * DAY_MS);
    assertEquals((await again(late.refresh_token)).json.error, "invalid_grant");
    const slow = await imsCode(client);
    time.advance(HOUR_MS);
    assertEquals((await postForm(url, { ...form, code: slow })).json.error, "invalid_grant");
  }, { now: time.now });
});
