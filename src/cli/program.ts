import type { WatchConfig } from "../config.ts";
import { Config, StateFailure } from "../errors.ts";
import { missingFlags, neededFlags } from "./permissions.ts";
import { onTerminal } from "./surroundings.ts";

/** What a command is given to run with. */
export interface Program {
  /** Prints a line on stdout. */
  say(text: string): void;
  /**
   * Checks Deno's permissions where nobody can be asked for them.
   *
   * @throws Config naming the flags that are needed.
   */
  prepare(config: WatchConfig): void;
  /** Aborted by the first Ctrl-C or SIGTERM. A second one leaves at once. */
  readonly signal: AbortSignal;
}

/** Exit status after an interruption: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** Runs a command and leaves with its status: 2 for usage and configuration, 1 for other failures. */
export async function runProgram(command: (program: Program) => Promise<number>): Promise<never> {
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) Deno.exit(INTERRUPTED);
    interrupt.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") Deno.addSignalListener("SIGTERM", onSignal);
  // deno-lint-ignore no-console -- here, and only here, a command's words reach the person
  const say = (text: string) => console.log(text);
  try {
    Deno.exit(await command({ say, prepare, signal: interrupt.signal }));
  } catch (error) {
    // deno-lint-ignore no-console -- as above
    console.error(`reeltime: ${wordsOf(error)}`);
    Deno.exit(error instanceof Config || error instanceof Deno.errors.NotCapable ? 2 : 1);
  }
}

function prepare(config: WatchConfig): void {
  if (onTerminal() || missingFlags(config).length === 0) return;
  throw new Config(
    "Deno has not been given the permissions that reeltime needs, and there is no terminal to ask " +
      `on. Run it with:\n  deno run ${neededFlags(config).join(" ")} main.ts …\n` +
      `or, with everything allowed: deno run -A main.ts …\n(missing: ${
        missingFlags(config).join(" ")
      })`,
  );
}

/** The error in words for people; a stack trace only for what is our own fault. */
function wordsOf(error: unknown): string {
  if (error instanceof Config || error instanceof StateFailure) return error.message;
  if (error instanceof Deno.errors.NotCapable) {
    return `${error.message}\nRun it with the permission named above, or with deno run -A main.ts …`;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
