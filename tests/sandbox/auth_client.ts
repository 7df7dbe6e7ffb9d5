/** A machine's answer: status and JSON, or null where the body holds none. */
export interface Answer {
  readonly status: number;
  readonly json: Record<string, unknown>;
}

/** A form as the token endpoints take it. */
export async function postForm(
  url: string,
  fields: Readonly<Record<string, string>>,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method: "POST",
    headers,
    body: new URLSearchParams(fields),
    redirect: "manual",
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? {} : JSON.parse(text) };
}

/** What a device says of itself. */
export const CAMERA = { client_id: "camera-1", client_secret: "sandbox-secret" };

/** The grant type of a device that polls (RFC 8628). */
export const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/** What a person does in Frame.io. */
export async function approve(baseUrl: string, userCode: unknown): Promise<number> {
  const response = await fetch(`${baseUrl}/sandbox/pairing/approve`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ user_code: userCode }),
  });
  await response.body?.cancel();
  return response.status;
}

/** Ends every access token. */
export async function expireTokens(baseUrl: string): Promise<void> {
  const response = await fetch(`${baseUrl}/sandbox/tokens/expire`, { method: "POST" });
  await response.body?.cancel();
}

/** Pairs a device and gives its token answer. */
export async function pairDevice(baseUrl: string, camera = CAMERA): Promise<Answer["json"]> {
  const scope = "asset_create offline";
  const { json } = await postForm(`${baseUrl}/v2/auth/device/code`, { ...camera, scope });
  await approve(baseUrl, json.user_code);
  const form = { ...camera, grant_type: DEVICE_GRANT, device_code: String(json.device_code) };
  return (await postForm(`${baseUrl}/v2/auth/token`, form)).json;
}

/** The status with which a bearer of this token is answered. */
export async function statusAs(
  url: string,
  token: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(url, { headers: { ...headers, authorization: `Bearer ${token}` } });
  await response.body?.cancel();
  return response.status;
}

/** A sandbox's clock that a test moves. */
export function sandboxTime(startMs = Date.UTC(2024, 5, 12, 14)) {
  let nowMs = startMs;
  return {
    now: () => new Date(nowMs),
    advance(ms: number) {
      nowMs += ms;
    },
  };
}
