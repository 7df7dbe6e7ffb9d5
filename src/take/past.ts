import type { FileFacts } from "../runtime/disk.ts";

/** How a recording was left. */
export interface Left {
  readonly sizeBytes: number;
  /**
   * Null: whatever is written to it, it stays dealt with for as long as it only grows. What was left
   * empty is dealt with while it is empty: the first byte is another recording.
   */
  readonly modifiedMs: number | null;
}

/** What a watch has in hand and has done with, by file: a recording is taken up once. */
export interface Past {
  /** All that was dealt with is forgotten at the next look at a file that is not in hand. */
  again: boolean;
  /** A take of this file begins. */
  begins(fileId: string): void;
  /** It has ended. @param left Null where the file is to be taken up once more. */
  ends(fileId: string, left: Left | null): void;
  /** Whether the file is in hand, or was dealt with. */
  knows(fileId: string): boolean;
  /** Whether nothing is to be done with the file as it is now. */
  has(facts: FileFacts): boolean;
}

/** Recordings that are remembered; the name has only one file at a time. */
const MOST_LEFT = 64;

/** Nothing yet. */
export function createPast(): Past {
  const inHand = new Set<string>();
  const left = new Map<string, Left>();
  const past: Past = {
    again: false,
    begins(fileId) {
      inHand.add(fileId);
      left.delete(fileId);
    },
    ends(fileId, how) {
      inHand.delete(fileId);
      if (how === null) return;
      left.set(fileId, how);
      const [oldest] = left.keys();
      if (left.size > MOST_LEFT) left.delete(oldest!);
    },
    knows: (fileId) => inHand.has(fileId) || left.has(fileId),
    has({ fileId, sizeBytes, modifiedMs }) {
      if (inHand.has(fileId)) return true;
      if (past.again) {
        left.clear();
        past.again = false;
      }
      const was = left.get(fileId);
      if (was === undefined) return false;
      if (was.modifiedMs !== null) {
        return was.sizeBytes === sizeBytes && was.modifiedMs === modifiedMs;
      }
      const isAnother = sizeBytes < was.sizeBytes || (was.sizeBytes === 0 && sizeBytes > 0);
      if (isAnother) {
        left.delete(fileId); // it may be larger than the one before when it is looked at next
        return false;
      }
      left.set(fileId, { sizeBytes, modifiedMs: null });
      return true;
    },
  };
  return past;
}
