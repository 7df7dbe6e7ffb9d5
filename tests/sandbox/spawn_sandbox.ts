import { fromFileUrl } from "@std/path";

/** A sandbox in another process. */
export interface SpawnedSandbox {
  readonly baseUrl: string;
  readonly pid: number;
  /** Ends it as `kill -9` does, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts `sandbox_process.ts` and waits until it listens. */
export async function spawnSandbox(dir: string): Promise<SpawnedSandbox> {
  const program = fromFileUrl(new URL("./sandbox_process.ts", import.meta.url));
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", program, dir],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = process.stdout.getReader();
  let line = "";
  while (!line.includes("\n")) {
    const { value, done } = await reader.read();
    if (done) throw new Error("The sandbox's process ended before it listened");
    line += new TextDecoder().decode(value);
  }
  return {
    baseUrl: line.trim(),
    pid: process.pid,
    async kill() {
      process.kill("SIGKILL");
      await process.status;
      await reader.cancel();
    },
  };
}
