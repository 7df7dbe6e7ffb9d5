import type { Account } from "../config.ts";
import { Config } from "../errors.ts";
import type { Caller, Callers } from "./callers.ts";

/**
 * Who reads for the commands that look around: the V4 API where it is at hand, else the V2 API.
 *
 * @throws Config if nobody here may look around.
 */
export function reader(
  { route }: Account,
  { v4, user, isLoggedIn }: Callers,
): { readonly isV4: boolean; readonly caller: Caller } {
  const isV4 = route === "v4" || (route === "auto" && isLoggedIn);
  const caller: Caller | null = isV4 ? v4 : user;
  if (caller !== null && route !== "device") return { isV4, caller };
  throw new Config(
    "Cannot look around in Frame.io with these credentials: log in with reeltime login, or put a " +
      "token into FRAMEIO_TOKEN or into a file named with --token-file. A paired device sees nothing",
  );
}
