/**
 * ASF, that is WMV and WMA: Microsoft's Advanced Systems Format Specification 1.20.03. Objects with a
 * GUID and a 64-bit size that includes their own header; the header object holds others.
 */
import {
  type Chunk,
  type ChunkLayout,
  rangeOf,
  rangesWithin,
  sizeFieldOf,
  walkChunks,
} from "./chunks.ts";
import type { Container, Look, RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** The header, written anew behind the index, is ffmpeg's last write; but it is the only recorder measured. */
const SETTLE_MS = 2_000;

/** Objects read at the top of a file, and again in its header. */
const OBJECTS_A_LIST = 128;

const LAYOUT: ChunkLayout = {
  idBytes: 16,
  sizeFieldBytes: 8,
  littleEndian: true,
  countsHeader: true,
  alignBytes: 1,
};

const HEADER_GUID = "3026b2758e66cf11a6d900aa0062ce6c";
const FILE_PROPERTIES_GUID = "a1dcab8c47a9cf118ee400c00c205365";
const DATA_GUID = "3626b2758e66cf11a6d900aa0062ce6c";

/** Bytes of the header object in front of the first object inside it. §3.1. */
const HEADER_OBJECT_BYTES = 30;

/** Bytes of the data object in front of the first packet. §5.1. */
const DATA_OBJECT_BYTES = 50;

/** True when a file's first bytes are those of an ASF file. */
export function isAsf(head: Uint8Array): boolean {
  return head.subarray(0, 16).toHex() === HEADER_GUID;
}

/**
 * ASF. `final` when the stated size is the file's and its objects tile it. A file that says of itself
 * that it is a broadcast states no true size: `undecidable`.
 */
export const asf: Container = {
  name: "asf",
  async inspect(read, sizeBytes): Promise<Look> {
    const { chunks, stop, last, at } = await walkChunks(read, sizeBytes, LAYOUT, {
      start: 0,
      end: sizeBytes,
      most: OBJECTS_A_LIST,
    });
    const seen = last === null ? chunks : [...chunks, last];
    const data = seen.find(({ id }) => id === DATA_GUID) ?? null;
    const header = chunks.find(({ id }) => id === HEADER_GUID) ?? null;
    const stated = header === null ? null : await readProperties(read, sizeBytes, header);
    const isWhole = stop === "tiles" && data !== null && stated?.fileBytes === sizeBytes;
    const mediaStart = data === null ? null : data.start + DATA_OBJECT_BYTES;
    return {
      verdict: stated?.isBroadcast ? "undecidable" : isWhole ? "final" : "open",
      container: "asf",
      headBytes: Math.min(mediaStart ?? at + 16, sizeBytes + 16),
      mediaStart: mediaStart !== null && mediaStart <= sizeBytes ? mediaStart : null,
      frontierBytes: sizeBytes,
      patched: rangesWithin(sizeBytes, [
        ...(header === null ? [] : [rangeOf(header)]),
        ...(data === null ? [] : [{ start: sizeFieldOf(data, LAYOUT).start, end: mediaStart! }]),
      ]),
      settleMs: SETTLE_MS,
    };
  },
};

/** What the file properties object (§3.2) states, or null where there is none. */
async function readProperties(
  read: RangeReader,
  sizeBytes: number,
  header: Chunk,
): Promise<{ fileBytes: number; isBroadcast: boolean } | null> {
  const { last } = await walkChunks(read, sizeBytes, LAYOUT, {
    start: header.start + HEADER_OBJECT_BYTES,
    end: rangeOf(header).end,
    most: OBJECTS_A_LIST,
    until: ({ id }) => id === FILE_PROPERTIES_GUID,
  });
  if (last?.id !== FILE_PROPERTIES_GUID) return null;
  // A file id of 16 bytes, the size, 40 bytes of times and counts, then the flags.
  const properties = await readBytes(read, sizeBytes, last.payload + 16, 52);
  if (properties.length < 52) return null;
  const view = new DataView(properties.buffer, properties.byteOffset);
  return {
    fileBytes: Number(view.getBigUint64(0, true)),
    isBroadcast: (view.getUint32(48, true) & 1) === 1,
  };
}
