import { Config } from "../errors.ts";
import { type Command, parseCommand } from "./args.ts";
import { ensurePermissions, missingAccess, missingPermissions, servicesOf } from "./permissions.ts";
import { assumedSurroundings, onTerminal, systemSurroundings } from "./surroundings.ts";

/**
 * Reads the command line with what the machine lets us see, and makes sure of Deno's permissions.
 *
 * @throws Config with what is wrong, or with the flags that are missing.
 */
export async function readCommand(args: readonly string[]): Promise<Command> {
  const around = systemSurroundings();
  let command: Command;
  try {
    command = parseCommand(args, around);
  } catch (error) {
    if (around.asked().refused && !onTerminal()) throw withoutPermission(args, error);
    throw error;
  }
  if (!("config" in command)) return command;
  if (around.asked().refused && !onTerminal()) throw withoutPermission(args, null);
  if (command.is === "remote") return command;
  await ensurePermissions(command.config, around.asked());
  return command;
}

/** What was not permitted looks absent, so whatever the parser said of it is beside the point. */
function withoutPermission(args: readonly string[], error: unknown): unknown {
  const assumed = assumedSurroundings();
  try {
    const command = parseCommand(args, assumed);
    if (!("config" in command)) return error;
    const { config } = command;
    if (command.is !== "remote") return missingPermissions(config, assumed.asked());
    const services = config.account === null ? [] : servicesOf(config.account);
    return missingAccess({ ...config, services }, assumed.asked());
  } catch (usage) {
    return usage instanceof Config ? usage : error;
  }
}
