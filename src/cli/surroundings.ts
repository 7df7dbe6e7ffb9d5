import type { Surroundings } from "./args.ts";

/** What reading the command line led to. */
export interface Asked {
  /** Names of the variables that were asked for. */
  readonly variables: readonly string[];
  /** Files that were asked for. */
  readonly files: readonly string[];
  /** True where Deno did not permit one of them. */
  readonly refused: boolean;
}

/** Surroundings that remember what was asked of them. */
export interface AskedSurroundings extends Surroundings {
  asked(): Asked;
}

/** The folder for state where no variable may be read; a shell fills it in (XDG Base Directory). */
export const ASSUMED_STATE_BASE = "${XDG_STATE_HOME:-$HOME/.local/state}";

/** The machine as far as Deno lets us see it; what may not be read counts as absent. */
export function systemSurroundings(): AskedSurroundings {
  const variables: string[] = [];
  const files: string[] = [];
  let refused = false;
  const may = (permission: Deno.PermissionDescriptor) => {
    const permitted = mayRead(permission);
    if (!permitted) refused = true;
    return permitted;
  };
  return {
    os: Deno.build.os,
    env(name) {
      variables.push(name);
      return may({ name: "env", variable: name }) ? Deno.env.get(name) : undefined;
    },
    readText(path) {
      files.push(path);
      if (!may({ name: "read", path })) return undefined;
      try {
        return Deno.readTextFileSync(path);
      } catch {
        return undefined;
      }
    },
    asked: () => ({ variables, files, refused }),
  };
}

/** Stands for a value that may not be read; as long as the shortest control token. */
const ASSUMED = "assumed-to-be-there";

/** Surroundings in which everything is there: they tell what a command would need to be permitted. */
export function assumedSurroundings(): AskedSurroundings {
  const variables: string[] = [];
  const files: string[] = [];
  return {
    os: Deno.build.os,
    env(name) {
      variables.push(name);
      return name === "XDG_STATE_HOME" ? ASSUMED_STATE_BASE : ASSUMED;
    },
    readText(path) {
      files.push(path);
      return path.endsWith(".json") ? '{"folder":"assumed"}' : ASSUMED;
    },
    asked: () => ({
      // Only one of the two is set as a rule, and the shell looks at both.
      variables: variables.includes("XDG_STATE_HOME") ? [...variables, "HOME"] : variables,
      files,
      refused: true,
    }),
  };
}

/** Whether a person can answer Deno's questions. */
export function onTerminal(): boolean {
  return Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
}

/** On a terminal Deno asks; without one a question would be answered with no. */
function mayRead(permission: Deno.PermissionDescriptor): boolean {
  const { state } = Deno.permissions.querySync(permission);
  return state === "granted" || (state === "prompt" && onTerminal());
}
