import { join } from "@std/path";
import { createHash } from "node:crypto";
import { StateFailure } from "../errors.ts";

/** Held while one process writes one recording's journal. */
export interface RecordingLock {
  release(): void;
}

/**
 * Takes the lock of a recording, so that no second process with the same state folder uploads it too.
 * The lock lies in the state folder, never on the recording, and the system gives it up when this
 * process dies, however it dies.
 *
 * @param stateFolder The journal's folder.
 * @param recordingPath Absolute path without links.
 * @returns Null where another process holds it.
 * @throws StateFailure if no lock can be kept there.
 */
export function lockRecording(stateFolder: string, recordingPath: string): RecordingLock | null {
  const name = createHash("sha256").update(recordingPath).digest("hex").slice(0, 32);
  const file = openLockFile(join(stateFolder, "locks"), name);
  if (!file.tryLockSync(true)) {
    file.close();
    return null;
  }
  return { release: () => file.close() };
}

function openLockFile(folder: string, name: string): Deno.FsFile {
  try {
    Deno.mkdirSync(folder, { recursive: true, mode: 0o700 });
    return Deno.openSync(join(folder, name), { create: true, write: true, mode: 0o600 });
  } catch (error) {
    throw new StateFailure(
      `Cannot keep a lock in ${folder}: ${(error as Error).message}. ` +
        "Check its permissions, or name another folder with --state",
      { cause: error },
    );
  }
}
