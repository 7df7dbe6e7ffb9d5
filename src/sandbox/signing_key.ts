import { join } from "@std/path";
import { randomBytes } from "node:crypto";
import { StateFailure } from "../errors.ts";
import type { SigningKey } from "./sigv4.ts";

/** Name of the key's file in the sandbox's folder. */
export const SIGNING_KEY_FILE = "signing-key";

/**
 * The key that presigned URLs are signed with: made once, then read from the folder, so that a URL
 * outlives a restart. The file is readable by its owner only.
 *
 * @throws StateFailure if the file holds no key or cannot be made.
 */
export async function openSigningKey(dir: string): Promise<SigningKey> {
  const path = join(dir, SIGNING_KEY_FILE);
  try {
    const secretAccessKey = await readSecret(path) ?? await makeSecret(path);
    if (!/^[0-9a-f]{64}$/.test(secretAccessKey)) throw new Error("it holds no key");
    return { accessKeyId: "REELTIMESANDBOX", secretAccessKey, region: "us-east-1" };
  } catch (error) {
    throw new StateFailure(
      `Cannot use the signing key ${path}: ${(error as Error).message}. ` +
        "Delete it to get a new one; URLs given out so far will then fail.",
      { cause: error },
    );
  }
}

async function readSecret(path: string): Promise<string | null> {
  try {
    return (await Deno.readTextFile(path)).trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

async function makeSecret(path: string): Promise<string> {
  const secret = randomBytes(32).toString("hex");
  // Under another name first: a kill in between must not leave an empty key behind.
  const fresh = `${path}.new`;
  await Deno.writeTextFile(fresh, `${secret}\n`, { mode: 0o600 });
  await Deno.rename(fresh, path);
  return secret;
}
