/** Every bound of the service that parts must keep, with its source. */

/** Bytes in one MiB. */
export const MIB = 1024 * 1024;

/** Smallest part that is not the final one, in bytes (V2 API, create realtime upload parts: `size`). */
export const MIN_PART_BYTES = 5 * MIB;

/** Largest part, in bytes: one S3 PUT carries at most 5 GiB (Amazon S3 multipart upload limits). */
export const MAX_PART_BYTES = 5 * 1024 * MIB;

/** Highest part number (V2 API, create realtime upload parts: `number`, 1..10000). */
export const MAX_PART_NUMBER = 10_000;

/** Largest file, in bytes: 5 TiB (V2 API, create realtime upload parts: `asset_filesize`). */
export const MAX_FILE_BYTES = 5 * 1024 * 1024 * MIB;

/**
 * A part being filled is at most the bytes so far divided by this (0.1 %), so that little is left to
 * send when the recorder stops. Small enough for the tail, large enough for the numbers: from 5 MiB
 * it reaches 5 TiB with 7,959 numbers (proven in tests/parts/plan_test.ts).
 */
export const TAIL_DIVISOR = 1000;

/**
 * Wanted size of the final part, in bytes. It alone is sent after everything is verified, so it is
 * kept far below what a poor uplink (1 Mbit/s) moves in a second.
 */
export const FINAL_PART_BYTES = 64 * 1024;

/** The head part that every take reserves, in bytes, unless its container asks for more. */
export const MIN_HEAD_BYTES = MIN_PART_BYTES;
