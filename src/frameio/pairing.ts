import { TokenExpired, Unavailable } from "../errors.ts";
import {
  type AuthDoors,
  callAsDevice,
  type DeviceClient,
  PAIR_AGAIN,
  refusedClient,
} from "./device_auth.ts";
import { type Grant, grantOf, shownText } from "./token_endpoint.ts";

/** A code that a person types into Frame.io. */
export interface PairingCode {
  readonly deviceCode: string;
  /** Six digits. */
  readonly userCode: string;
  /** Where to type it, if the service said so. */
  readonly page: string | null;
  readonly lifeMs: number;
  readonly intervalMs: number;
  /** When it was asked for, monotonic. */
  readonly askedMs: number;
}

/** Asks for creating assets, and for a refresh token (Camera to Cloud, authorization). */
const SCOPE = "asset_create offline";

/** Bounds on what a service may ask for, in milliseconds; documented are at most 120 s, and 5 s. */
const MOST_CODE_LIFE_MS = 30 * 60 * 1000;
const INTERVAL_MS = { usual: 5000, least: 1000, most: 60_000 };

/** What `slow_down` adds to the interval, in milliseconds (RFC 8628, section 3.5). */
const SLOWER_MS = 5000;

/**
 * Asks for a code to pair with.
 *
 * @throws Rejected if Frame.io does not know the client; Unavailable if it is out of reach.
 */
export async function requestPairingCode(
  { http, clock }: AuthDoors,
  client: DeviceClient,
  signal: AbortSignal,
): Promise<PairingCode> {
  const askedMs = clock.monotonicMs();
  const doing = "ask for a pairing code";
  const form = { scope: SCOPE };
  const answer = await callAsDevice(http, client, "/v2/auth/device/code", { form, doing, signal });
  if (answer.is === "refused") throw refusedClient(answer, doing);
  const { device_code: deviceCode, expires_in: life, interval } = answer.json;
  const userCode = shownText(answer.json.user_code);
  if (typeof deviceCode !== "string" || deviceCode === "" || userCode === null) {
    throw new Unavailable(`Cannot ${doing}: the answer holds no code`, "api_fault");
  }
  return {
    ...{ deviceCode, userCode, askedMs },
    page: webPage(answer.json.verification_uri_complete) ?? webPage(answer.json.verification_uri),
    lifeMs: Math.min(positive(life, 120) * 1000, MOST_CODE_LIFE_MS),
    intervalMs: clamp(positive(interval, INTERVAL_MS.usual / 1000) * 1000),
  };
}

/**
 * Polls until a person has typed the code.
 *
 * @param onWait Told before each wait how long the code is still good.
 * @throws TokenExpired if nobody did in time; Rejected if the service refuses the device.
 */
export async function awaitApproval(
  { http, clock }: AuthDoors,
  client: DeviceClient,
  code: PairingCode,
  onWait: (leftMs: number) => void,
  signal: AbortSignal,
): Promise<Grant> {
  const endMs = code.askedMs + code.lifeMs;
  const form = {
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: code.deviceCode,
  };
  const doing = "pair this device";
  for (let { intervalMs } = code; clock.monotonicMs() < endMs;) {
    onWait(endMs - clock.monotonicMs());
    await clock.sleep(intervalMs, signal);
    const askedAtMs = clock.now();
    const answer = await callAsDevice(http, client, "/v2/auth/token", { form, doing, signal })
      .then((answer) => answer.is === "granted" ? grantOf(answer, askedAtMs, doing) : answer)
      .catch(outage);
    if (answer instanceof Unavailable) intervalMs = clamp(intervalMs * 2);
    else if ("accessToken" in answer) return answer;
    else if (answer.error === "slow_down") intervalMs = clamp(intervalMs + SLOWER_MS);
    else if (answer.error === "expired_token") break;
    else if (answer.error !== "authorization_pending") throw refusedClient(answer, doing);
  }
  throw new TokenExpired(
    `Cannot ${doing}: nobody entered the code in time. ${PAIR_AGAIN} for a new one`,
  );
}

/** A connection that fails while a person types is asked again, at longer intervals (RFC 8628, 3.5). */
function outage(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  throw error;
}

function webPage(value: unknown): string | null {
  const text = shownText(value);
  return text !== null && /^https?:\/\//.test(text) && URL.canParse(text) ? text : null;
}

function positive(value: unknown, otherwise: number): number {
  const number = Number(value ?? NaN);
  return number > 0 ? number : otherwise;
}

function clamp(intervalMs: number): number {
  return Math.min(Math.max(intervalMs, INTERVAL_MS.least), INTERVAL_MS.most);
}
