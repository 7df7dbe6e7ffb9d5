import { startSandbox } from "../sandbox/server.ts";
import type { Command } from "./args.ts";
import type { S3Flags } from "./s3_flags.ts";

/** Runs the sandbox as its own server until the signal is aborted. */
export async function runSandbox(
  command: Command & { is: "sandbox" },
  say: (text: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const { is: _, s3, ...options } = command;
  const sandbox = await startSandbox({ ...options, s3: s3 && revealed(s3) });
  say(`Sandbox on ${sandbox.baseUrl}, files in ${options.dir}`);
  if (s3 !== undefined) say(`Parts: bucket ${s3.bucket} at ${s3.endpoint}`);
  say(`Assets: ${sandbox.baseUrl}/sandbox/assets`);
  say(`Use it with: --api ${sandbox.baseUrl} --folder root, and FRAMEIO_TOKEN=sandbox`);
  await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  await sandbox.shutdown();
}

function revealed({ secretAccessKey, sessionToken, ...place }: S3Flags) {
  return {
    ...place,
    secretAccessKey: secretAccessKey.reveal(),
    ...(sessionToken === undefined ? {} : { sessionToken: sessionToken.reveal() }),
  };
}
