/** A TypeScript file that runs as a process of its own. */
export interface Script extends AsyncDisposable {
  /** The next line of its stdout, or null when it has ended. */
  line(): Promise<string | null>;
  /** Every line that is still to come. */
  lines(): Promise<string[]>;
  /** Ends it as `kill -9` does; resolves when it is gone. */
  kill(): Promise<void>;
  readonly status: Promise<Deno.CommandStatus>;
}

/** Starts a script with all permissions; `openFiles` is how many descriptors it may have, on Unix. */
export function spawnScript(url: URL, args: readonly string[], openFiles?: number): Script {
  const deno = [Deno.execPath(), "run", "--allow-all", "--no-check", url.href, ...args];
  const limited = ["sh", "-c", `ulimit -n ${openFiles} && exec "$0" "$@"`];
  const [command, ...rest] = openFiles === undefined ? deno : [...limited, ...deno];
  const process = new Deno.Command(command!, {
    args: rest,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  let isOver = false;

  async function line(): Promise<string | null> {
    for (;;) {
      const end = text.indexOf("\n");
      if (end >= 0) {
        const first = text.slice(0, end);
        text = text.slice(end + 1);
        return first;
      }
      const { value, done } = await reader.read();
      if (done) return null;
      text += value;
    }
  }

  async function kill(): Promise<void> {
    if (!isOver) process.kill("SIGKILL");
    await process.status;
  }

  const status = process.status.then((status) => {
    isOver = true;
    return status;
  });
  return {
    line,
    async lines() {
      const all: string[] = [];
      for (let next = await line(); next !== null; next = await line()) all.push(next);
      return all;
    },
    kill,
    status,
    async [Symbol.asyncDispose]() {
      await kill();
      await reader.cancel();
    },
  };
}
