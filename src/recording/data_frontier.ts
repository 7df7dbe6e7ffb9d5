import type { RangeReader } from "../containers/container.ts";

/** Files are allocated in advance in whole blocks of this size; what is looked at, in bytes. */
export const ZERO_BLOCK_BYTES = 64 * 1024;

/** Enough of a block to tell most written ones from empty ones, in bytes. */
const PROBE_BYTES = 4096;

/** Tells how far a file is written whose recorder allocated it in advance. */
export interface DataFrontier {
  /**
   * Looks at the file's end and, where that is empty, on from where it came last time.
   *
   * @param fromBytes Where to begin: zeros in front of it are the container's business.
   * @param mayGoOn Whether there is time for one block more, of which 4 KiB are read if it is written.
   * @returns Start of the first 64 KiB that hold nothing but zeros; the file's size while its end is
   * written. Zeros may be data: they are sent once the take has ended.
   */
  find(
    read: RangeReader,
    sizeBytes: number,
    fromBytes: number,
    mayGoOn: () => boolean,
  ): Promise<number>;
}

/** A frontier for one recording. */
export function createDataFrontier(): DataFrontier {
  let knownBytes = 0;
  let block = new Uint8Array(ZERO_BLOCK_BYTES);

  /** Whether a range of at most one block holds nothing but zeros; a short probe answers for most. */
  async function isZero(read: RangeReader, start: number, end: number): Promise<boolean> {
    const probeEnd = Math.min(start + PROBE_BYTES, end);
    return await readsZero(read, start, probeEnd) && await readsZero(read, probeEnd, end);
  }

  async function readsZero(read: RangeReader, start: number, end: number): Promise<boolean> {
    const got = await read(start, block.subarray(0, end - start)).catch((error) => {
      block = new Uint8Array(ZERO_BLOCK_BYTES); // a read that failed may still write into the old one
      throw error;
    });
    for (let at = 0; at < got; at++) if (block[at] !== 0) return false;
    return true;
  }

  return {
    async find(read, sizeBytes, fromBytes, mayGoOn) {
      if (sizeBytes < knownBytes) knownBytes = 0; // cut, and perhaps written anew
      const tailStart = Math.max(0, sizeBytes - ZERO_BLOCK_BYTES);
      if (!(await isZero(read, tailStart, sizeBytes))) return sizeBytes;
      const first = Math.ceil(fromBytes / ZERO_BLOCK_BYTES) * ZERO_BLOCK_BYTES;
      let at = Math.max(knownBytes, first);
      while (at + ZERO_BLOCK_BYTES <= sizeBytes && mayGoOn()) {
        if (await isZero(read, at, at + ZERO_BLOCK_BYTES)) break;
        at += ZERO_BLOCK_BYTES;
      }
      knownBytes = at;
      return Math.min(at, sizeBytes);
    },
  };
}
