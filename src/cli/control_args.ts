import { type Address, type Secret, secret } from "../config.ts";
import { Config } from "../errors.ts";
import type { Surroundings } from "./args.ts";
import { type Flags, looksSecret, textOf } from "./flags.ts";

/** Fewest characters of a control token: a word that can be guessed is none. */
export const LEAST_TOKEN_CHARS = 16;

/** Flags of the control API beside --listen. */
export const CONTROL_FLAGS = {
  string: ["control-token-file", "allow-root", "public-host"],
  collect: ["allow-root", "public-host"],
};

/**
 * The token that the control API asks for; null where it listens at this machine alone and none is given.
 * The variable is looked at only where a token is needed: on this machine reeltime runs without it.
 *
 * @throws Config where one is needed and missing, or does not serve.
 */
export function controlToken(
  flags: Flags,
  listen: Address | null,
  around: Surroundings,
): Secret | null {
  const file = textOf(flags, "control-token-file");
  if (listen === null) {
    if (file === undefined) return null;
    throw new Config(
      "Cannot use --control-token-file with --no-listen: nothing asks for the token",
    );
  }
  const [publicHost] = publicHosts(flags, listen);
  const isNeeded = !isLoopback(listen.hostname) || publicHost !== undefined;
  if (file === undefined && !isNeeded) return null;
  const text = file === undefined ? around.env("REELTIME_CONTROL_TOKEN") : around.readText(file);
  const token = text?.trim();
  if (file !== undefined && token === undefined) {
    const what = looksSecret(file) ? "--control-token-file names a file, not the token; it" : file;
    throw new Config(`Cannot read the control token: ${what} is not there or not readable`);
  }
  if (file !== undefined && token === "") {
    throw new Config(`Cannot use the control token: ${file} is empty. Put 16 characters into it`);
  }
  if (token === undefined || token === "") {
    const where = publicHost === undefined
      ? `listen at ${listen.hostname}`
      : `be served as ${publicHost}`;
    throw new Config(
      `Cannot ${where} without a control token: others on the network could end ` +
        "takes. Put 16 characters or more into a file named with --control-token-file, or into " +
        "REELTIME_CONTROL_TOKEN; or listen at 127.0.0.1, without --public-host",
    );
  }
  if (token.length < LEAST_TOKEN_CHARS || /[^\x21-\x7e]/.test(token)) {
    throw new Config(
      `Cannot use the control token: it needs ${LEAST_TOKEN_CHARS} characters or more, on one line, ` +
        "without spaces. Make one with: openssl rand -hex 16",
    );
  }
  return secret(token);
}

/**
 * The names under which a proxy in front serves the page, in lower case; the ports that browsers leave
 * out are left out.
 *
 * @throws Config for what is no name, and where nothing is served.
 */
export function publicHosts(flags: Flags, listen: Address | null): string[] {
  const given = (flags["public-host"] as string[] | undefined) ?? [];
  if (listen === null && given.length > 0) {
    throw new Config("Cannot use --public-host without --listen: there is no page to serve");
  }
  return [...new Set(given.map(publicHost))];
}

/** A name of the DNS (RFC 1123, 2.1), or an address in numbers, IPv6 in brackets; with or without a port. */
const PUBLIC_HOST = /^(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/;

function publicHost(text: string): string {
  const host = text.toLowerCase();
  if (PUBLIC_HOST.test(host)) return host.replace(/:(?:80|443)$/, "");
  throw new Config(
    `Cannot use --public-host ${text}: write the proxy's NAME or NAME:PORT, without https:// and path, ` +
      "for example uploads.example.com",
  );
}

/** Whether only this machine reaches the address (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3). */
export function isLoopback(hostname: string): boolean {
  return hostname === "localhost" || hostname === "::1" ||
    /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(hostname);
}
