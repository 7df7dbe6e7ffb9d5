import { Config } from "../errors.ts";
import type { RecordingLock } from "../runtime/lock.ts";
import type { Target } from "./watch.ts";

/**
 * Takes the locks of all targets, or none.
 *
 * @throws Config if another process has one of them.
 */
export function lockAll(
  targets: readonly Target[],
  lock: (path: string) => RecordingLock | null,
): RecordingLock[] {
  const held: RecordingLock[] = [];
  for (const { path } of targets) {
    try {
      held.push(lockOne(path, lock));
    } catch (error) {
      for (const other of held) other.release();
      throw error;
    }
  }
  return held;
}

/** @throws Config if another process has it. */
export function lockOne(path: string, lock: (path: string) => RecordingLock | null): RecordingLock {
  const one = lock(path);
  if (one !== null) return one;
  throw new Config(
    `Cannot upload ${path}: another reeltime process is uploading it already. ` +
      "Leave the take to that one, or stop it first",
  );
}
