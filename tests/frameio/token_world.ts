import { secret } from "../../src/config.ts";
import { CREDENTIAL_FILES, deviceJson, imsJson } from "../../src/frameio/credentials.ts";
import { serverToken } from "../../src/frameio/ims.ts";
import { type StoredTokens, storedTokens } from "../../src/frameio/stored_tokens.ts";
import type { Grant } from "../../src/frameio/token_endpoint.ts";
import { type Http, systemHttp } from "../../src/runtime/http.ts";
import { type TokenFile, tokenFile } from "../../src/runtime/token_file.ts";
import { CAMERA, pairDevice, statusAs } from "../sandbox/auth_client.ts";
import { start } from "../sandbox/sandbox_client.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { type LeapingClock, leapingClock } from "./leaping_clock.ts";

/** A sandbox whose time is a clock's, and a state folder with credentials for it. */
export interface TokenWorld {
  readonly baseUrl: string;
  readonly clock: LeapingClock;
  readonly stateFolder: string;
  /** The sandbox's folder. */
  readonly sandboxDir: string;
  /** Calls of token endpoints so far, by path. */
  readonly asked: string[];
  /** What becomes of the calls of token endpoints: passed on unless a test says otherwise. */
  onCall: (pass: () => ReturnType<Http["request"]>) => ReturnType<Http["request"]>;
  file(name: keyof typeof CREDENTIAL_FILES): TokenFile;
  /** Opens the credentials as one process does. */
  open(fileOf?: (name: string) => TokenFile): Promise<StoredTokens>;
  /** Pairs anew and stores it, as a person with `reeltime pair` does. */
  pair(): Promise<void>;
  /** Stores a server-to-server login. */
  logInServer(): Promise<void>;
  /** Whether the sandbox accepts this token of the device. */
  accepts(token: string): Promise<boolean>;
}

/** Runs a test in a world with a paired device. */
export async function withTokens(test: (world: TokenWorld) => Promise<void>): Promise<void> {
  await using folder = await tempFolder();
  const clock = leapingClock();
  const sandboxDir = folder.at("sandbox");
  const sandbox = await start(sandboxDir, { now: () => new Date(clock.trueMs()) });
  const { baseUrl } = sandbox;
  const stateFolder = folder.at("state");
  const http: Http = {
    request(request) {
      const { pathname } = new URL(request.url);
      if (!/token/.test(pathname)) return systemHttp.request(request);
      world.asked.push(pathname);
      return world.onCall(() => systemHttp.request(request));
    },
  };
  const fileOf = (name: string) => tokenFile(stateFolder, name);
  const world: TokenWorld = {
    ...{ baseUrl, clock, stateFolder, sandboxDir, asked: [] },
    onCall: (pass) => pass(),
    file: (name) => fileOf(CREDENTIAL_FILES[name]),
    open: (files = fileOf) =>
      storedTokens({ http, clock }, files, {
        apiBase: baseUrl,
        imsBase: baseUrl,
        version: "1.2.3",
      }),
    async pair() {
      const json = await pairDevice(baseUrl);
      const grant: Grant = {
        accessToken: String(json.access_token),
        refreshToken: String(json.refresh_token),
        lifeMs: Number(json.expires_in) * 1000,
        receivedAtMs: clock.now(),
      };
      const { client_id: clientId, client_secret: text } = CAMERA;
      const clientSecret = secret(text);
      await world.file("device").replace(
        deviceJson({ apiBase: baseUrl, clientId, clientSecret, grant }),
      );
    },
    async logInServer() {
      const client = { imsBase: baseUrl, clientId: "s2s", clientSecret: secret("sandbox-secret") };
      const { signal } = new AbortController();
      const grant = await serverToken({ http: systemHttp, clock }, client, signal);
      await world.file("ims").replace(imsJson({ ...client, is: "server", grant }));
    },
    accepts: async (token) => await statusAs(`${baseUrl}/v2/devices/me`, token) === 200,
  };
  try {
    await world.pair();
    await test(world);
  } finally {
    await sandbox.shutdown();
  }
}
