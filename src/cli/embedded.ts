import { join } from "@std/path";
import { type Account, secret } from "../config.ts";
import { Config } from "../errors.ts";
import type { EventStore } from "../runtime/event_store.ts";
import { lockRecording } from "../runtime/lock.ts";
import { startSandbox } from "../sandbox/server.ts";

/** The account of every sandbox: its developer token, and its root folder. */
export function sandboxAccount(baseUrl: string): Account {
  return {
    ...{ apiBase: baseUrl, imsBase: baseUrl, route: "user", token: secret("sandbox") },
    ...{ folder: "root", isFolderTyped: false, folderPath: null, accountId: null },
  };
}

/**
 * Starts the sandbox that lives in this process, with its files in the state folder. It comes back on
 * the port it had, so that presigned URLs of an interrupted take stay good; where another program has
 * taken that port, they are forgotten and asked for again.
 *
 * @throws Config if another process runs one in the same state folder.
 */
export async function startEmbedded(
  stateFolder: string,
  store: EventStore,
): Promise<{ readonly baseUrl: string; shutdown(): Promise<void> }> {
  const dir = join(stateFolder, "sandbox");
  const lock = lockRecording(stateFolder, dir);
  if (lock === null) {
    throw new Config(
      `Cannot start the embedded sandbox: another reeltime process uses ${dir}. Leave the take to ` +
        "that one, name all recordings in one command, or give another folder with --state",
    );
  }
  const portFile = join(stateFolder, "sandbox.port");
  const start = (port: number) => startSandbox({ dir, hostname: "127.0.0.1", port });
  const before = Number(readOr(portFile, "0"));
  const sandbox = await start(before).catch((error) => {
    if (before === 0 || !(error instanceof Config)) throw error;
    store.forgetUrlsOf(`http://127.0.0.1:${before}/`);
    return start(0);
  });
  Deno.writeTextFileSync(portFile, String(sandbox.port), { mode: 0o600 });
  return {
    baseUrl: sandbox.baseUrl,
    async shutdown() {
      await sandbox.shutdown();
      lock.release();
    },
  };
}

function readOr(path: string, otherwise: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return otherwise;
  }
}
