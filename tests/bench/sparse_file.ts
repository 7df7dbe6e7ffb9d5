/** A recording that is large without filling a disk: zeros that are nowhere, and marks that are. */
import { crc32 } from "node:zlib";
import { MIN_PART_BYTES } from "../../src/parts/limits.ts";
import { digestText } from "./digest_sink.ts";

/**
 * Distance of the marks in bytes. No part but the final one is smaller, so each holds at least the
 * halves of two; the early parts are exactly as large, so there they lie across the ends of parts.
 */
const MARK_EVERY_BYTES = MIN_PART_BYTES;

/** Length of a mark in bytes: its own offset in digits. */
const MARK_BYTES = 64;

/** What is read at once when a range is digested, in bytes. */
const READ_BYTES = 1024 * 1024;

/** A file that counts as long finished, whatever the idle time. */
const MODIFIED = new Date("2020-01-01T00:00:00Z");

/**
 * Makes a file of zeros with marks that say where they are, so that ranges that were mixed up or
 * shifted by a byte have another digest. Its first bytes are zeros: no container claims it.
 */
export async function makeSparseFile(path: string, sizeBytes: number): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true });
  await file.truncate(sizeBytes);
  const encoder = new TextEncoder();
  const mark = async (at: number) => {
    await file.seek(at, Deno.SeekMode.Start);
    await file.write(encoder.encode(String(at).padStart(MARK_BYTES, ".")));
  };
  for (let at = MARK_EVERY_BYTES; at < sizeBytes - MARK_BYTES; at += MARK_EVERY_BYTES) {
    await mark(at - MARK_BYTES / 2);
  }
  await mark(sizeBytes - MARK_BYTES); // for the final part
  await file.utime(MODIFIED, MODIFIED);
}

/** Digests consecutive ranges of a file that have these sizes, as the sink does. */
export async function digestsOf(path: string, sizesBytes: readonly number[]): Promise<string[]> {
  using file = await Deno.open(path);
  const buffer = new Uint8Array(READ_BYTES);
  const digests: string[] = [];
  for (const sizeBytes of sizesBytes) {
    let crc = 0;
    for (let left = sizeBytes; left > 0;) {
      const count = file.readSync(buffer.subarray(0, Math.min(left, buffer.length)));
      if (count === null) throw new Error(`${path} is shorter than the parts that were stored`);
      crc = crc32(buffer.subarray(0, count), crc);
      left -= count;
    }
    digests.push(digestText(crc));
  }
  return digests;
}
