import type { Secret } from "../config.ts";
import { Rejected } from "../errors.ts";
import type { Http } from "../runtime/http.ts";
import type { Random } from "../runtime/random.ts";
import type { AuthDoors } from "./device_auth.ts";
import { refusedRenewal } from "./refused_renewal.ts";
import {
  callTokenEndpoint,
  type FormCall,
  type Grant,
  grantOf,
  type TokenAnswer,
} from "./token_endpoint.ts";

/** A credential of the Adobe Developer Console. */
export interface ImsClient {
  /** Without a slash at the end, e.g. `https://ims-na1.adobelogin.com`. */
  readonly imsBase: string;
  readonly clientId: string;
  /** Null for a single-page or native app, which has none. */
  readonly clientSecret: Secret | null;
}

/** A secret of one login that proves that the code goes to who asked for it (RFC 7636). */
export interface Pkce {
  readonly verifier: string;
  /** SHA-256 of the verifier, base64url. */
  readonly challenge: string;
}

/** What a person does when a user's tokens are lost. */
export const LOGIN_AGAIN = "Run reeltime login again";
/** The same for a server-to-server credential. */
export const SERVER_LOGIN_AGAIN = "Run reeltime login --server again";

/** Scopes (V4 API, OAuth scopes): comma-joined for servers, separated by spaces for users. */
const SERVER_SCOPE = "openid,AdobeID,frame.s2s.all";
const USER_SCOPE = "openid profile offline_access additional_info.roles";

/**
 * Asks for a server-to-server token; there is no refresh token, one asks again (Adobe IMS).
 *
 * @throws TokenExpired if the credential is not accepted; Unavailable if no answer came.
 */
export async function serverToken(
  { http, clock }: AuthDoors,
  client: ImsClient & { readonly clientSecret: Secret },
  signal: AbortSignal,
): Promise<Grant> {
  const askedAtMs = clock.now();
  const doing = "get a server-to-server token";
  const answer = await callTokenEndpoint(http, {
    url: `${client.imsBase}/ims/token/v3`,
    form: {
      grant_type: "client_credentials",
      client_id: client.clientId,
      client_secret: client.clientSecret.reveal(),
      scope: SERVER_SCOPE,
    },
    ...{ doing, signal },
  });
  if (answer.is === "refused") throw refusedRenewal(answer, doing, SERVER_LOGIN_AGAIN);
  return grantOf(answer, askedAtMs, doing);
}

/** A fresh proof for one login; 64 characters, where at least 43 are asked for (RFC 7636, 4.1). */
export async function newPkce(random: Random): Promise<Pkce> {
  const verifier = random.hex(64);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  const base64 = btoa(String.fromCharCode(...new Uint8Array(digest)));
  const challenge = base64.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  return { verifier, challenge };
}

/** The page on which a person signs in, which leads back to `redirectUri`. */
export function authorizeUrl(
  { imsBase, clientId }: ImsClient,
  login: { readonly redirectUri: string; readonly state: string; readonly challenge: string },
): string {
  const query = new URLSearchParams({
    client_id: clientId,
    redirect_uri: login.redirectUri,
    scope: USER_SCOPE,
    response_type: "code",
    state: login.state,
    code_challenge: login.challenge,
    code_challenge_method: "S256",
  });
  return `${imsBase}/ims/authorize/v2?${query}`;
}

/**
 * Exchanges the code that the browser brought back.
 *
 * @throws Rejected if it is not accepted; Unavailable if no answer came.
 */
export async function exchangeCode(
  { http, clock }: AuthDoors,
  client: ImsClient,
  login: { readonly code: string; readonly redirectUri: string; readonly verifier: string },
  signal: AbortSignal,
): Promise<Grant> {
  const askedAtMs = clock.now();
  const doing = "log in";
  const form = {
    grant_type: "authorization_code",
    code: login.code,
    redirect_uri: login.redirectUri,
    code_verifier: login.verifier,
  };
  const answer = await call(http, client, "/ims/token/v3", { form, doing, signal });
  if (answer.is === "refused") throw refusedClient(answer, doing);
  return grantOf(answer, askedAtMs, doing);
}

/**
 * Renews a user's token. The reply may leave out a new refresh token: the old one stays good then.
 *
 * @throws TokenExpired if it is no longer accepted; Unavailable if no answer came.
 */
export async function refreshUser(
  { http, clock }: AuthDoors,
  client: ImsClient,
  refreshToken: string,
  signal: AbortSignal,
): Promise<Grant> {
  const askedAtMs = clock.now();
  const doing = "renew the login";
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const answer = await call(http, client, "/ims/token/v3", { form, doing, signal });
  if (answer.is === "refused") throw refusedRenewal(answer, doing, LOGIN_AGAIN);
  return grantOf(answer, askedAtMs, doing);
}

/**
 * Makes a token void.
 *
 * @throws Rejected or Unavailable if the service did not say yes.
 */
export async function revokeIms(
  http: Http,
  client: ImsClient,
  token: string,
  signal: AbortSignal,
): Promise<void> {
  const doing = "revoke the login";
  const form = { token };
  const answer = await call(http, client, "/ims/revoke", {
    ...{ form, doing, signal, mayBeEmpty: true },
  });
  if (answer.is === "refused") throw refusedClient(answer, doing);
}

/** With a secret by the basic header, without one by the query (Adobe IMS, fetching access tokens). */
function call(
  http: Http,
  { imsBase, clientId, clientSecret }: ImsClient,
  path: string,
  rest: Omit<FormCall, "url" | "headers">,
): Promise<TokenAnswer> {
  const isPublic = clientSecret === null;
  return callTokenEndpoint(http, {
    url: imsBase + path + (isPublic ? `?client_id=${encodeURIComponent(clientId)}` : ""),
    headers: isPublic
      ? {}
      : { authorization: `Basic ${btoa(`${clientId}:${clientSecret.reveal()}`)}` },
    ...rest,
  });
}

function refusedClient({ error, status }: TokenAnswer & { is: "refused" }, doing: string) {
  return new Rejected(
    `Cannot ${doing}: Adobe answered ${status}${
      error && ` (${error})`
    }. Check the client id, the ` +
      "client secret and the redirect URI in the Adobe Developer Console",
    status,
  );
}
