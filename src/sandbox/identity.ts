import { ApiRefusal } from "./api_refusal.ts";
import type { Identity } from "./room.ts";

/** The developer token that the V2 API accepts. */
export const SANDBOX_TOKEN = "sandbox";

/**
 * Who calls.
 *
 * @throws ApiRefusal 401 where nobody known does.
 */
export function identify(request: Request): Identity {
  const token = /^Bearer (.+)$/.exec(request.headers.get("authorization") ?? "")?.[1];
  if (token === SANDBOX_TOKEN) return { is: "user" };
  throw new ApiRefusal(401, `The sandbox accepts the token "${SANDBOX_TOKEN}" only`);
}
