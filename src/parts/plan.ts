import {
  FINAL_PART_BYTES,
  MAX_PART_BYTES,
  MAX_PART_NUMBER,
  MIN_PART_BYTES,
  TAIL_DIVISOR,
} from "./limits.ts";

/** A part as the service knows it. Its offset is the sum of the sizes of all lower numbers. */
export interface Part {
  /** 1..10000. */
  readonly number: number;
  readonly sizeBytes: number;
  /** True for the part that holds the end of the file. */
  readonly isFinal: boolean;
}

/** The number of the head part, which recorders rewrite and which therefore goes almost last. */
export const HEAD_NUMBER = 1;

/**
 * The size of the part that begins at `offsetBytes` while the recording grows.
 *
 * @returns Bytes: 5 MiB, or 0.1 % of what lies before it, never over 5 GiB.
 */
export function growingPartBytes(offsetBytes: number): number {
  const share = Math.floor(offsetBytes / TAIL_DIVISOR);
  return Math.min(Math.max(MIN_PART_BYTES, share), MAX_PART_BYTES);
}

/**
 * Parts that can be declared while the recording grows. A part is planned only when at least one byte
 * lies beyond it: that byte belongs to a later part, so there is always something left for the final
 * one.
 *
 * @param nextNumber The first number to give (2 or more; 1 is the head).
 * @param offsetBytes Where that part begins.
 * @param frontierBytes Bytes on disk that are safe to send.
 * @param most How many parts to plan at most.
 */
export function planGrowing(
  nextNumber: number,
  offsetBytes: number,
  frontierBytes: number,
  most: number,
): Part[] {
  const parts: Part[] = [];
  let offset = offsetBytes;
  for (let number = nextNumber; parts.length < most && number < MAX_PART_NUMBER; number++) {
    const sizeBytes = growingPartBytes(offset);
    if (offset + sizeBytes >= frontierBytes) break;
    parts.push({ number, sizeBytes, isFinal: false });
    offset += sizeBytes;
  }
  return parts;
}

/**
 * The last parts, once the size is known: what is left after the parts so far, cut so that the final
 * one is small. All but the final one are at least 5 MiB.
 *
 * @param nextNumber The first number to give.
 * @param offsetBytes Where that part begins.
 * @param totalBytes The size of the whole recording; more than `offsetBytes`.
 * @throws RangeError if nothing is left for a final part.
 */
export function planRemainder(
  nextNumber: number,
  offsetBytes: number,
  totalBytes: number,
): Part[] {
  const remainderBytes = totalBytes - offsetBytes;
  if (remainderBytes < 1) {
    throw new RangeError(
      `Cannot plan a final part: ${totalBytes} bytes in all, ${offsetBytes} already in parts`,
    );
  }
  if (remainderBytes <= MIN_PART_BYTES) {
    return [{ number: nextNumber, sizeBytes: remainderBytes, isFinal: true }];
  }
  const finalBytes = Math.min(FINAL_PART_BYTES, remainderBytes - MIN_PART_BYTES);
  const bodyBytes = remainderBytes - finalBytes;
  const pieceBytes = Math.max(MIN_PART_BYTES, Math.ceil(bodyBytes / numbersLeft(nextNumber)));
  const parts: Part[] = [];
  let left = bodyBytes;
  let number = nextNumber;
  while (left > 0) {
    // The last piece takes what would otherwise be less than a whole one.
    const sizeBytes = left < 2 * pieceBytes ? left : pieceBytes;
    parts.push({ number: number++, sizeBytes, isFinal: false });
    left -= sizeBytes;
  }
  parts.push({ number, sizeBytes: finalBytes, isFinal: true });
  return parts;
}

/** Numbers that pieces of a remainder may use, with the last one kept for the final part. */
function numbersLeft(nextNumber: number): number {
  return Math.max(1, MAX_PART_NUMBER - nextNumber);
}
