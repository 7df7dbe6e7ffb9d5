import { Config, Limit, Rejected, StateFailure, TokenExpired, Unavailable } from "../errors.ts";
import { reachThisMachineDirectly } from "../runtime/proxy.ts";
import { cleanLines } from "./width.ts";

/** What a command is given to run with. */
export interface Program {
  /** Prints a line on stdout. */
  say(text: string): void;
  /** Aborted by the first Ctrl-C, SIGTERM or SIGHUP. A second one leaves at once. */
  readonly signal: AbortSignal;
}

/** Exit status after an interruption: 128 + SIGINT, as shells have it. */
const INTERRUPTED = 130;

/** Runs a command and leaves with its status: 2 for usage and configuration, 1 for other failures. */
export async function runProgram(command: (program: Program) => Promise<number>): Promise<never> {
  reachThisMachineDirectly();
  const interrupt = new AbortController();
  const onSignal = () => {
    if (interrupt.signal.aborted) Deno.exit(INTERRUPTED);
    interrupt.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  if (Deno.build.os !== "windows") {
    Deno.addSignalListener("SIGTERM", onSignal);
    Deno.addSignalListener("SIGHUP", onSignal); // the terminal's window was closed
  }
  // deno-lint-ignore no-console -- here, and only here, a command's words reach the person
  const say = (text: string) => console.log(text);
  try {
    Deno.exit(await command({ say, signal: interrupt.signal }));
  } catch (error) {
    if (interrupt.signal.aborted && error === interrupt.signal.reason) Deno.exit(INTERRUPTED);
    // deno-lint-ignore no-console -- as above
    console.error(`reeltime: ${cleanLines(wordsOf(error))}`); // a service's words stand in some
    Deno.exit(error instanceof Config || error instanceof Deno.errors.NotCapable ? 2 : 1);
  }
}

/** Errors whose message says what a person can do. */
const FOR_PEOPLE = [Config, StateFailure, Unavailable, Rejected, TokenExpired, Limit] as const;

/** The error in words for people; a stack trace only for what is our own fault. */
function wordsOf(error: unknown): string {
  if (FOR_PEOPLE.some((kind) => error instanceof kind)) return (error as Error).message;
  if (error instanceof Deno.errors.NotCapable) {
    return `${error.message}\nRun it with the permission named above, or with deno run -A main.ts …`;
  }
  return error instanceof Error ? error.stack ?? error.message : String(error);
}
