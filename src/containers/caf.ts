/** CAF: Apple's Core Audio Format Specification 1.0. Chunks with signed 64-bit sizes, big-endian. */
import {
  type Chunk,
  type ChunkLayout,
  latin1,
  rangesWithin,
  sizeFieldOf,
  walkChunks,
} from "./chunks.ts";
import type { Container, Look, RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/**
 * ffmpeg's last write decides, the size or the packet table. But a recorder that keeps its sizes true
 * while it writes, such as libsndfile can, is `final` between two of its blocks.
 */
const SETTLE_MS = 2_000;

/** Chunk headers read in one look. */
const CHUNKS_A_LOOK = 128;

const LAYOUT: ChunkLayout = {
  idBytes: 4,
  sizeFieldBytes: 8,
  littleEndian: false,
  countsHeader: false,
  alignBytes: 1,
};

/** Bytes of the file header: `caff`, version, flags. */
const HEADER_BYTES = 8;

/** True when a file's first bytes are those of a CAF file of the only version there is. */
export function isCaf(head: Uint8Array): boolean {
  return latin1(head.subarray(0, 6)) === "caff\0\u0001";
}

/**
 * CAF. `final` when its chunks tile the file, `data` has a size and content, and the packet table
 * (`pakt`) is there where packets vary in size. A `data` size of -1, "to the end of the file", is
 * what recorders write until they know better: `open`, though the specification allows it to stay.
 */
export const caf: Container = {
  name: "caf",
  async inspect(read, sizeBytes): Promise<Look> {
    const { chunks, stop, last, at } = await walkChunks(read, sizeBytes, LAYOUT, {
      start: HEADER_BYTES,
      end: sizeBytes,
      most: CHUNKS_A_LOOK,
    });
    const seen = last === null ? chunks : [...chunks, last];
    const data = seen.find(({ id }) => id === "data") ?? null;
    const isWhole = stop === "tiles" && data !== null && data.payloadBytes > 4 &&
      (chunks.some(({ id }) => id === "pakt") || await hasEqualPackets(read, sizeBytes, chunks));
    // Behind the header of data lies an edit count of four bytes.
    const mediaStart = data === null ? null : data.payload + 4;
    return {
      verdict: isWhole ? "final" : "open",
      container: "caf",
      headBytes: mediaStart ?? Math.min(at, sizeBytes) + 16,
      mediaStart,
      frontierBytes: sizeBytes,
      patched: data === null ? [] : rangesWithin(sizeBytes, [sizeFieldOf(data, LAYOUT)]),
      settleMs: SETTLE_MS,
    };
  },
};

/** Whether the description states the bytes and the frames of a packet; 0 means that they vary. */
async function hasEqualPackets(
  read: RangeReader,
  sizeBytes: number,
  chunks: readonly Chunk[],
): Promise<boolean> {
  const desc = chunks.find(({ id }) => id === "desc");
  if (desc === undefined) return false;
  const description = await readBytes(read, sizeBytes, desc.payload, 24);
  if (description.length < 24) return false;
  const view = new DataView(description.buffer, description.byteOffset);
  return view.getUint32(16) !== 0 && view.getUint32(20) !== 0;
}
