import {
  assertEquals,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertRejects,
} from "@std/assert";
import { secret } from "../../src/config.ts";
import { Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import {
  authorizeUrl,
  exchangeCode,
  type ImsClient,
  newPkce,
  refreshUser,
  revokeIms,
  serverToken,
} from "../../src/frameio/ims.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import type { Random } from "../../src/runtime/random.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { withSandbox } from "../sandbox/sandbox_client.ts";
import { openPeer } from "../support/raw_peer.ts";
import { leapingClock } from "./leaping_clock.ts";

const { signal } = new AbortController();
const doors = () => ({ http: systemHttp, clock: leapingClock() });
const REDIRECT = "http://127.0.0.1:1/callback";

/** With a secret the app is a web app, without one a native app. */
const clientAt = (imsBase: string, clientSecret: string | null = "sandbox-secret"): ImsClient => ({
  ...{ imsBase, clientId: "app/1&" },
  clientSecret: clientSecret === null ? null : secret(clientSecret),
});

/** Signs in as a person who says yes; the code that comes back. */
async function signIn(client: ImsClient, state: string, challenge: string) {
  const url = authorizeUrl(client, { redirectUri: REDIRECT, state, challenge });
  const response = await fetch(url, { redirect: "manual" });
  await response.body?.cancel();
  const back = new URL(response.headers.get("location")!);
  assertEquals(back.searchParams.get("state"), state);
  return back.searchParams.get("code")!;
}

Deno.test("serverToken() gets a token without a refresh token", () =>
  withSandbox(async ({ baseUrl }) => {
    const client = { ...clientAt(baseUrl), clientSecret: secret("sandbox-secret") };
    const grant = await serverToken(doors(), client, signal);
    assertEquals([grant.refreshToken, grant.lifeMs], [null, 86_399_000]);
    const wrong = { ...client, clientSecret: secret("open-sesame") };
    const error = await assertRejects(() => serverToken(doors(), wrong, signal), TokenExpired);
    assertMatch(error.message, /401 \(invalid_client\)\. Run reeltime login --server again/);
    assertNotMatch(Deno.inspect(error), /sesame/);
  }));

Deno.test("a user logs in with and without a client secret, renews and logs out", () =>
  withSandbox(async ({ baseUrl }) => {
    for (const client of [clientAt(baseUrl), clientAt(baseUrl, null)]) {
      const { verifier, challenge } = await newPkce(systemRandom);
      const code = await signIn(client, "a state & 'é🎬", challenge);
      const login = { code, redirectUri: REDIRECT, verifier };
      const grant = await exchangeCode(doors(), client, login, signal);
      assertEquals(grant.lifeMs, 86_400_000);
      const twice = await assertRejects(
        () => exchangeCode(doors(), client, login, signal),
        Rejected,
      );
      assertMatch(twice.message, /400 \(invalid_grant\).*redirect URI in the Adobe Developer/);
      const next = await refreshUser(doors(), client, grant.refreshToken!, signal);
      assertNotEquals(next.accessToken, grant.accessToken);
      const spent = await assertRejects(
        () => refreshUser(doors(), client, grant.refreshToken!, signal),
        TokenExpired,
      );
      assertMatch(spent.message, /Run reeltime login again/);
      await revokeIms(systemHttp, client, next.refreshToken!, signal);
      await assertRejects(
        () => refreshUser(doors(), client, next.refreshToken!, signal),
        TokenExpired,
      );
    }
  }));

Deno.test("newPkce() proves as RFC 7636 has it in its appendix B", async () => {
  const verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const random: Random = { fraction: () => 0, hex: () => verifier };
  assertEquals((await newPkce(random)).challenge, "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
  assertMatch((await newPkce(systemRandom)).verifier, /^[0-9a-f]{64}$/);
});

Deno.test("a login without the proof is refused", () =>
  withSandbox(async ({ baseUrl }) => {
    const client = clientAt(baseUrl, null);
    const code = await signIn(client, "s", (await newPkce(systemRandom)).challenge);
    const { verifier } = await newPkce(systemRandom);
    await assertRejects(
      () => exchangeCode(doors(), client, { code, redirectUri: REDIRECT, verifier }, signal),
      Rejected,
    );
  }));

Deno.test("a client with a secret shows it in the basic header, one without names itself in the query", async () => {
  await using peer = await openPeer((request) => request.answer(200, '{"access_token":"a"}'));
  for (const client of [clientAt(peer.url), clientAt(peer.url, null)]) {
    await refreshUser(doors(), client, "r", signal);
  }
  const [web, native] = peer.requests;
  assertMatch(web!.head, /^POST \/ims\/token\/v3 HTTP/);
  assertEquals(web!.header("authorization"), `Basic ${btoa("app/1&:sandbox-secret")}`);
  assertMatch(native!.head, /^POST \/ims\/token\/v3\?client_id=app%2F1%26 HTTP/);
  assertEquals(native!.header("authorization"), null);
  const body = new TextDecoder().decode(await native!.whole);
  assertEquals(body, "grant_type=refresh_token&refresh_token=r");
});

Deno.test("revokeIms() counts any empty success, and never a login page", async () => {
  let [status, text] = [200, ""];
  await using peer = await openPeer((request) => {
    if (status !== 204) return request.answer(status, text);
    request.write("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n");
    request.end();
  });
  const empty: [number, string][] = [[200, ""], [200, " \r\n"], [202, ""], [204, ""]];
  for ([status, text] of empty) {
    await revokeIms(systemHttp, clientAt(peer.url), "t", signal);
  }
  const others: [number, string][] = [[302, ""], [400, ""], [200, "<html>Log in</html>"]];
  for ([status, text] of others) {
    await assertRejects(() => revokeIms(systemHttp, clientAt(peer.url), "t", signal), Unavailable);
  }
});
