import { parseArgs } from "@std/cli/parse-args";
import { Config } from "../errors.ts";

/** Flags by name, as the parser gives them. */
export type Flags = Readonly<Record<string, unknown>>;

/** Which flags a command knows. */
export interface FlagKinds {
  /** Flags that stand alone. */
  boolean: string[];
  /** Flags with a value. */
  string: string[];
  /** Flags with a value that may be given several times. */
  collect?: string[];
  /** Flags with a value that may also be given as `--no-…`. */
  negatable?: string[];
  /** Words without a flag are taken, in `_`. */
  words?: boolean;
}

/**
 * Parses flags; whatever is not known is an error, never ignored.
 *
 * @throws Config with what is not understood, without what may be a secret in it.
 */
export function parseFlags(args: readonly string[], kinds: FlagKinds): Flags {
  refuseValues(args, [...kinds.boolean, ...(kinds.negatable ?? []).map((flag) => `no-${flag}`)]);
  const flags = parseArgs([...args], {
    ...kinds,
    string: [...kinds.string, ...(kinds.words === true ? ["_"] : [])], // "007.mov" is no number
    unknown: (arg) => {
      if (kinds.words === true && arg !== "" && !arg.startsWith("-") && !looksSecret(arg)) return;
      throw notUnderstood(arg, args, kinds);
    },
  });
  // What stands behind "--" comes here unasked.
  if (kinds.words !== true) {
    for (const arg of flags._) throw notUnderstood(String(arg), args, kinds);
  }
  // A missing value is left as "".
  for (const flag of kinds.string) {
    if ([flags[flag]].flat().includes("")) {
      throw new Config(`Cannot use --${flag} without a value. See --help`);
    }
  }
  return flags;
}

/** The parser takes any value for yes: `--sandbox=no` would ask for the sandbox. */
function refuseValues(args: readonly string[], flags: readonly string[]): void {
  for (const arg of args) {
    const [, flag, value] = /^--([\w-]+)=(.*)$/s.exec(arg) ?? [];
    if (flag === undefined || !flags.includes(flag) || value === "true" || value === "false") {
      continue;
    }
    throw new Config(`Cannot use --${flag} with a value: write --${flag} alone, or leave it out`);
  }
}

/** What is not understood, without what may be a secret in it, and what to write instead. */
function notUnderstood(arg: string, args: readonly string[], kinds: FlagKinds): Config {
  const before = args[args.indexOf(arg) - 1]?.replace(/^--/, "") ?? "";
  if (arg.startsWith("-") && kinds.string.includes(before)) {
    return new Config(`Cannot understand ${arg}. A value with a dash in front: --${before}=${arg}`);
  }
  if (arg === "") {
    return new Config("Cannot understand an empty argument. Is a variable of the shell not set?");
  }
  const flag = /^--[\w.-]*|^-./.exec(arg)?.[0];
  if (looksSecret(arg) || /(^|-)(token|password|secret|key)(-|$)/i.test(flag ?? "")) {
    return new Config(
      `Cannot understand ${
        flag ?? "an argument that looks like a token"
      }. A token is never given ` +
        "on the command line: use FRAMEIO_TOKEN or --token-file",
    );
  }
  return new Config(
    flag === undefined
      ? `Cannot understand ${arg}. Name recordings with --watch PATH, or see --help`
      : `Cannot understand ${flag}. See --help`,
  );
}

/** Whether a word looks like a token: Frame.io's own, or a JSON Web Token. */
export function looksSecret(word: string): boolean {
  return /^(fio-|eyJ)/.test(word);
}

/** The value of a flag that was given. */
export function textOf(flags: Flags, flag: string): string | undefined {
  const value = flags[flag];
  return typeof value === "string" ? value : undefined;
}

/** The words that stand without a flag. */
export function wordsOf(flags: Flags): string[] {
  return (flags._ as readonly (string | number)[]).map(String);
}
