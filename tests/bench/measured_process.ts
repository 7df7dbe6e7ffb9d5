/** A process that is watched while it runs: what it prints, and what it needs. */

/** What a process needed so far. */
export interface Needs {
  /** The most memory it ever had resident, in bytes (VmHWM). */
  readonly peakRssBytes: number;
  /** User and system time of all its threads. */
  readonly cpuSeconds: number;
}

/** A process under way. */
export interface MeasuredProcess {
  /** Its standard output by lines. */
  readonly lines: AsyncIterable<string>;
  /** Closes its standard input. */
  endInput(): Promise<void>;
  /** What it needs now; what it needed last, once it is over. */
  needs(): Needs;
  /** Resolves to its exit status, 137 where it was killed by the deadline. */
  readonly exit: Promise<number>;
}

/** How often a process is looked at, in milliseconds. What is read only rises, so seldom is enough. */
const LOOK_EVERY_MS = 50;

/** Clock ticks a second in `/proc/PID/stat`: the same on every Linux that Deno runs on. */
const TICKS_A_SECOND = 100;

/**
 * Starts a process and watches it through Linux's `/proc`.
 *
 * @param mostMs It is killed after this.
 */
export function measure(
  program: string,
  options: { args: string[]; env?: Record<string, string>; cwd?: string; mostMs: number },
): MeasuredProcess {
  const { mostMs, ...rest } = options;
  const process = new Deno.Command(program, {
    ...rest,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let needs: Needs = { peakRssBytes: 0, cpuSeconds: 0 };
  const look = () => needs = needsOf(process.pid) ?? needs;
  const looking = setInterval(look, LOOK_EVERY_MS);
  const deadline = setTimeout(() => process.kill("SIGKILL"), mostMs);
  const exit = process.status.then(({ code }) => {
    clearInterval(looking);
    clearTimeout(deadline);
    return code;
  });
  return {
    lines: linesOf(process.stdout, look),
    endInput: () => process.stdin.close(),
    needs: () => needs,
    exit,
  };
}

/** Null once the process is over: what is left of it has no memory to tell of. */
function needsOf(pid: number): Needs | null {
  try {
    const status = Deno.readTextFileSync(`/proc/${pid}/status`);
    const peakKib = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
    if (peakKib === undefined) return null;
    // The name in brackets may hold anything; user and system ticks are fields 14 and 15.
    const stat = Deno.readTextFileSync(`/proc/${pid}/stat`).replace(/^.*\) /s, "").split(" ");
    const ticks = Number(stat[11]) + Number(stat[12]);
    return { peakRssBytes: Number(peakKib) * 1024, cpuSeconds: ticks / TICKS_A_SECOND };
  } catch {
    return null;
  }
}

/** @param onRead Called whenever something was printed: the last words are the last chance to look. */
async function* linesOf(
  stream: ReadableStream<Uint8Array>,
  onRead: () => void,
): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    onRead();
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
}
