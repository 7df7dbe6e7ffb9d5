import { type Account, ROUTES, secret } from "../config.ts";
import { apiBase } from "../frameio/api.ts";
import { REAL } from "../frameio/credentials.ts";
import { Config } from "../errors.ts";
import type { Surroundings } from "./args.ts";
import { type Flags, looksSecret, textOf } from "./flags.ts";

/** Flags with a value that say where Frame.io is, and who calls. */
export const ACCOUNT_FLAGS = [
  ...["api", "ims", "folder", "folder-path", "account", "route", "token-file"],
];

/**
 * Where Frame.io is and who calls; null for the embedded sandbox. Which credentials are at hand in the
 * state folder is seen when the command runs.
 *
 * @throws Config with what cannot be used.
 */
export function accountOf(flags: Flags, stateFolder: string, around: Surroundings): Account | null {
  if (flags.sandbox === true) return embedded(flags);
  const route = textOf(flags, "route") ?? "auto";
  const known = ROUTES.find((name) => name === route);
  if (known === undefined) {
    throw new Config(`Cannot use --route ${route}: write ${ROUTES.join(", ")}`);
  }
  const ims = textOf(flags, "ims");
  return {
    apiBase: apiBase(textOf(flags, "api") ?? REAL.api),
    imsBase: ims === undefined ? null : apiBase(ims, "--ims"),
    route: known,
    // A variable that is set to nothing counts as not set.
    folder: textOf(flags, "folder") || around.env("FRAMEIO_FOLDER") ||
      folderOf(stateFolder, around) || null,
    isFolderTyped: textOf(flags, "folder") !== undefined,
    folderPath: textOf(flags, "folder-path") ?? null,
    accountId: textOf(flags, "account") || around.env("FRAMEIO_ACCOUNT") || null,
    token: tokenOf(textOf(flags, "token-file"), around),
  };
}

function embedded(flags: Flags): null {
  const given = ACCOUNT_FLAGS.find((flag) => flags[flag] !== undefined);
  if (given === undefined) return null;
  throw new Config(`Cannot use --${given} with --sandbox: the embedded stand-in needs none`);
}

function tokenOf(file: string | undefined, around: Surroundings) {
  const token = (file === undefined ? around.env("FRAMEIO_TOKEN") : around.readText(file))?.trim();
  if (file !== undefined && token === undefined) {
    const what = looksSecret(file) ? "--token-file names a file, not the token; it" : file;
    throw new Config(`Cannot read the token: ${what} is not there or not readable`);
  }
  if (token === undefined || token === "") return null;
  if (/[^\x21-\x7e]/.test(token)) {
    throw new Config("Cannot use the token: it holds spaces or line breaks. Store it on one line");
  }
  return secret(token);
}

function folderOf(stateFolder: string, around: Surroundings): string | undefined {
  const path = `${stateFolder}/config.json`;
  const text = around.readText(path);
  if (text === undefined) return undefined;
  try {
    const folder = JSON.parse(text)?.folder;
    return typeof folder === "string" ? folder : undefined;
  } catch {
    // The parser's own words quote the file, which may hold what should stay in it.
    throw new Config(`Cannot read ${path}: it is not JSON. Mend or delete it`);
  }
}
