/**
 * Where the walk over a growing file's boxes or elements came to at the last look. One look may read few
 * headers, but a recording of hours has thousands: the next look goes on there, and so finds the last
 * one however many lie before it.
 */
import type { RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** Bytes that must still be as they were where a walk goes on: the longest header of a box, 16. */
const KNOWN_BYTES = 16;

/** Where one look stopped, with what tells that the file is still the same up to there. */
interface Place {
  readonly at: number;
  readonly known: Uint8Array;
  readonly mediaStart: number;
}

/**
 * The memory of the looks at one recording, of which several may be under way at once. A shortcut only:
 * without it a look says less, nothing else.
 */
export interface WalkMemory {
  /**
   * The offset that an earlier look kept. 0 where that no longer holds, and is forgotten: the file was
   * cut in front of it, its media have moved, or another header stands there.
   *
   * @param mediaStart As this look sees it.
   */
  resume(read: RangeReader, sizeBytes: number, mediaStart: number): Promise<number>;
  /** Keeps an offset, in front of which everything is whole and finished, and a header stands. */
  keep(read: RangeReader, sizeBytes: number, mediaStart: number, at: number): Promise<void>;
}

/** An empty memory, for one recording. */
export function createWalkMemory(): WalkMemory {
  let place: Place | null = null;
  return {
    async resume(read, sizeBytes, mediaStart) {
      const kept = place;
      if (kept === null) return 0;
      const now = await readBytes(read, sizeBytes, kept.at, KNOWN_BYTES);
      const isSame = kept.mediaStart === mediaStart &&
        kept.known.every((byte, index) => byte === now[index]);
      if (!isSame && place === kept) place = null;
      return isSame ? kept.at : 0;
    },
    async keep(read, sizeBytes, mediaStart, at) {
      const known = await readBytes(read, sizeBytes, at, KNOWN_BYTES);
      // Of two looks at once the one that came further counts.
      if (place === null || at > place.at) place = { at, known, mediaStart };
    },
  };
}
