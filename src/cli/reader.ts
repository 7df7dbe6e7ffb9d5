import type { Account } from "../config.ts";
import { Config } from "../errors.ts";
import { accountOf } from "./account_flags.ts";
import { defaultStateFolder } from "./args.ts";
import { type Caller, type Callers, callersOf } from "./callers.ts";
import { type Flags, textOf } from "./flags.ts";
import { servicesOf } from "./permissions.ts";
import { readPermitted } from "./read_permitted.ts";
import type { AskedSurroundings } from "./surroundings.ts";

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

/**
 * Looks around; a renewal of a token that is under way is let through before the program leaves.
 *
 * @returns What `use` gives.
 * @throws Config if the account cannot be read, or nobody may look around; what `use` throws.
 */
export async function asReader(
  flags: Flags,
  around: AskedSurroundings,
  use: (
    reader: { readonly account: Account; readonly isV4: boolean; readonly caller: Caller },
  ) => Promise<number>,
): Promise<number> {
  const { account, stateFolder } = readAccount(flags, around);
  const callers = await callersOf(account, stateFolder);
  try {
    return await use({ account, ...reader(account, callers) });
  } finally {
    await callers.settled();
  }
}

/**
 * The account of a command that sends no file.
 *
 * @param further Services that it calls beside.
 * @throws Config with what cannot be used, or with the permissions that are missing.
 */
export function readAccount(
  flags: Flags,
  around: AskedSurroundings,
  further: readonly string[] = [],
): { readonly account: Account; readonly stateFolder: string } {
  return readPermitted(around, (seen) => {
    const stateFolder = textOf(flags, "state") ?? defaultStateFolder(seen);
    const account = accountOf(flags, stateFolder, seen)!; // these commands have no --sandbox
    return { account, stateFolder };
  }, ({ account, stateFolder }) => ({
    stateFolder,
    services: [...servicesOf(account), ...further],
  }));
}
