/**
 * Walks files made of chunks (an id, a size, that many bytes) by reading the chunks' headers only.
 * RIFF, W64, AIFF, CAF and ASF are all such files; they differ in what {@linkcode ChunkLayout} says.
 */
import type { ByteRange } from "../recording/range.ts";
import type { RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** How one format writes its chunk headers. */
export interface ChunkLayout {
  /** 4 characters, or a GUID of 16 bytes. */
  readonly idBytes: 4 | 16;
  readonly sizeFieldBytes: 4 | 8;
  readonly littleEndian: boolean;
  /** Whether the stated size includes the header itself. */
  readonly countsHeader: boolean;
  /** Chunks begin at a multiple of this many bytes from their parent's start; the gap is not counted. */
  readonly alignBytes: 1 | 2 | 8;
}

/** RIFF: Microsoft and IBM, Multimedia Programming Interface and Data Specifications 1.0, chapter 2. */
export const RIFF_LAYOUT: ChunkLayout = {
  idBytes: 4,
  sizeFieldBytes: 4,
  littleEndian: true,
  countsHeader: false,
  alignBytes: 2,
};

/** One chunk, as its header states it. */
export interface Chunk {
  /** Four Latin-1 characters, or 32 hexadecimal digits of a GUID in file order. */
  readonly id: string;
  readonly start: number;
  /** Offset of the first byte behind the header. */
  readonly payload: number;
  /** Bytes behind the header. From 2^53 on rounded: no file is so long, so nobody reads there. */
  readonly payloadBytes: number;
  /** The payload's first four bytes as Latin-1 (fewer at the file's end): the type of a list or form. */
  readonly form: string;
}

/** Where a walk came to. */
export interface ChunkWalk {
  /** Chunks that lie wholly inside, in order. */
  readonly chunks: readonly Chunk[];
  /**
   * `tiles`: the last chunk ends where the walk was to end. `unfinished`: a header is cut off, or
   * {@linkcode ChunkWalk.last} states an end behind it. `broken`: no chunk is as short as this one
   * states. `limit`: more chunks than may be read. `found`: {@linkcode ChunkWalk.last} was wanted.
   */
  readonly stop: "tiles" | "unfinished" | "broken" | "limit" | "found";
  /** The chunk at which the walk stopped, if its header is there. */
  readonly last: Chunk | null;
  /** Offset at which the walk stopped; behind the end where the last chunk's padding is left out. */
  readonly at: number;
}

/** What to walk. */
export interface ChunkWalkOptions {
  /** Offset of the first chunk's header. */
  readonly start: number;
  /** Offset behind the last chunk; at most the file's size is read. */
  readonly end: number;
  /** Most headers to read. */
  readonly most: number;
  /** Stops the walk at the first chunk for which it is true. Default: walks on. */
  readonly until?: (chunk: Chunk) => boolean;
}

/**
 * Walks the chunks of a file of `sizeBytes` from one offset to another.
 *
 * @throws Only what `read` throws.
 */
export async function walkChunks(
  read: RangeReader,
  sizeBytes: number,
  layout: ChunkLayout,
  { start, end, most, until }: ChunkWalkOptions,
): Promise<ChunkWalk> {
  const headerBytes = layout.idBytes + layout.sizeFieldBytes;
  const chunks: Chunk[] = [];
  let at = start;
  const stopped = (stop: ChunkWalk["stop"], last: Chunk | null = null) => ({
    chunks,
    stop,
    last,
    at,
  });
  while (at < end) {
    if (chunks.length >= most) return stopped("limit");
    const head = await readBytes(read, sizeBytes, at, headerBytes + 4);
    const chunk = parseChunk(head, at, layout);
    if (chunk === null) return stopped("unfinished");
    if (chunk.payloadBytes < 0) return stopped("broken", chunk);
    if (until?.(chunk)) return stopped("found", chunk);
    const chunkEnd = chunk.payload + chunk.payloadBytes;
    if (chunkEnd > end) return stopped("unfinished", chunk);
    chunks.push(chunk);
    // Some writers leave out the padding of the last chunk: the walk then ends behind `end`.
    at = align(chunkEnd - start, layout.alignBytes) + start;
  }
  return stopped("tiles");
}

/** The next multiple of `alignBytes`. */
function align(offset: number, alignBytes: number): number {
  return Math.ceil(offset / alignBytes) * alignBytes;
}

/**
 * One chunk header, or null where it is cut off. `payloadBytes` is negative where the size includes
 * the header and is too small for it.
 */
export function parseChunk(head: Uint8Array, start: number, layout: ChunkLayout): Chunk | null {
  const { idBytes, sizeFieldBytes, littleEndian, countsHeader } = layout;
  const headerBytes = idBytes + sizeFieldBytes;
  if (head.length < headerBytes) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const size = sizeFieldBytes === 4
    ? view.getUint32(idBytes, littleEndian)
    : Number(view.getBigUint64(idBytes, littleEndian));
  const id = head.subarray(0, idBytes);
  return {
    id: idBytes === 4 ? latin1(id) : id.toHex(),
    start,
    payload: start + headerBytes,
    payloadBytes: countsHeader ? size - headerBytes : size,
    form: latin1(head.subarray(headerBytes, headerBytes + 4)),
  };
}

/** Ranges cut to a file of `sizeBytes`, without those that lie behind its end. */
export function rangesWithin(sizeBytes: number, ranges: readonly ByteRange[]): ByteRange[] {
  return ranges
    .map(({ start, end }) => ({ start, end: Math.min(end, sizeBytes) }))
    .filter(({ start, end }) => start < end);
}

/** Offsets of a chunk's size field, which a recorder patches at its stop. */
export function sizeFieldOf({ payload }: Chunk, { sizeFieldBytes }: ChunkLayout): ByteRange {
  return { start: payload - sizeFieldBytes, end: payload };
}

/** Offsets of a whole chunk, header and all. */
export function rangeOf({ start, payload, payloadBytes }: Chunk): ByteRange {
  return { start, end: payload + payloadBytes };
}

/** Bytes as text, one character each. */
export function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
