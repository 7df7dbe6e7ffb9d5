import { join } from "@std/path";
import { type Program, start, type StartOptions } from "./program.ts";

/** Environment with the token that every sandbox takes. */
export const ACCESS = { FRAMEIO_TOKEN: "sandbox" };

/** Where a person sits: a folder for recordings, one for state, and an account. */
export interface Desk extends AsyncDisposable {
  readonly folder: string;
  /** The state folder; the program makes it. */
  readonly state: string;
  /** A path in the desk's folder. */
  path(name: string): string;
  /** The flags for the desk's account and state. */
  readonly place: readonly string[];
  /** Starts the upload of `path` from here; without a status page, unless the flags name a place for it. */
  watch(path: string, flags?: readonly string[], options?: StartOptions): Program;
}

/** Opens a desk in a temporary folder; whatever was started at it ends with it. */
export async function openDesk(apiUrl: string): Promise<Desk> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
  const state = join(folder, "state");
  const place = ["--api", apiUrl, "--folder", "root", "--state", state];
  const programs: Program[] = [];
  return {
    place,
    folder,
    state,
    path: (name) => join(folder, name),
    watch(path, flags = [], options = {}) {
      const listen = flags.includes("--listen") ? [] : ["--no-listen"];
      const program = start(["--watch", path, ...place, ...listen, ...flags], {
        ...options,
        env: { ...ACCESS, ...options.env },
      });
      programs.push(program);
      return program;
    },
    async [Symbol.asyncDispose]() {
      for (const program of programs) await program.kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Flags that put the status page on a free port. */
export const ANY_PORT = ["--listen", "127.0.0.1:0"];

/** Address of the status page that a program has printed. */
export async function pageOf(program: Program): Promise<string> {
  return (await program.line(/Status page: (http:\/\/\S+)/))[1]!;
}
