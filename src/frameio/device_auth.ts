import type { Secret } from "../config.ts";
import { Rejected } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Http } from "../runtime/http.ts";
import { apiCaller } from "./api.ts";
import { refusedRenewal } from "./refused_renewal.ts";
import {
  callTokenEndpoint,
  type FormCall,
  type Grant,
  grantOf,
  shownText,
  type TokenAnswer,
} from "./token_endpoint.ts";
import { fixedToken } from "./tokens.ts";

/** A physical device as Frame.io knows it before anybody pairs it. */
export interface DeviceClient {
  /** Without a slash at the end. */
  readonly apiBase: string;
  /** One for each physical device. */
  readonly clientId: string;
  /** Issued by Frame.io for the model. */
  readonly clientSecret: Secret;
  /** Semantic version of this program, for `x-client-version`. */
  readonly version: string;
}

/** What is needed of the world. */
export interface AuthDoors {
  readonly http: Http;
  readonly clock: Clock;
}

/** The paired device as Frame.io calls it; null for what it did not say. */
export interface DeviceIdentity {
  readonly id: string | null;
  readonly name: string | null;
  readonly project: string | null;
}

/** What a person does when a device's tokens are lost. */
export const PAIR_AGAIN = "Run reeltime pair again";

/**
 * Spends a refresh token for a new pair; the old pair is void at once, whether the answer arrives or not
 * (Camera to Cloud, managing authorization).
 *
 * @throws TokenExpired if it is no longer accepted; Unavailable if no answer came.
 */
export async function refreshDevice(
  { http, clock }: AuthDoors,
  client: DeviceClient,
  refreshToken: string,
  signal: AbortSignal,
): Promise<Grant> {
  const askedAtMs = clock.now();
  const doing = "renew the device's token";
  const form = { grant_type: "refresh_token", refresh_token: refreshToken };
  const answer = await callAsDevice(http, client, "/v2/auth/token", { form, doing, signal });
  if (answer.is === "refused") throw refusedRenewal(answer, doing, PAIR_AGAIN);
  return grantOf(answer, askedAtMs, doing);
}

/**
 * Makes a token void.
 *
 * @throws Rejected or Unavailable if the service did not say yes.
 */
export async function revokeDevice(
  http: Http,
  client: DeviceClient,
  token: string,
  signal: AbortSignal,
): Promise<void> {
  const doing = "revoke the device's token";
  const form = { token };
  const answer = await callAsDevice(http, client, "/v2/auth/revoke", {
    ...{ form, doing, signal, mayBeEmpty: true },
  });
  if (answer.is === "refused") throw refusedClient(answer, doing);
}

/**
 * Who the token belongs to (Camera to Cloud, API reference: device information; every field optional).
 *
 * @throws As every call of the API.
 */
export async function readDevice(
  http: Http,
  client: DeviceClient,
  accessToken: string,
  signal: AbortSignal,
): Promise<DeviceIdentity> {
  const api = apiCaller(http, {
    baseUrl: client.apiBase,
    tokens: { ...fixedToken(accessToken), remedy: PAIR_AGAIN },
    headers: { "x-client-version": client.version },
  });
  const me = await api({
    ...{ method: "GET", path: "/v2/devices/me", doing: "read the device's identity", signal },
  }) as Record<string, unknown> | null;
  const project = me?.project as Record<string, unknown> | null | undefined;
  return {
    id: shownText(me?.id),
    name: shownText(me?.name),
    project: shownText(project?.name) ?? shownText(me?.project_name) ?? shownText(me?.project_id),
  };
}

/** A form-encoded call with what a device says of itself (Camera to Cloud, authorization). */
export function callAsDevice(
  http: Http,
  { apiBase, clientId, clientSecret, version }: DeviceClient,
  path: string,
  { form, ...rest }: Omit<FormCall, "url" | "headers">,
): Promise<TokenAnswer> {
  return callTokenEndpoint(http, {
    url: apiBase + path,
    form: { ...form, client_id: clientId, client_secret: clientSecret.reveal() },
    headers: { "x-client-version": version },
    ...rest,
  });
}

/** A refusal that no waiting and no other token mends. */
export function refusedClient({ error, status }: TokenAnswer & { is: "refused" }, doing: string) {
  const words = `Cannot ${doing}: Frame.io answered ${status}${error && ` (${error})`}`;
  return new Rejected(
    error === "invalid_client"
      ? `${words}. Check the client id and the client secret that Frame.io issued for this model`
      : `${words}. ${PAIR_AGAIN}`,
    status,
  );
}
