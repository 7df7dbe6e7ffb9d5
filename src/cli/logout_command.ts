import { Config } from "../errors.ts";
import { CREDENTIAL_FILES, readDeviceJson, readImsJson } from "../frameio/credentials.ts";
import { revokeDevice } from "../frameio/device_auth.ts";
import { revokeIms } from "../frameio/ims.ts";
import type { Grant } from "../frameio/token_endpoint.ts";
import type { Http } from "../runtime/http.ts";
import { type TokenFile, tokenFile } from "../runtime/token_file.ts";
import { defaultStateFolder, type Surroundings } from "./args.ts";
import { type AccessDoors, isForPeople, systemAccessDoors } from "./client_flags.ts";
import { parseFlags, textOf } from "./flags.ts";
import { VERSION } from "./usage.ts";

/** The logout command, ready to run. */
export interface LogoutConfig {
  readonly stateFolder: string;
}

/** What `logout --help` prints. */
export const LOGOUT_USAGE = `reeltime logout: ends what pair and login began

  deno run -A main.ts logout [--state DIR]

Tells Frame.io and Adobe that the stored tokens are void, then deletes them from this machine.

  --state DIR         folder that keeps them (default: this system's place for program state)
  --help

Exit status: 0 everything is void and deleted; 1 deleted, but something could not be made void;
2 bad usage or configuration; 130 interrupted.
`;

/**
 * Reads the logout command's flags.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parseLogout(args: readonly string[], around: Surroundings): LogoutConfig | "help" {
  const flags = parseFlags(args, { boolean: ["help"], string: ["state"] });
  if (flags.help === true) return "help";
  return Object.freeze({ stateFolder: textOf(flags, "state") ?? defaultStateFolder(around) });
}

/** Credentials of one kind, and how they end. */
interface Kind {
  readonly file: TokenFile;
  /** As a sentence begins with it. */
  readonly name: string;
  /** Where a person ends them by hand. */
  readonly byHand: string;
  /** The tokens in a file's JSON and how to revoke one; null where it holds something else. */
  read(json: unknown): { grant: Grant; revoke(token: string): Promise<void> } | null;
}

/**
 * Revokes what is stored, then deletes it, revoked or not; says what could not be revoked.
 *
 * @throws StateFailure if it cannot be deleted.
 */
export async function runLogout(
  { stateFolder }: LogoutConfig,
  say: (text: string) => void,
  signal: AbortSignal,
  { http }: AccessDoors = systemAccessDoors,
): Promise<0 | 1> {
  const ends = [];
  for (const kind of kindsOf(stateFolder, http, signal)) {
    if (await isThere(kind.file)) ends.push(await end(kind, say));
  }
  if (ends.length === 0) say("Nothing is stored: there is nothing to log out of.");
  return ends.every((isRevoked) => isRevoked) ? 0 : 1;
}

function kindsOf(stateFolder: string, http: Http, signal: AbortSignal): Kind[] {
  return [{
    file: tokenFile(stateFolder, CREDENTIAL_FILES.device),
    name: "The pairing",
    byHand: "Remove this device in Frame.io, under the project's C2C Connections",
    read(json) {
      const saved = readDeviceJson(json);
      if (saved === null) return null;
      const client = { ...saved, version: VERSION };
      return {
        grant: saved.grant,
        revoke: (token) => revokeDevice(http, client, token, signal),
      };
    },
  }, {
    file: tokenFile(stateFolder, CREDENTIAL_FILES.ims),
    name: "The login",
    byHand: "Remove the app in your Adobe account, under connected applications",
    read(json) {
      const saved = readImsJson(json);
      if (saved === null) return null;
      return { grant: saved.grant, revoke: (token) => revokeIms(http, saved, token, signal) };
    },
  }];
}

/** A damaged file is there, too. */
async function isThere(file: TokenFile): Promise<boolean> {
  try {
    return await file.read() !== null;
  } catch (error) {
    if (error instanceof Config) return true;
    throw error;
  }
}

/** @returns Whether everything was revoked. */
function end(kind: Kind, say: (text: string) => void): Promise<boolean> {
  const { file, name, byHand } = kind;
  // Nobody renews in between: the new pair would stay behind.
  return file.exclusively(async () => {
    const reason = await revokeAll(kind);
    await file.remove();
    say(
      reason === null
        ? `${name} is revoked and deleted.`
        : `${name} is deleted, but could not be revoked. ${reason}. ${byHand}.`,
    );
    return reason === null;
  });
}

/** @returns Why it could not be done, or null. */
async function revokeAll({ file, read }: Kind): Promise<string | null> {
  try {
    const saved = read(await file.read());
    if (saved === null) return "The file is damaged";
    const { refreshToken, accessToken } = saved.grant;
    // The refresh token first: it lives longer. One that is void already does not keep the other.
    const reasons = [];
    for (const token of [refreshToken, accessToken]) {
      if (token !== null) reasons.push(await refusalOf(saved.revoke(token)));
    }
    return reasons.find((reason) => reason !== null) ?? null;
  } catch (error) {
    if (error instanceof Config) return "The file is damaged";
    throw error;
  }
}

/** @returns What the service said against it, or null. */
async function refusalOf(revocation: Promise<void>): Promise<string | null> {
  try {
    await revocation;
    return null;
  } catch (error) {
    if (!isForPeople(error)) throw error;
    return error.message;
  }
}
