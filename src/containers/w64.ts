/**
 * W64: Sony Pictures Digital (Sonic Foundry), Wave64 File Format. A WAV with GUIDs for ids and 64-bit
 * sizes that include the chunk's header.
 */
import { type ChunkLayout, sizeFieldOf, walkChunks } from "./chunks.ts";
import type { Container, Look } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** The file's size is the last field ffmpeg patches; but see the settle time of wave.ts, for libsndfile writes W64 too. */
const SETTLE_MS = 2_000;

/** Chunk headers read in front of the media. */
const CHUNKS_A_LOOK = 64;

const LAYOUT: ChunkLayout = {
  idBytes: 16,
  sizeFieldBytes: 8,
  littleEndian: true,
  countsHeader: true,
  alignBytes: 8,
};

const RIFF_GUID = "726966662e91cf11a5d628db04c10000";
const WAVE_GUID = "77617665f3acd3118cd100c04f8edb8a";
const DATA_GUID = "64617461f3acd3118cd100c04f8edb8a";

/** Bytes of the file's own header: two GUIDs and the size between them. */
const HEADER_BYTES = 40;

/** True when a file's first bytes are those of a W64 file. */
export function isW64(head: Uint8Array): boolean {
  return head.subarray(0, 16).toHex() === RIFF_GUID &&
    head.subarray(24, HEADER_BYTES).toHex() === WAVE_GUID;
}

/** W64. `final` when the stated size is the file's and the media's lies inside it. */
export const w64: Container = {
  name: "w64",
  async inspect(read, sizeBytes): Promise<Look> {
    const head = await readBytes(read, sizeBytes, 0, HEADER_BYTES);
    const walk = await walkChunks(read, sizeBytes, LAYOUT, {
      start: HEADER_BYTES,
      end: sizeBytes,
      most: CHUNKS_A_LOOK,
      until: ({ id }) => id === DATA_GUID,
    });
    const data = walk.stop === "found" ? walk.last : null;
    const isWhole = head.length === HEADER_BYTES && data !== null && data.payloadBytes > 0 &&
      data.payload + data.payloadBytes <= sizeBytes &&
      Number(new DataView(head.buffer).getBigUint64(16, true)) === sizeBytes;
    return {
      verdict: isWhole ? "final" : "open",
      container: "w64",
      headBytes: data?.payload ?? Math.min(walk.at + 16, sizeBytes + 16),
      mediaStart: data?.payload ?? null,
      frontierBytes: sizeBytes,
      patched: data === null ? [] : [
        { start: 16, end: 24 },
        sizeFieldOf(data, LAYOUT),
      ],
      settleMs: SETTLE_MS,
    };
  },
};
