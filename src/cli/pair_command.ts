import { Config } from "../errors.ts";
import type { Secret } from "../config.ts";
import { apiBase } from "../frameio/api.ts";
import { CREDENTIAL_FILES, deviceJson } from "../frameio/credentials.ts";
import { type DeviceClient, readDevice } from "../frameio/device_auth.ts";
import { awaitApproval, requestPairingCode } from "../frameio/pairing.ts";
import type { Random } from "../runtime/random.ts";
import { makePrivateFolder } from "../runtime/disk.ts";
import { tokenFile } from "../runtime/token_file.ts";
import { defaultStateFolder, type Surroundings } from "./args.ts";
import {
  type AccessDoors,
  clientIdOf,
  clientSecretOf,
  isForPeople,
  systemAccessDoors,
} from "./client_flags.ts";
import { parseFlags, textOf } from "./flags.ts";
import { VERSION } from "./usage.ts";

/** The pair command, ready to run. */
export interface PairConfig {
  readonly apiBase: string;
  /** Null for one that this machine makes up and keeps. */
  readonly clientId: string | null;
  readonly clientSecret: Secret;
  readonly stateFolder: string;
}

/** What `pair --help` prints. */
export const PAIR_USAGE = `reeltime pair: pairs this machine with a Frame.io project as a device

  deno run -A main.ts pair [options]

Shows a code of six digits. Enter it in Frame.io: open the project, C2C Connections, add a device.
From then on this machine uploads into that project; the pairing renews itself.

  --client-secret-file FILE  file that holds the client secret, which Frame.io issues to makers of
                             Camera to Cloud devices; or environment FRAMEIO_CLIENT_SECRET
  --client-id ID             id of this one machine; or environment FRAMEIO_CLIENT_ID
                             (default: a random one, made once and kept)
  --api URL                  API base, default https://api.frame.io
  --state DIR                folder that keeps the pairing, readable by you alone
                             (default: this system's place for program state)
  --help

Exit status: 0 paired; 1 not paired; 2 bad usage or configuration; 130 interrupted.
`;

/**
 * Reads the pair command's flags and environment.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parsePair(args: readonly string[], around: Surroundings): PairConfig | "help" {
  const flags = parseFlags(args, {
    boolean: ["help"],
    string: ["api", "client-id", "client-secret-file", "state"],
  });
  if (flags.help === true) return "help";
  const secretFile = textOf(flags, "client-secret-file");
  const clientSecret = clientSecretOf(secretFile, "FRAMEIO_CLIENT_SECRET", around);
  if (clientSecret === null) {
    throw new Config(
      "Cannot pair without a client secret: Frame.io issues one to makers of Camera to Cloud " +
        "devices. Put it into FRAMEIO_CLIENT_SECRET or into a file named with --client-secret-file",
    );
  }
  return Object.freeze({
    apiBase: apiBase(textOf(flags, "api") ?? "https://api.frame.io"),
    clientId: clientIdOf(textOf(flags, "client-id"), "FRAMEIO_CLIENT_ID", around),
    clientSecret,
    stateFolder: textOf(flags, "state") ?? defaultStateFolder(around),
  });
}

/** How often the time that is left is told, in milliseconds. */
const COUNTDOWN_MS = 15_000;

/**
 * Pairs: shows a code, waits until a person has entered it, keeps the tokens, says what was paired.
 *
 * @throws Config or StateFailure if the state folder cannot keep them; Unavailable, Rejected or
 * TokenExpired if nothing was paired.
 */
export async function runPair(
  config: PairConfig,
  say: (text: string) => void,
  signal: AbortSignal,
  doors: AccessDoors = systemAccessDoors,
): Promise<0> {
  await makePrivateFolder(config.stateFolder);
  const file = tokenFile(config.stateFolder, CREDENTIAL_FILES.device);
  await file.exclusively(() => Promise.resolve()); // says now, and not after a person's work, if it cannot
  const clientId = config.clientId ?? await ownClientId(config.stateFolder, doors.random);
  const client: DeviceClient = { ...config, clientId, version: VERSION };

  const code = await requestPairingCode(doors, client, signal);
  say(`Enter this code in Frame.io (the project, C2C Connections, add a device):\n`);
  say(`    ${code.userCode}\n`);
  if (code.page !== null) say(`Page: ${code.page}`);
  let toldMs = Infinity;
  const grant = await awaitApproval(doors, client, code, (leftMs) => {
    if (leftMs > toldMs - COUNTDOWN_MS) return;
    toldMs = leftMs;
    say(`Waiting for it; ${Math.ceil(leftMs / 1000)} s left. Ctrl-C stops.`);
  }, signal);

  const { apiBase, clientSecret } = config;
  const json = deviceJson({ apiBase, clientId, clientSecret, grant });
  await file.exclusively(() => file.replace(json));
  say(await pairedWords(doors, client, grant.accessToken, signal));
  return 0;
}

/** Every physical device has an id of its own, without anything about its owner (Camera to Cloud). */
async function ownClientId(stateFolder: string, random: Random): Promise<string> {
  const file = tokenFile(stateFolder, CREDENTIAL_FILES.clientId);
  return await file.exclusively(async () => {
    const kept = (await file.read() as { clientId?: unknown } | null)?.clientId;
    if (typeof kept === "string" && /^[\w-]{8,100}$/.test(kept)) return kept;
    const clientId = `reeltime-${random.hex(32)}`;
    await file.replace({ clientId });
    return clientId;
  });
}

/** The pairing is kept by now; that its identity cannot be read does not undo it. */
async function pairedWords(
  doors: AccessDoors,
  client: DeviceClient,
  accessToken: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    const { name, project } = await readDevice(doors.http, client, accessToken, signal);
    const where = project === null ? "" : ` in the project "${project}"`;
    return `Paired: this machine is ${name === null ? "a device" : `"${name}"`}${where}.`;
  } catch (error) {
    if (!isForPeople(error)) throw error;
    return `Paired, but Frame.io did not say as what. ${error.message}.`;
  }
}
