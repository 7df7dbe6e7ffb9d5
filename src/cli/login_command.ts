import { Config } from "../errors.ts";
import { parseNumber } from "../config.ts";
import { apiBase } from "../frameio/api.ts";
import { CREDENTIAL_FILES, imsJson } from "../frameio/credentials.ts";
import { makePrivateFolder } from "../runtime/disk.ts";
import { tokenFile } from "../runtime/token_file.ts";
import { defaultStateFolder, type Surroundings } from "./args.ts";
import { openPage, readLine } from "./browser.ts";
import { clientIdOf, clientSecretOf, systemAccessDoors } from "./client_flags.ts";
import { type Flags, parseFlags, textOf } from "./flags.ts";
import { grantBy, type LoginConfig, type LoginDoors } from "./login_flow.ts";

/** What `login --help` prints. */
export const LOGIN_USAGE = `reeltime login: signs in to Frame.io with an Adobe account

  deno run -A main.ts login [options]           a person signs in, in a browser
  deno run -A main.ts login --paste --redirect-uri URI
                                                the same, where the browser cannot come back here
  deno run -A main.ts login --server            a server-to-server credential; nobody signs in

The client id comes from a project of yours in the Adobe Developer Console with the Frame.io API.
Adobe leads the browser only to a redirect URI that is registered there:
http://127.0.0.1:PORT/callback for the first way, with the PORT of --redirect-port. Where only HTTPS
is accepted, register any https:// address of your own and use --paste: the page need not exist, only
its address is copied from the browser. That way works everywhere.

  --client-id ID             or environment FRAMEIO_IMS_CLIENT_ID
  --client-secret-file FILE  file that holds the client secret; or environment
                             FRAMEIO_IMS_CLIENT_SECRET. Single-page and native apps have none
  --redirect-port PORT       port of the redirect to this machine (default: any free one)
  --redirect-uri URI         the registered address, with --paste
  --ims URL                  Adobe's identity service, default https://ims-na1.adobelogin.com
  --state DIR                folder that keeps the login, readable by you alone
                             (default: this system's place for program state)
  --help

Exit status: 0 logged in; 1 not logged in; 2 bad usage or configuration; 130 interrupted.
`;

/**
 * Reads the login command's flags and environment.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parseLogin(args: readonly string[], around: Surroundings): LoginConfig | "help" {
  const flags = parseFlags(args, {
    boolean: ["help", "server", "paste"],
    string: [
      ...["client-id", "client-secret-file", "redirect-port", "redirect-uri", "ims", "state"],
    ],
  });
  if (flags.help === true) return "help";
  const clientId = clientIdOf(textOf(flags, "client-id"), "FRAMEIO_IMS_CLIENT_ID", around);
  if (clientId === null) {
    throw new Config(
      "Cannot log in without a client id: make a credential with the Frame.io API in the Adobe " +
        "Developer Console, and put its client id into FRAMEIO_IMS_CLIENT_ID or --client-id",
    );
  }
  const file = textOf(flags, "client-secret-file");
  const clientSecret = clientSecretOf(file, "FRAMEIO_IMS_CLIENT_SECRET", around);
  const by = byOf(flags);
  if (by.is === "server" && clientSecret === null) {
    throw new Config(
      "Cannot log in with --server without a client secret: put it into " +
        "FRAMEIO_IMS_CLIENT_SECRET or into a file named with --client-secret-file",
    );
  }
  return Object.freeze({
    imsBase: apiBase(textOf(flags, "ims") ?? "https://ims-na1.adobelogin.com", "--ims"),
    ...{ clientId, clientSecret, by },
    stateFolder: textOf(flags, "state") ?? defaultStateFolder(around),
  });
}

function byOf(flags: Flags): LoginConfig["by"] {
  const redirectUri = textOf(flags, "redirect-uri");
  const port = textOf(flags, "redirect-port");
  if (flags.server === true && flags.paste === true) {
    throw new Config("Cannot use --paste with --server: nobody signs in");
  }
  if (port !== undefined && (flags.server === true || flags.paste === true)) {
    throw new Config(
      "Cannot use --redirect-port with --server or --paste: nothing comes back here",
    );
  }
  if (redirectUri !== undefined && flags.paste !== true) {
    throw new Config("Cannot use --redirect-uri without --paste: only then an address is copied");
  }
  if (flags.server === true) return { is: "server" };
  if (flags.paste !== true) {
    const range = { least: 0, most: 65_535, whole: true };
    return { is: "browser", port: parseNumber(port, "--redirect-port", range, 0) };
  }
  if (
    redirectUri === undefined || !/^https?:\/\//.test(redirectUri) || !URL.canParse(redirectUri)
  ) {
    throw new Config(
      "Cannot use --paste without --redirect-uri: give the address that is registered in the Adobe " +
        "Developer Console, for example --redirect-uri https://example.com/callback",
    );
  }
  return { is: "paste", redirectUri };
}

const systemLoginDoors: LoginDoors = { ...systemAccessDoors, openPage, readLine };

/**
 * Logs in and keeps the tokens.
 *
 * @throws Config or StateFailure if the state folder cannot keep them, or the port is taken;
 * Unavailable, Rejected or TokenExpired if nobody was logged in.
 */
export async function runLogin(
  config: LoginConfig,
  say: (text: string) => void,
  signal: AbortSignal,
  doors: LoginDoors = systemLoginDoors,
): Promise<0> {
  await makePrivateFolder(config.stateFolder);
  const file = tokenFile(config.stateFolder, CREDENTIAL_FILES.ims);
  await file.exclusively(() => Promise.resolve()); // says now, and not after a person's work, if it cannot
  const grant = await grantBy(config, say, signal, doors);
  const is = config.by.is === "server" ? "server" : "user";
  await file.exclusively(() => file.replace(imsJson({ ...config, is, grant })));
  say("Logged in.");
  if (is === "user" && grant.refreshToken === null) {
    const hours = Math.round(grant.lifeMs / 3_600_000);
    say(
      `Adobe gave no refresh token: this login ends in ${hours} h and is then to be repeated.`,
    );
  }
  return 0;
}
