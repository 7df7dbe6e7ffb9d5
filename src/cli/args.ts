import { Config } from "../errors.ts";
import { ACCOUNT_FLAGS, accountOf } from "./account_flags.ts";
import { CONTROL_FLAGS, controlToken, publicHosts } from "./control_args.ts";
import { parseFlags, textOf, wordsOf } from "./flags.ts";
import { refuseAddresses, refuseFlagsOfSending, webUrl } from "./remote_args.ts";
import { type S3Flags, s3Of } from "./s3_flags.ts";
import { parseAddress, parseNumber, recordingOf, type WatchConfig } from "../config.ts";

/** What the command line asks for. */
export type Command =
  | { readonly is: "help"; readonly of: "watch" | "upload" | "sandbox" | "demo" }
  | { readonly is: "version" }
  | { readonly is: "watch" | "upload"; readonly config: WatchConfig }
  | {
    readonly is: "remote";
    readonly url: string;
    readonly name: string;
    readonly config: WatchConfig;
  }
  | {
    readonly is: "sandbox";
    readonly hostname: string;
    readonly port: number;
    readonly dir: string;
    readonly refuseAgain: boolean;
    readonly urlLifeSeconds: number;
    /** A real S3 server that takes the parts; absent where the sandbox does. */
    readonly s3?: S3Flags;
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
  if (args[0] === "sandbox") return parseSandbox(args.slice(1), around);
  if (args[0] === "demo") return parseDemo(args.slice(1));
  if (args[0] === "upload") return parseUpload(args.slice(1), around);
  return parseWatch(args, around);
}

const WATCH_FLAGS = {
  boolean: ["sandbox", "stay", "correct", "json", "help", "version"],
  string: ["name", ...ACCOUNT_FLAGS, "state", "lanes", "idle", "abandon"],
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
      sends: "growing",
      account: accountOf(flags, stateFolder, around),
      stateFolder,
      listen: address === null ? null : { ...address, asked: listen !== undefined },
      controlToken: controlToken(flags, address, around),
      publicHosts: publicHosts(flags, address),
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

/** A finished file that stands still so long is taken as it is, in milliseconds; --idle changes it. */
const FINISHED_IDLE_SECONDS = 2;

/** `upload FILE…`: the same engine, for files that are whole. */
function parseUpload(args: readonly string[], around: Surroundings): Command {
  const flags = parseFlags(args, { ...UPLOAD_FLAGS, words: true });
  const paths = wordsOf(flags);
  if (flags.help === true) return { is: "help", of: "upload" };
  const text = (flag: string) => textOf(flags, flag);
  const url = text("url");
  if (url !== undefined) refuseFlagsOfSending(flags);
  refuseAddresses(paths);
  const name = text("name");
  if (url === undefined && paths.length === 0) {
    throw new Config("Name the files: reeltime upload FILE…, or see reeltime upload --help");
  }
  if (name !== undefined && paths.length > 1) {
    throw new Config("Cannot use --name with several files: it names one asset");
  }
  const stateFolder = text("state") ?? defaultStateFolder(around);
  const idleSeconds = parseNumber(text("idle"), "--idle", SECONDS, FINISHED_IDLE_SECONDS);
  const listen = text("listen");
  const address = listen === undefined ? null : parseAddress(listen, "--listen");
  const config: WatchConfig = Object.freeze({
    recordings: [...new Set(paths)].map((path) => recordingOf(path, name)),
    sends: "finished",
    account: accountOf(flags, stateFolder, around),
    stateFolder,
    listen: address === null ? null : { ...address, asked: true },
    controlToken: controlToken(flags, address, around),
    publicHosts: publicHosts(flags, address),
    allowRoots: [],
    lanes: parseNumber(text("lanes"), "--lanes", { least: 1, most: 32, whole: true }, 5),
    idleMs: 1000 * idleSeconds,
    abandonMs: 1000 * idleSeconds,
    stay: false,
    correct: false,
    json: flags.json === true,
  });
  if (url === undefined) return { is: "upload", config };
  if (paths.length > 0) throw new Config("Give either files or --url, not both");
  if (name === undefined) {
    throw new Config("Name the asset of --url with --name, for example x.mov");
  }
  return { is: "remote", url: webUrl(url), name, config };
}

const UPLOAD_FLAGS = {
  boolean: ["sandbox", "json", "help"],
  string: [
    ...["name", "url", ...ACCOUNT_FLAGS, "state", "lanes", "idle", "listen", "control-token-file"],
    "public-host",
  ],
  collect: ["public-host"],
};

/** Times on the command line, in seconds, up to a week. */
const SECONDS = { least: 0.1, most: 604_800, whole: false };

/** Where this system keeps the state of programs (XDG Base Directory Specification on Linux). */
export function defaultStateFolder({ env, os }: Surroundings): string {
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

function parseSandbox(args: readonly string[], around: Surroundings): Command {
  const flags = parseFlags(args, {
    boolean: ["help", "refuse-again"],
    string: ["listen", "dir", "url-life", "s3", "bucket"],
  });
  if (flags.help === true) return { is: "help", of: "sandbox" };
  const dir = textOf(flags, "dir");
  if (dir === undefined) throw new Config("Name the sandbox's folder with --dir DIR");
  const life = { least: 1, most: 604_800, whole: true };
  const s3 = s3Of(flags, around);
  return {
    is: "sandbox",
    ...parseAddress(textOf(flags, "listen") ?? "127.0.0.1:8091", "--listen"),
    dir,
    refuseAgain: flags["refuse-again"] === true,
    urlLifeSeconds: parseNumber(textOf(flags, "url-life"), "--url-life", life, 86_400),
    ...(s3 === undefined ? {} : { s3 }),
  };
}

function parseDemo(args: readonly string[]): Command {
  const flags = parseFlags(args, { boolean: ["help"], string: ["seconds"] });
  if (flags.help === true) return { is: "help", of: "demo" };
  const range = { least: 2, most: 600, whole: true };
  return { is: "demo", seconds: parseNumber(textOf(flags, "seconds"), "--seconds", range, 12) };
}
