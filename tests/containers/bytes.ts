/** Bytes of box-structured files, built by hand, and a reader that checks how it is used. */
import { assert } from "@std/assert";
import type { RangeReader } from "../../src/containers/container.ts";

/** Several byte arrays as one. */
export function join(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Four bytes, big-endian. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}

/** A box header with any size field. */
export function header(type: string, size: number): Uint8Array {
  return join(u32(size), new TextEncoder().encode(type));
}

/** A box header with a 64-bit size, given in two halves. */
export function longHeader(type: string, high: number, low: number): Uint8Array {
  return join(header(type, 1), u32(high), u32(low));
}

/** A whole box around its content. */
export function box(type: string, ...content: Uint8Array[]): Uint8Array {
  const inside = join(...content);
  return join(header(type, 8 + inside.length), inside);
}

/** Media that looks like no box. */
export function media(lengthBytes: number): Uint8Array {
  return new Uint8Array(lengthBytes).fill(0xa5);
}

/** What a look read, as {@linkcode readerOf} counted it. */
export interface Reads {
  calls: number;
  totalBytes: number;
}

/** A reader over `bytes` that fails the test when it is asked for anything outside `[0, sizeBytes)`. */
export function readerOf(
  bytes: Uint8Array,
  options: { sizeBytes?: number; mostBytesARead?: number } = {},
): { read: RangeReader; reads: Reads } {
  const sizeBytes = options.sizeBytes ?? bytes.length;
  const reads = { calls: 0, totalBytes: 0 };
  const read: RangeReader = (start, into) => {
    assert(Number.isSafeInteger(start) && start >= 0, `read at ${start}`);
    assert(start + into.length <= sizeBytes, `read to ${start + into.length} of ${sizeBytes}`);
    const got = bytes.subarray(
      start,
      start + Math.min(into.length, options.mostBytesARead ?? Infinity),
    );
    into.set(got);
    reads.calls++;
    reads.totalBytes += got.length;
    return Promise.resolve(got.length);
  };
  return { read, reads };
}
