import { assert } from "@std/assert";
import { parseCommand, type Surroundings } from "../../src/cli/args.ts";
import type { WatchConfig } from "../../src/config.ts";

/** What a machine is like: its variables, its files by path, its system. */
export interface Machine {
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly os?: string;
}

const ENV = { HOME: "/home/me", FRAMEIO_TOKEN: "env-token", FRAMEIO_FOLDER: "env-folder" };

/** A Linux machine with credentials in its environment and no files, unless it is told otherwise. */
export function surroundings({ env = ENV, files = {}, os = "linux" }: Machine = {}): Surroundings {
  const own = (from: Readonly<Record<string, string>>, name: string) =>
    Object.hasOwn(from, name) ? from[name] : undefined;
  return { os, env: (name) => own(env, name), readText: (path) => own(files, path) };
}

/** The watch command that a command line asks for. */
export function watch(args: readonly string[], machine: Machine = {}): WatchConfig {
  const command = parseCommand(args, surroundings(machine));
  assert(command.is === "watch", command.is);
  return command.config;
}
