/**
 * WAV and its 64-bit kinds: Microsoft and IBM, Multimedia Programming Interface and Data
 * Specifications 1.0 (RIFF, WAVE); EBU Tech 3285 (BWF: a WAV with a `bext` chunk); EBU Tech 3306 (RF64)
 * and ITU-R BS.2088 (BW64), which keep their true sizes in a `ds64` chunk.
 */
import type { ByteRange } from "../recording/range.ts";
import {
  type Chunk,
  latin1,
  rangeOf,
  rangesWithin,
  RIFF_LAYOUT,
  sizeFieldOf,
  walkChunks,
} from "./chunks.ts";
import type { Container, Look, RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/**
 * The size that decides is the last field that ffmpeg and GStreamer patch for PCM. But ffmpeg patches
 * `fact` (floating point) and `ds64` after it, and a recorder that keeps its header true while it
 * writes (Python's `wave`, libsndfile with automatic header update) is `final` between two blocks.
 */
const SETTLE_MS = 2_000;

/** Chunk headers read in front of the media; bext, fmt, fact and a few lists, not more. */
const CHUNKS_A_LOOK = 128;

/** A WAV file cannot state a greater size. */
const MOST_RIFF_BYTES = 8 + 0xffff_ffff;

/**
 * Sizes of a `data` chunk that is still to come, which a growing file may reach: that of a file without
 * samples, and GStreamer's. ffmpeg's 0xFFFFFFFF lies behind every file that can state its own size.
 */
const PLACEHOLDERS: readonly number[] = [0, 0x7fff_0000];

/** Bytes of a `ds64` chunk without a table, for which a `JUNK` chunk keeps room. EBU Tech 3306. */
const DS64_BYTES = 28;

/** True when a file's first bytes are those of a WAV, RF64 or BW64 file. */
export function isWave(head: Uint8Array): boolean {
  const isOne = ["RIFF", "RF64", "BW64"].includes(latin1(head.subarray(0, 4)));
  return isOne && latin1(head.subarray(8, 12)) === "WAVE";
}

/**
 * WAV, BWF, RF64 and BW64. `final` when the stated size is the file's and the media's lies inside it.
 *
 * ffmpeg leaves both sizes unset for ever in a WAV of over 4 GiB: from there on nothing tells, and it
 * is `undecidable`; unless room is kept for `ds64`, because such a recorder does patch its sizes.
 */
export const wave: Container = {
  name: "wave",
  async inspect(read, sizeBytes): Promise<Look> {
    const walk = await walkChunks(read, sizeBytes, RIFF_LAYOUT, {
      start: 12,
      end: sizeBytes,
      most: CHUNKS_A_LOOK,
      until: ({ id }) => id === "data",
    });
    const data = walk.stop === "found" ? walk.last : null;
    const [first] = walk.chunks;
    const sizes = await readSizes(read, sizeBytes, first, data);
    return {
      verdict: isFinal(sizes, data, sizeBytes)
        ? "final"
        : sizeBytes > MOST_RIFF_BYTES && sizes !== null && sizes.isLimited
        ? "undecidable"
        : "open",
      container: "wave",
      headBytes: data?.payload ?? Math.min(walk.at, sizeBytes) + 12,
      mediaStart: data?.payload ?? null,
      frontierBytes: sizeBytes,
      patched: rangesWithin(sizeBytes, patchedRanges(walk.chunks, data)),
      settleMs: SETTLE_MS,
    };
  },
};

interface Sizes {
  /** Where the file ends, without a last padding byte. */
  readonly fileEnd: number;
  readonly dataBytes: number;
  /** Whether 32 bits are all that this file has for its sizes. */
  readonly isLimited: boolean;
}

/** The sizes that the file states, or null while they are not there. */
async function readSizes(
  read: RangeReader,
  sizeBytes: number,
  first: Chunk | undefined,
  data: Chunk | null,
): Promise<Sizes | null> {
  const head = await readBytes(read, sizeBytes, 0, 20 + 16);
  if (data === null || head.length < 20 + 16) return null;
  const view = new DataView(head.buffer);
  if (latin1(head.subarray(0, 4)) === "RIFF") {
    const isLimited = !(first?.id === "JUNK" && first.payloadBytes >= DS64_BYTES);
    return { fileEnd: 8 + view.getUint32(4, true), dataBytes: data.payloadBytes, isLimited };
  }
  if (first?.id !== "ds64") return null;
  return {
    fileEnd: 8 + Number(view.getBigUint64(20, true)),
    dataBytes: data.payloadBytes === 0xffff_ffff
      ? Number(view.getBigUint64(28, true))
      : data.payloadBytes,
    isLimited: false,
  };
}

function isFinal(sizes: Sizes | null, data: Chunk | null, sizeBytes: number): boolean {
  if (sizes === null || data === null || PLACEHOLDERS.includes(sizes.dataBytes)) return false;
  const isPadded = sizes.fileEnd % 2 === 1 && sizes.fileEnd + 1 === sizeBytes;
  if (sizes.fileEnd !== sizeBytes && !isPadded) return false;
  return data.payload + sizes.dataBytes <= sizeBytes;
}

/** The sizes, and what is kept for 64-bit ones; `fact` counts the samples. */
function patchedRanges(chunks: readonly Chunk[], data: Chunk | null): ByteRange[] {
  const isRoom = (chunk: Chunk, index: number) =>
    index === 0 && ["JUNK", "ds64"].includes(chunk.id);
  return [
    { start: 0, end: 8 },
    ...chunks.filter((chunk, index) => isRoom(chunk, index) || chunk.id === "fact").map(rangeOf),
    ...(data === null ? [] : [sizeFieldOf(data, RIFF_LAYOUT)]),
  ];
}
