import { startSandbox } from "../sandbox/server.ts";
import type { Command } from "./args.ts";

/** Runs the sandbox as its own server until the signal is aborted. */
export async function runSandbox(
  command: Command & { is: "sandbox" },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { hostname, port, dir, refuseAgain, urlLifeSeconds } = command;
  const sandbox = await startSandbox({ dir, hostname, port, refuseAgain, urlLifeSeconds });
  say(`Sandbox on ${sandbox.baseUrl}, files in ${dir}`);
  say(`Assets: ${sandbox.baseUrl}/sandbox/assets`);
  say(`Use it with: --api ${sandbox.baseUrl} --folder root, and FRAMEIO_TOKEN=sandbox`);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await sandbox.shutdown();
}
