import { follow, type Program } from "./program.ts";

/** A command on a terminal of its own, which script(1) makes and we type on. */
export interface OnTerminal extends AsyncDisposable {
  readonly program: Program;
  type(keys: string): Promise<void>;
}

/** Runs a shell's command line on a terminal. */
export function startOnTerminal(command: string, env: Record<string, string>): OnTerminal {
  const child = new Deno.Command("script", {
    args: ["-qec", command, "/dev/null"],
    env: { ...env, TERM: "xterm-256color" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const keyboard = child.stdin.getWriter();
  const program = follow(child, `on a terminal: ${command}`);
  return {
    program,
    type: (keys) => keyboard.write(new TextEncoder().encode(keys)),
    async [Symbol.asyncDispose]() {
      await program.kill(); // the terminal goes with it, and what runs there is hung up on
      await keyboard.close().catch(() => {});
    },
  };
}

/** A command line that a shell takes apart into these words again; none may hold an apostrophe. */
export function commandLine(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(" ");
}
