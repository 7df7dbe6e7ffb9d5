import { TokenExpired, Unavailable } from "../errors.ts";
import type { TokenAnswer } from "./token_endpoint.ts";

/** Words with which a token endpoint says that a person is needed (RFC 6749 5.2; Camera to Cloud). */
const FINAL_WORDS = new Set([
  ...["invalid_request", "invalid_grant", "invalid_client", "invalid_token", "expired_token"],
  ...["invalid_scope", "unauthorized_client", "access_denied"],
]);

/**
 * The class of a renewal that was refused. A word that nobody has documented is waited out: to end a
 * take for it would be the greater harm.
 *
 * @param remedy A whole sentence without its full stop.
 */
export function refusedRenewal(
  { error, status }: TokenAnswer & { is: "refused" },
  doing: string,
  remedy: string,
): TokenExpired | Unavailable {
  const words = `Cannot ${doing}: the token service answered ${status}${error && ` (${error})`}`;
  if (FINAL_WORDS.has(error) || status === 401) return new TokenExpired(`${words}. ${remedy}`);
  return new Unavailable(words, error === "slow_down" ? "rate_limit" : "api_fault");
}
