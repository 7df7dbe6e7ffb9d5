import { createHash } from "node:crypto";
import { ApiRefusal } from "./api_refusal.ts";
import type { AuthStore } from "./auth_store.ts";
import type { Identity } from "./room.ts";

/** The developer token that the V2 API accepts. */
export const SANDBOX_TOKEN = "sandbox";

/**
 * Makes the function that tells who calls, by token. It throws ApiRefusal 401 where nobody known does,
 * or somebody whose token has ended.
 */
export function identifier(store: AuthStore, now: () => Date): (request: Request) => Identity {
  return (request) => {
    const token = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "")?.[1];
    if (token === undefined) throw new ApiRefusal(401, "There is no bearer token");
    if (token === SANDBOX_TOKEN) {
      if (!isV4(request) || request.headers.get("x-frameio-legacy-token-auth") === "true") {
        return { is: "user" };
      }
      throw new ApiRefusal(401, "A developer token is not valid here");
    }
    const given = store.byAccess(token);
    if (given === null) {
      throw new ApiRefusal(401, `The sandbox gave out no such token, and it is not "sandbox"`);
    }
    if (given.accessEndsAtMs <= now().getTime()) throw new ApiRefusal(401, "The token has expired");
    return given.kind === "ims"
      ? { is: "ims" }
      : { is: "device", deviceId: deviceIdOf(given.clientId) };
  };
}

/** Id of the device with this client id, the same at every pairing. */
export function deviceIdOf(clientId: string): string {
  return createHash("sha256").update(clientId).digest("hex").slice(0, 32);
}

function isV4(request: Request): boolean {
  return /^\/v4(\/|$)/.test(new URL(request.url).pathname);
}
