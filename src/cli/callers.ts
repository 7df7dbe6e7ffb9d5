import type { Account } from "../config.ts";
import { type ApiCall, type ApiExchange, apiExchanger } from "../frameio/api.ts";
import { deviceHeaders } from "../frameio/device_route.ts";
import { LEGACY_TOKEN_HEADERS } from "../frameio/legacy.ts";
import { rateGate } from "../frameio/rate_gate.ts";
import { storedTokens } from "../frameio/stored_tokens.ts";
import { fixedToken, type Tokens } from "../frameio/tokens.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemHttp } from "../runtime/http.ts";
import { tokenFile } from "../runtime/token_file.ts";
import { VERSION } from "./usage.ts";

/** The API as one of those who may call it. */
export interface Caller {
  readonly call: ApiCall;
  readonly exchange: ApiExchange;
}

/** Everyone who may call, by the credentials at hand; null for those without. */
export interface Callers {
  /** A paired Camera-to-Cloud device. */
  readonly device: Caller | null;
  /** A developer token on the V2 API. */
  readonly user: Caller | null;
  /** The V4 API: Adobe's login, else the developer token of an account that was moved there. */
  readonly v4: Caller | null;
  /** Whether V4 is reached by Adobe's login. */
  readonly isLoggedIn: boolean;
  /** Resolves when no renewal of a token is under way; to be awaited before the program leaves. */
  settled(): Promise<void>;
}

/**
 * Looks which credentials are at hand.
 *
 * @throws Config if a file of credentials is damaged.
 */
export async function callersOf(account: Account, stateFolder: string): Promise<Callers> {
  const { apiBase, imsBase } = account;
  const stored = await storedTokens(
    { http: systemHttp, clock: systemClock },
    (name) => tokenFile(stateFolder, name),
    { apiBase, imsBase, version: VERSION },
  );
  const caller = (tokens: Tokens, headers: Readonly<Record<string, string>> = {}): Caller => {
    const gate = rateGate(systemClock); // limits are kept for each user
    const exchange = apiExchanger(systemHttp, { baseUrl: apiBase, tokens, headers, gate });
    return { exchange, call: async (request) => (await exchange(request)).json };
  };
  const own = account.token === null ? null : fixedToken(account.token.reveal());
  const legacy = own === null ? null : caller(own, LEGACY_TOKEN_HEADERS);
  return {
    device: stored.device === null ? null : caller(stored.device, deviceHeaders(VERSION)),
    user: own === null ? null : caller(own),
    v4: stored.ims === null ? legacy : caller(stored.ims),
    isLoggedIn: stored.ims !== null,
    settled: stored.settled,
  };
}
