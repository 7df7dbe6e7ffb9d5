/** A paired device of a sandbox, and its calls. */
export interface DeviceClient {
  readonly token: string;
  /** A call with the device's token and a client version, unless others are given. */
  call(method: string, path: string, body?: BodyInit, headers?: HeadersInit): Promise<Response>;
  /** POSTs JSON. */
  post(path: string, json: unknown, headers?: Record<string, string>): Promise<Response>;
  /** What the sandbox saw of devices. */
  seen(): Promise<Record<string, unknown>>;
  /** Pauses or un-pauses the channel, as a person does in Frame.io. */
  pause(paused: boolean): Promise<void>;
}

/** Pairs a device with the sandbox as documented, but for the waiting (Camera to Cloud, authorization). */
export async function pairDevice(baseUrl: string, clientId = "camera-1"): Promise<DeviceClient> {
  const app = { client_id: clientId, client_secret: "sandbox-secret" };
  const form = (path: string, fields: Record<string, string>) =>
    json(fetch(baseUrl + path, { method: "POST", body: new URLSearchParams(fields) }));
  const code = await form("/v2/auth/device/code", { ...app, scope: "asset_create offline" });
  await json(postJson(`${baseUrl}/sandbox/pairing/approve`, { user_code: code.user_code }));
  const { access_token: token } = await form("/v2/auth/token", {
    ...app,
    grant_type: "urn:ietf:params:oauth:grant-type:device_code",
    device_code: String(code.device_code),
  });
  const given = { authorization: `Bearer ${token}`, "x-client-version": "2.0.0" };
  const client: DeviceClient = {
    token: String(token),
    call: (method, path, body, headers = {}) =>
      fetch(baseUrl + path, { method, headers: { ...given, ...headers }, body: body ?? null }),
    post: (path, value, headers = {}) =>
      client.call("POST", path, JSON.stringify(value), {
        "content-type": "application/json",
        ...headers,
      }),
    seen: () => json(fetch(`${baseUrl}/sandbox/device`)),
    async pause(paused) {
      await json(postJson(`${baseUrl}/sandbox/channel`, { paused }));
    },
  };
  return client;
}

/** POSTs JSON without a token. */
export function postJson(url: string, value: unknown): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return fetch(url, { method: "POST", headers, body: JSON.stringify(value) });
}

/** The answer's JSON object, or an error with its text where it is not 200. */
export async function json(answer: Promise<Response>): Promise<Record<string, unknown>> {
  const response = await answer;
  const text = await response.text();
  if (response.status !== 200) throw new Error(`${response.status}: ${text}`);
  return JSON.parse(text);
}
