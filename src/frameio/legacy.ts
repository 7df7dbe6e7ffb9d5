/**
 * Sent with every V4 call of a legacy token: accounts that moved to V4, but are not managed in the
 * Adobe Admin Console, go on with the tokens they had (forum, V2 sunset notice).
 */
export const LEGACY_TOKEN_HEADERS: Readonly<Record<string, string>> = {
  "x-frameio-legacy-token-auth": "true",
};
