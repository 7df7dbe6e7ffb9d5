import { apiBase } from "../frameio/api.ts";
import { Config } from "../errors.ts";
import { CONTROL_FLAGS, controlToken } from "./control_args.ts";
import { type Flags, looksSecret, parseFlags, textOf } from "./flags.ts";
import { parseAddress, parseNumber, recordingOf, secret, type WatchConfig } from "../config.ts";

/** What the command line asks for. */
export type Command =
  | { readonly is: "help"; readonly of: "watch" | "sandbox" | "demo" }
  | { readonly is: "version" }
  | { readonly is: "watch"; readonly config: WatchConfig }
  | {
    readonly is: "sandbox";
    readonly hostname: string;
    readonly port: number;
    readonly dir: string;
    readonly refuseAgain: boolean;
    readonly urlLifeSeconds: number;
  }
  | { readonly is: "demo"; readonly seconds: number };

/** What the parser may ask of the machine; a value that may not be read is undefined. */
export interface Surroundings {
  env(name: string): string | undefined;
  /** The text of a file, or undefined where there is none. */
  readText(path: string): string | undefined;
  readonly os: string;
}

/**
 * Reads the command line, the environment and config.json.
 *
 * @throws Config with what is wrong and how to write it.
 */
export function parseCommand(args: readonly string[], around: Surroundings): Command {
  if (args[0] === "sandbox") return parseSandbox(args.slice(1));
  if (args[0] === "demo") return parseDemo(args.slice(1));
  return parseWatch(args, around);
}

const WATCH_FLAGS = {
  boolean: ["sandbox", "stay", "correct", "json", "help", "version"],
  string: ["name", "api", "folder", "token-file", "state", "lanes", "idle", "abandon"],
};

function parseWatch(args: readonly string[], around: Surroundings): Command {
  const flags = parseFlags(args, {
    boolean: WATCH_FLAGS.boolean,
    string: [...WATCH_FLAGS.string, ...CONTROL_FLAGS.string, "watch", "listen"],
    collect: ["watch", ...CONTROL_FLAGS.collect],
    negatable: ["listen"],
  });
  if (flags.help === true) return { is: "help", of: "watch" };
  if (flags.version === true) return { is: "version" };
  const text = (flag: string) => textOf(flags, flag);
  const paths = [...new Set((flags.watch as string[] | undefined) ?? [])];
  if (paths.length === 0) {
    throw new Config("Name a recording with --watch PATH, or see --help");
  }
  const name = text("name");
  if (name !== undefined && paths.length > 1) {
    throw new Config("Cannot use --name with several recordings: it names one asset");
  }
  const stateFolder = text("state") ?? defaultStateFolder(around);
  const listen = flags.listen === false ? null : text("listen");
  const address = listen === null ? null : parseAddress(listen ?? "127.0.0.1:8090", "--listen");
  return {
    is: "watch",
    config: Object.freeze({
      recordings: paths.map((path) => recordingOf(path, name)),
      account: flags.sandbox === true ? embedded(flags) : account(flags, stateFolder, around),
      stateFolder,
      listen: address === null ? null : { ...address, asked: listen !== undefined },
      controlToken: controlToken(flags, address, around),
      allowRoots: [...new Set((flags["allow-root"] as string[] | undefined) ?? [])],
      lanes: parseNumber(text("lanes"), "--lanes", { least: 1, most: 32, whole: true }, 5),
      idleMs: 1000 * parseNumber(text("idle"), "--idle", SECONDS, 60),
      abandonMs: 1000 * parseNumber(text("abandon"), "--abandon", SECONDS, 3600),
      stay: flags.stay === true,
      correct: flags.correct === true,
      json: flags.json === true,
    }),
  };
}

/** Times on the command line, in seconds, up to a week. */
const SECONDS = { least: 0.1, most: 604_800, whole: false };

function embedded(flags: Flags): null {
  for (const flag of ["api", "folder", "token-file"]) {
    if (flags[flag] !== undefined) {
      throw new Config(`Cannot use --${flag} with --sandbox: the embedded stand-in needs none`);
    }
  }
  return null;
}

function account(
  flags: Flags,
  stateFolder: string,
  around: Surroundings,
): WatchConfig["account"] {
  const base = apiBase(textOf(flags, "api") ?? "https://api.frame.io");
  const token = tokenOf(textOf(flags, "token-file"), around);
  // A variable that is set to nothing counts as not set.
  const folder = textOf(flags, "folder") || around.env("FRAMEIO_FOLDER") ||
    folderOf(stateFolder, around);
  if (!folder) {
    throw new Config(
      "Cannot tell where to upload to: give a folder's id with --folder, in FRAMEIO_FOLDER, or as " +
        `"folder" in ${stateFolder}/config.json`,
    );
  }
  return { apiBase: base, folder, token };
}

function tokenOf(file: string | undefined, around: Surroundings) {
  const token = (file === undefined ? around.env("FRAMEIO_TOKEN") : around.readText(file))?.trim();
  if (file !== undefined && token === undefined) {
    const what = looksSecret(file) ? "--token-file names a file, not the token; it" : file;
    throw new Config(`Cannot read the token: ${what} is not there or not readable`);
  }
  if (token === undefined || token === "") {
    throw new Config(
      "Cannot reach Frame.io without credentials: put the token into FRAMEIO_TOKEN or into a file " +
        "named with --token-file. To try reeltime without an account, add --sandbox",
    );
  }
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

/** Where this system keeps the state of programs (XDG Base Directory Specification on Linux). */
function defaultStateFolder({ env, os }: Surroundings): string {
  const inHome = (folder: string) => {
    const home = env("HOME");
    return home && `${home}/${folder}`;
  };
  const base = os === "windows"
    ? env("LOCALAPPDATA")
    : os === "darwin"
    ? inHome("Library/Application Support")
    : env("XDG_STATE_HOME") || inHome(".local/state");
  if (!base) throw new Config("Cannot find this system's folder for state: name one with --state");
  return `${base}/reeltime`;
}

function parseSandbox(args: readonly string[]): Command {
  const flags = parseFlags(args, {
    boolean: ["help", "refuse-again"],
    string: ["listen", "dir", "url-life"],
  });
  if (flags.help === true) return { is: "help", of: "sandbox" };
  const dir = textOf(flags, "dir");
  if (dir === undefined) throw new Config("Name the sandbox's folder with --dir DIR");
  const life = { least: 1, most: 604_800, whole: true };
  return {
    is: "sandbox",
    ...parseAddress(textOf(flags, "listen") ?? "127.0.0.1:8091", "--listen"),
    dir,
    refuseAgain: flags["refuse-again"] === true,
    urlLifeSeconds: parseNumber(textOf(flags, "url-life"), "--url-life", life, 86_400),
  };
}

function parseDemo(args: readonly string[]): Command {
  const flags = parseFlags(args, { boolean: ["help"], string: ["seconds"] });
  if (flags.help === true) return { is: "help", of: "demo" };
  const range = { least: 2, most: 600, whole: true };
  return { is: "demo", seconds: parseNumber(textOf(flags, "seconds"), "--seconds", range, 12) };
}
