import { type ApiCall, apiCaller, type ApiExchange, apiExchanger } from "../../src/frameio/api.ts";
import { LEGACY_TOKEN_HEADERS } from "../../src/frameio/legacy.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import type { SandboxOptions } from "../../src/sandbox/server.ts";
import { type SandboxClient, withSandbox } from "../sandbox/sandbox_client.ts";
import { openPeer, type Peer, type PeerRequest } from "../support/raw_peer.ts";

/** A signal that is never aborted. */
export const { signal } = new AbortController();

/** The API of some server, as an uploader reaches it. */
export interface Calls {
  readonly call: ApiCall;
  readonly exchange: ApiExchange;
}

/** The real client against the real sandbox; its developer token is a legacy one on V4. */
export function withFrameio(
  test: (calls: Calls, sandbox: SandboxClient) => Promise<void>,
  options: Partial<SandboxOptions> = {},
): Promise<void> {
  return withSandbox((sandbox) => test(callsOf(sandbox.baseUrl, "sandbox"), sandbox), options);
}

/** What a scripted service says to one request; text goes out as it is. */
export interface Said {
  readonly status?: number;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A secret that no message may hold. */
export const TOKEN = "fio-u-secret";

/** The real client against a raw server whose answers are given here. */
export async function withAnswers(
  answer: (request: PeerRequest, count: number) => Said | "break",
  test: (calls: Calls, peer: Peer) => Promise<void>,
): Promise<void> {
  await using peer = await openPeer(async (request) => {
    const count = peer.requests.length;
    await request.whole;
    const said = answer(request, count);
    if (said === "break") return request.reset();
    const { status = 200, json = {}, headers } = said;
    request.answer(status, typeof json === "string" ? json : JSON.stringify(json), headers);
  });
  await test(callsOf(peer.url, TOKEN), peer);
}

function callsOf(baseUrl: string, token: string): Calls {
  const access = { baseUrl, tokens: fixedToken(token), headers: LEGACY_TOKEN_HEADERS };
  return { call: apiCaller(systemHttp, access), exchange: apiExchanger(systemHttp, access) };
}

/** Method and path of a request. */
export function lineOf(request: PeerRequest | undefined): string {
  return request?.head.split("\r\n")[0]?.replace(/ HTTP\/1\.1$/, "") ?? "none";
}

/** The JSON of a request. */
export function jsonOf(request: PeerRequest | undefined): unknown {
  return JSON.parse(new TextDecoder().decode(request?.received()));
}

/** A refusal in V2's shape. */
export function v2Error(status: number, detail: string): Said {
  const errors = [{ code: status, detail, status, title: "T" }];
  return { status, json: { code: status, errors, message: "M" } };
}

/** A refusal in V4's shape. */
export function v4Error(status: number, detail: string, pointer?: string): Said {
  const source = pointer === undefined ? {} : { source: { pointer } };
  return { status, json: { errors: [{ detail, ...source }] } };
}

/** A clock on which every wait is over at once; it keeps how long they were. */
export function hastyClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  let elapsedMs = 0;
  return {
    waits,
    now: () => elapsedMs,
    monotonicMs: () => elapsedMs,
    async sleep(delayMs, signal) {
      signal?.throwIfAborted();
      waits.push(delayMs);
      elapsedMs += delayMs;
      await Promise.resolve();
    },
  };
}
