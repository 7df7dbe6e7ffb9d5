import { join } from "@std/path";
import { createHash } from "node:crypto";
import { format as formatBytes } from "@std/fmt/bytes";
import { recordingOf } from "../config.ts";
import { systemClock } from "../runtime/clock.ts";
import { startSandbox } from "../sandbox/server.ts";
import { recordMov } from "./camera.ts";
import { sandboxAccount } from "./embedded.ts";
import { runWatch } from "./watch_command.ts";

/** What the sandbox lists of an asset. */
interface ListedAsset {
  readonly id: string;
  readonly sha256: string | null;
  readonly parts: readonly { readonly size: number; readonly storedAt: string | null }[];
}

/**
 * The main job on the embedded default: a built-in camera records a real MOV, the uploader follows it,
 * and the proof is read from both sides.
 *
 * @returns The exit status: 0 when both sides hold the same bytes.
 */
export async function runDemo(
  seconds: number,
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<number> {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-demo-" });
  const path = join(folder, "take01.mov");
  const sandbox = await startSandbox({
    dir: join(folder, "sandbox"),
    hostname: "127.0.0.1",
    port: 0,
  });
  try {
    say(`A camera records ${seconds} s to ${path}; reeltime uploads it while it grows.\n`);
    const upload = runWatch({
      recordings: [recordingOf(path, undefined)],
      sends: "growing",
      account: sandboxAccount(sandbox.baseUrl),
      stateFolder: join(folder, "state"),
      listen: { hostname: "127.0.0.1", port: 0, asked: true },
      controlToken: null,
      publicHosts: [],
      allowRoots: [],
      lanes: 5,
      idleMs: 60_000,
      abandonMs: 3_600_000,
      stay: false,
      correct: false,
      json: false,
    }, signal);
    const record = recordMov({ path, seconds, clock: systemClock, signal });
    const [end, recorded] = await Promise.all([upload, record.catch(() => null)]);
    if (recorded === null || signal.aborted) return 130;
    const proven = await proof(path, sandbox.baseUrl, recorded, say);
    return proven ? end : 1;
  } finally {
    await sandbox.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

async function proof(
  path: string,
  sandboxUrl: string,
  recorded: { readonly sizeBytes: number; readonly stoppedAtMs: number },
  say: (text: string) => void,
): Promise<boolean> {
  const local = await sha256Of(path);
  const answer = await fetch(`${sandboxUrl}/sandbox/assets`);
  const asset = ((await answer.json()) as { assets: ListedAsset[] }).assets[0]!;
  const stored = asset.parts.filter((part) => part.storedAt !== null);
  const beforeStop = stored
    .filter((part) => Date.parse(part.storedAt!) <= recorded.stoppedAtMs)
    .reduce((sum, part) => sum + part.size, 0);
  const lastMs = Math.max(...stored.map((part) => Date.parse(part.storedAt!)));
  const equal = local === asset.sha256;
  say(`
The proof
  sha256 of the recording   ${local}
  sha256 of the asset       ${asset.sha256}   ${equal ? "equal" : "NOT EQUAL"}
  size                      ${formatBytes(recorded.sizeBytes)} in ${asset.parts.length} parts
  stored before the stop    ${(100 * beforeStop / recorded.sizeBytes).toFixed(1)} %
  tail                      ${
    ((lastMs - recorded.stoppedAtMs) / 1000).toFixed(2)
  } s from stop to last byte stored`);
  return equal;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  using file = await Deno.open(path);
  for await (const bytes of file.readable) hash.update(bytes);
  return hash.digest("hex");
}
