import { Config } from "../errors.ts";
import type { Flags } from "./flags.ts";

/** Flags of upload that say how this machine sends a file, and why they say nothing to --url. */
const OF_SENDING: Readonly<Record<string, string>> = {
  json: "its course is told in words alone",
  lanes: "no part is sent from here",
  idle: "no file of this machine is waited for",
  listen: "it has no status page",
  "control-token-file": "it has no status page",
};

/**
 * Refuses what would be without effect on a file that Frame.io fetches.
 *
 * @throws Config that names the flag, and why.
 */
export function refuseFlagsOfSending(flags: Flags): void {
  for (const [flag, why] of Object.entries(OF_SENDING)) {
    if (flags[flag] === undefined || flags[flag] === false) continue;
    throw new Config(
      `Cannot use --${flag} with --url: Frame.io fetches the file by itself, and ${why}. Leave it out`,
    );
  }
}

/**
 * Refuses addresses among the files. An address is often a secret of its own: its host alone is shown.
 *
 * @throws Config that says where an address goes.
 */
export function refuseAddresses(paths: readonly string[]): void {
  const address = paths.find((path) => /^https?:\/\//i.test(path));
  if (address === undefined) return;
  const host = URL.canParse(address) ? ` of ${new URL(address).host}` : "";
  throw new Config(
    `Cannot upload an address${host} as a file: give it with --url, and the asset's name with --name`,
  );
}

/**
 * Reads the value of --url.
 *
 * @throws Config, without the value, unless it is an address.
 */
export function webUrl(text: string): string {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) return text;
  throw new Config("Cannot use --url: give an address that begins with https://");
}
