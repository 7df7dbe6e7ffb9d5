import { fromFileUrl } from "@std/path";
import type { PublishedEvent } from "../../src/events.ts";

/** The program's file, as a person names it after `deno run`. */
export const MAIN = fromFileUrl(new URL("../../main.ts", import.meta.url));

/** The longest wait for anything that a program says or does, in milliseconds: far above all measured. */
export const PATIENCE_MS = 30_000;

/** How to start the program. */
export interface StartOptions {
  /** Environment beside PATH, HOME and DENO_DIR; nothing else is handed on. */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Deno's own flags. Default: everything allowed. */
  readonly permissions?: readonly string[];
  /** A program that becomes ours by exec, with its arguments, such as setpriv. */
  readonly through?: readonly string[];
}

/** How the program left, with all it printed. */
export interface Ended {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A program that runs as a process of its own. Disposing of it kills it. */
export interface Program extends AsyncDisposable {
  readonly pid: number;
  /** Resolves when it has left and everything it printed is read; rejects when that takes too long. */
  ended(): Promise<Ended>;
  /** The first line on stdout or stderr that fits, past or to come. */
  line(fits: RegExp): Promise<RegExpExecArray>;
  /** The first event of `--json` that fits, past or to come. */
  event(fits: (event: PublishedEvent) => boolean): Promise<PublishedEvent>;
  /** Everything on stdout and stderr so far. */
  printed(): string;
  /** The events of `--json` so far. */
  events(): PublishedEvent[];
  signal(name: Deno.Signal): void;
  /** Ends it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts `deno run main.ts` with these arguments, without a terminal. */
export function start(args: readonly string[], options: StartOptions = {}): Program {
  const deno = ["run", ...(options.permissions ?? ["-A"]), MAIN, ...args];
  const [command, ...rest] = [...(options.through ?? []), Deno.execPath(), ...deno];
  const child = new Deno.Command(command!, {
    args: rest,
    clearEnv: true,
    env: { ...handedOn(), ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return follow(child, args.join(" "));
}

/** Follows what a started process prints. */
export function follow(child: Deno.ChildProcess, what: string): Program {
  const printed = { out: "", err: "" };
  const lines: string[] = [];
  const watchers = new Set<() => void>();
  let code: number | null = null;
  const tell = () => watchers.forEach((watcher) => watcher());

  async function read(stream: ReadableStream<Uint8Array>, key: "out" | "err"): Promise<void> {
    let rest = "";
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      printed[key] += text;
      const whole = (rest + text).split("\n");
      rest = whole.pop()!;
      lines.push(...whole);
      tell();
    }
    if (rest !== "") lines.push(rest);
  }

  const over = Promise.all([read(child.stdout, "out"), read(child.stderr, "err"), child.status])
    .then(([, , status]) => {
      code = status.code;
      tell();
    });

  /** What `find` finds, asked again whenever something was printed and at the end. */
  function first<T>(find: () => T | undefined, wanted: string): Promise<T> {
    const said = () => `\n${printed.out}${printed.err}`;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        watchers.delete(look);
        act();
      };
      const fail = (why: string) =>
        settle(() => reject(new Error(`${wanted}: ${why}, of: ${what}${said()}`)));
      const timer = setTimeout(() => fail(`not within ${PATIENCE_MS} ms`), PATIENCE_MS);
      const look = () => {
        const found = find();
        if (found !== undefined) settle(() => resolve(found));
        else if (code !== null) fail(`it ended first with status ${code}`);
      };
      watchers.add(look);
      look();
    });
  }

  const events = () =>
    printed.out.split("\n").slice(0, -1).filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as PublishedEvent);

  return {
    pid: child.pid,
    ended: () => first(() => code === null ? undefined : { code, ...printed }, "the end"),
    async line(fits) {
      const text = await first(() => lines.find((line) => fits.test(line)), `a line ${fits}`);
      return fits.exec(text)!;
    },
    event: (fits) => first(() => events().find(fits), `an event ${fits}`),
    printed: () => printed.out + printed.err,
    events,
    signal: (name) => child.kill(name),
    async kill() {
      if (code === null) child.kill("SIGKILL");
      await over;
    },
    async [Symbol.asyncDispose]() {
      await this.kill();
    },
  };
}

/** What Deno needs to find its cache again; never the tester's own token or folder. */
function handedOn(): Record<string, string> {
  const names = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR"];
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

/** Resolves when `holds` does, asked every 20 ms; rejects after {@linkcode PATIENCE_MS}. */
export async function until(what: string, holds: () => unknown): Promise<void> {
  const endMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > endMs) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
