import type { Surroundings } from "./args.ts";
import { missingAccess, type Reach } from "./permissions.ts";
import { type AskedSurroundings, assumedSurroundings, onTerminal } from "./surroundings.ts";

/**
 * Reads what a command around an account was given. On a terminal Deno asks for what it did not permit;
 * elsewhere that looks absent, and whatever is said of it would be beside the point.
 *
 * @param read Gives the command's settings, or "help", which reads nothing of the machine.
 * @param reach What the command with these settings needs Deno's permission for.
 * @throws Config with the flags that are missing, or what `read` throws.
 */
export function readPermitted<T>(
  around: AskedSurroundings,
  read: (around: Surroundings) => T,
  reach: (given: Exclude<T, "help">) => Reach,
): T {
  const isRefused = () => around.asked().refused && !onTerminal();
  try {
    const given = read(around);
    if (!isRefused()) return given;
  } catch (error) {
    if (!isRefused()) throw error;
  }
  const assumed = assumedSurroundings();
  const given = read(assumed) as Exclude<T, "help">; // help would have been given above
  throw missingAccess(reach(given), assumed.asked());
}
