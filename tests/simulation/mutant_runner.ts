import type { Sighting } from "./mutant_child.ts";
import { projectPath } from "./mutate.ts";

/** Runs the simulator in a process of its own: what runs there may hang, crash or eat all memory. */
export interface Runner {
  /** @returns What went wrong at this seed, or null. */
  see(seed: number): Promise<string | null>;
  end(): Promise<void>;
}

/** What is seen of a process that does not answer in time. */
export const HANGS = "hangs";

/** Memory of one process, in MiB: a mutant that eats more has crashed. */
const MOST_MIB = 1024;

interface Child {
  readonly process: Deno.ChildProcess;
  readonly asks: WritableStreamDefaultWriter<Uint8Array>;
  readonly answers: AsyncIterator<Sighting>;
  readonly lastWords: Promise<string>;
}

/**
 * @param importMap Leads to a mutant; null for the program as it is.
 * @param boundMs How long one seed may take.
 */
export function createRunner(importMap: string | null, boundMs: number): Runner {
  let child: Child | null = null;

  async function end(): Promise<void> {
    if (child === null) return;
    const { process, asks, lastWords } = child;
    child = null;
    try {
      process.kill("SIGKILL");
    } catch {
      // it has ended by itself
    }
    await asks.abort().catch(() => {});
    await Promise.all([process.status, lastWords]);
  }

  return {
    end,
    async see(seed) {
      child ??= begin(importMap);
      const { asks, answers, lastWords } = child;
      await asks.write(new TextEncoder().encode(`${seed}\n`)).catch(() => {});
      const { promise: late, resolve } = Promise.withResolvers<"late">();
      const timer = setTimeout(() => resolve("late"), boundMs);
      const answer = await Promise.race([answers.next(), late]);
      clearTimeout(timer);
      if (answer !== "late" && !answer.done) return answer.value.saw;
      await end();
      await answers.return?.();
      return answer === "late" ? HANGS : `crashes: ${firstLine(await lastWords)}`;
    },
  };
}

function begin(importMap: string | null): Child {
  const process = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-check",
      "--no-prompt",
      "--cached-only",
      `--v8-flags=--max-old-space-size=${MOST_MIB}`,
      ...(importMap === null ? [] : [`--import-map=${importMap}`]),
      projectPath("tests/simulation/mutant_child.ts"),
    ],
    cwd: projectPath("."),
    env: { NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return {
    process,
    asks: process.stdin.getWriter(),
    answers: sightings(process.stdout),
    lastWords: new Response(process.stderr).text(),
  };
}

async function* sightings(stdout: ReadableStream<Uint8Array>): AsyncGenerator<Sighting> {
  let text = "";
  for await (const piece of stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (text + piece).split("\n");
    text = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "without a word";
}
