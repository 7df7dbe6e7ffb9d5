import { join } from "@std/path";
import { Config } from "../errors.ts";
import type { EventStore } from "../runtime/event_store.ts";
import { type Sandbox, startSandbox } from "../sandbox/server.ts";

/** Token that every sandbox accepts, and the id of its root folder. */
export const SANDBOX_ACCESS = { token: "sandbox", folder: "root" } as const;

/**
 * Starts the sandbox that lives in this process, with its files in the state folder. It comes back on
 * the port it had, so that presigned URLs of an interrupted take stay good; where another program has
 * taken that port, they are forgotten and asked for again.
 */
export async function startEmbedded(stateFolder: string, store: EventStore): Promise<Sandbox> {
  const dir = join(stateFolder, "sandbox");
  const portFile = join(stateFolder, "sandbox.port");
  const start = (port: number) => startSandbox({ dir, hostname: "127.0.0.1", port });
  const before = Number(readOr(portFile, "0"));
  const sandbox = await start(before).catch((error) => {
    if (before === 0 || !(error instanceof Config)) throw error;
    store.forgetUrlsOf(`http://127.0.0.1:${before}/`);
    return start(0);
  });
  Deno.writeTextFileSync(portFile, String(sandbox.port), { mode: 0o600 });
  return sandbox;
}

function readOr(path: string, otherwise: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return otherwise;
  }
}
