import type { RangeReader } from "./container.ts";

/** Bytes that one look may read, all its reads together. Every family keeps below it by its own limits. */
export const MOST_BYTES_A_LOOK = 256 * 1024;

/**
 * Bytes at `start` of a file of `sizeBytes`, up to `lengthBytes`: fewer, or none, where the file ends
 * or was cut short meanwhile. Asks again where the system gives less, and never at or past `sizeBytes`.
 *
 * @throws Only what `read` throws.
 */
export async function readBytes(
  read: RangeReader,
  sizeBytes: number,
  start: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  const into = new Uint8Array(Math.max(0, Math.min(lengthBytes, sizeBytes - start)));
  let got = 0;
  while (got < into.length) {
    const more = await read(start + got, into.subarray(got));
    if (more <= 0) break;
    got += more;
  }
  return into.subarray(0, got);
}
