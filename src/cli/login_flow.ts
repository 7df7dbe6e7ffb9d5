import type { Secret } from "../config.ts";
import { Config, Rejected, TokenExpired } from "../errors.ts";
import { authorizeUrl, exchangeCode, newPkce, serverToken } from "../frameio/ims.ts";
import type { Grant } from "../frameio/token_endpoint.ts";
import type { AccessDoors } from "./client_flags.ts";
import { codeOf, listenForRedirect } from "./redirect.ts";

/** The login command, ready to run. */
export interface LoginConfig {
  readonly imsBase: string;
  readonly clientId: string;
  /** Null for an app that has none. */
  readonly clientSecret: Secret | null;
  readonly stateFolder: string;
  readonly by:
    /** A server-to-server credential; no person signs in. */
    | { readonly is: "server" }
    /** The browser comes back to this machine; port 0 for any free one. */
    | { readonly is: "browser"; readonly port: number }
    /** A person copies the address that the browser ended at. */
    | { readonly is: "paste"; readonly redirectUri: string };
}

/** What a login needs of the world. */
export interface LoginDoors extends AccessDoors {
  /** Opens a page in the person's browser, if there is one. */
  openPage(url: string): void;
  /** A line that the person types, or null where nothing more will come. */
  readLine(signal: AbortSignal): Promise<string | null>;
}

/** How long to wait for a person to sign in, in milliseconds. */
const PATIENCE_MS = 10 * 60 * 1000;

/**
 * Gets the tokens in the way that was asked for.
 *
 * @throws Rejected, TokenExpired or Unavailable as the services say; Config if the port is taken.
 */
export function grantBy(
  config: LoginConfig,
  say: (text: string) => void,
  signal: AbortSignal,
  doors: LoginDoors,
): Promise<Grant> {
  const { by, clientSecret } = config;
  switch (by.is) {
    case "server":
      return serverToken(doors, { ...config, clientSecret: clientSecret! }, signal);
    case "browser":
      return byBrowser(config, by.port, say, signal, doors);
    case "paste":
      return byPaste(config, by.redirectUri, say, signal, doors);
  }
}

async function byBrowser(
  config: LoginConfig,
  port: number,
  say: (text: string) => void,
  signal: AbortSignal,
  doors: LoginDoors,
): Promise<Grant> {
  const { state, pkce } = await newLogin(doors);
  await using listener = listen(port, state);
  const { redirectUri } = listener;
  const url = authorizeUrl(config, { redirectUri, state, challenge: pkce.challenge });
  say(`Sign in on this page:\n\n    ${url}\n`);
  say(`Adobe leads back to ${redirectUri}, which must be registered; see login --help.`);
  doors.openPage(url);
  const code = await inTime(() => listener.code, doors, signal);
  return await exchangeCode(doors, config, { code, redirectUri, verifier: pkce.verifier }, signal);
}

function listen(port: number, state: string) {
  try {
    return listenForRedirect(port, state);
  } catch (error) {
    throw new Config(
      `Cannot listen on 127.0.0.1:${port}: ${(error as Error).message}. ` +
        "Give another port with --redirect-port, or use --paste",
      { cause: error },
    );
  }
}

/** How often a wrong address may be pasted. */
const MOST_TRIES = 5;

async function byPaste(
  config: LoginConfig,
  redirectUri: string,
  say: (text: string) => void,
  signal: AbortSignal,
  doors: LoginDoors,
): Promise<Grant> {
  const { state, pkce } = await newLogin(doors);
  const url = authorizeUrl(config, { redirectUri, state, challenge: pkce.challenge });
  say(`Sign in on this page:\n\n    ${url}\n`);
  say(
    `The browser ends at ${redirectUri}?code=… Copy that whole address, paste it here and press ` +
      "Enter:",
  );
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const line = (await inTime(doors.readLine, doors, signal))?.trim();
    if (line === undefined) break;
    const code = URL.canParse(line) ? codeOf(new URL(line), state) : null;
    if (code !== null) {
      const login = { code, redirectUri, verifier: pkce.verifier };
      return await exchangeCode(doors, config, login, signal);
    }
    say("That is not the address of this login. Paste the whole address, from https:// on:");
  }
  throw new Rejected("Cannot log in: the address was not pasted. Run reeltime login again", 400);
}

/** A fresh state and proof: an answer to any other login is not taken (RFC 6749, 10.12; RFC 7636). */
async function newLogin({ random }: AccessDoors) {
  return { state: random.hex(32), pkce: await newPkce(random) };
}

/** Ends `work` by its signal when it is no longer waited for. */
async function inTime<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { clock }: AccessDoors,
  signal: AbortSignal,
): Promise<T> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const late = clock.sleep(PATIENCE_MS, either).then(() => {
    throw new TokenExpired("Cannot log in: nobody signed in in time. Run reeltime login again");
  });
  try {
    return await Promise.race([work(either), late]);
  } finally {
    done.abort();
    late.catch(() => {});
  }
}
