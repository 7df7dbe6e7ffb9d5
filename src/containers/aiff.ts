/**
 * AIFF and AIFF-C: Apple's Audio Interchange File Format 1.3 and its AIFF-C draft of 1991. One FORM
 * chunk with a description (`COMM`) and the samples (`SSND`) inside, all big-endian.
 */
import {
  type ChunkLayout,
  latin1,
  rangeOf,
  rangesWithin,
  sizeFieldOf,
  walkChunks,
} from "./chunks.ts";
import type { Container, Look } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/**
 * ffmpeg patches `FORM`, `COMM`, `SSND` in this order, and all three decide. But a recorder that keeps
 * its sizes true while it writes, such as libsndfile can, is `final` between two of its blocks.
 */
const SETTLE_MS = 2_000;

/** Chunk headers read in one look. */
const CHUNKS_A_LOOK = 128;

/** An AIFF file cannot state a greater size. */
const MOST_FORM_BYTES = 8 + 0xffff_ffff;

/** Sizes of an `SSND` that is still to come: ffmpeg's and GStreamer's. 8 has no samples yet. */
const PLACEHOLDERS: readonly number[] = [0, 8, 0x7fff_0008];

const LAYOUT: ChunkLayout = {
  idBytes: 4,
  sizeFieldBytes: 4,
  littleEndian: false,
  countsHeader: false,
  alignBytes: 2,
};

/** True when a file's first bytes are those of an AIFF or AIFF-C file. */
export function isAiff(head: Uint8Array): boolean {
  const form = latin1(head.subarray(8, 12));
  return latin1(head.subarray(0, 4)) === "FORM" && (form === "AIFF" || form === "AIFC");
}

/**
 * AIFF. `final` when the FORM ends where the file ends, its chunks tile it and `SSND` has samples.
 * `undecidable` over 4 GiB, for which the format has no sizes.
 */
export const aiff: Container = {
  name: "aiff",
  async inspect(read, sizeBytes): Promise<Look> {
    const head = await readBytes(read, sizeBytes, 0, 8);
    const { chunks, stop, last, at } = await walkChunks(read, sizeBytes, LAYOUT, {
      start: 12,
      end: sizeBytes,
      most: CHUNKS_A_LOOK,
    });
    const seen = last === null ? chunks : [...chunks, last];
    const sound = seen.find(({ id }) => id === "SSND") ?? null;
    const comm = seen.find(({ id }) => id === "COMM") ?? null;
    const formEnd = head.length === 8 ? 8 + new DataView(head.buffer).getUint32(4) : 0;
    const isWhole = stop === "tiles" && comm !== null && sound !== null &&
      !PLACEHOLDERS.includes(sound.payloadBytes) &&
      (formEnd === sizeBytes || (formEnd % 2 === 1 && formEnd + 1 === sizeBytes));
    // Behind the SSND's header lie an offset and a block size, four bytes each.
    const mediaStart = sound === null ? null : sound.payload + 8;
    return {
      verdict: isWhole ? "final" : sizeBytes > MOST_FORM_BYTES ? "undecidable" : "open",
      container: "aiff",
      headBytes: mediaStart ?? Math.min(at, sizeBytes) + 16,
      mediaStart,
      frontierBytes: sizeBytes,
      patched: rangesWithin(sizeBytes, [
        { start: 4, end: 8 },
        ...(comm === null ? [] : [rangeOf(comm)]),
        ...(sound === null ? [] : [sizeFieldOf(sound, LAYOUT)]),
      ]),
      settleMs: SETTLE_MS,
    };
  },
};
