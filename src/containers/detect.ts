import type { Container, RangeReader } from "./container.ts";
import { isIsobmff, isobmff } from "./isobmff.ts";
import { unknown } from "./unknown.ts";

/** Bytes that a family needs to see to know its own. */
const HEAD_BYTES = 16;

/**
 * Which container a file of `sizeBytes` is, by its first bytes alone: names are given by people and
 * cameras, and a growing file often carries a temporary one. A file too short to tell, or still full
 * of zeros, is {@linkcode unknown}: ask again when it has grown.
 *
 * @throws Only what `read` throws.
 */
export async function detect(read: RangeReader, sizeBytes: number): Promise<Container> {
  const head = new Uint8Array(Math.min(HEAD_BYTES, sizeBytes));
  if (head.length === 0) return unknown;
  const gotBytes = await read(0, head);
  return isIsobmff(head.subarray(0, gotBytes)) ? isobmff : unknown;
}
