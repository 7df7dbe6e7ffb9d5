/**
 * Walks the boxes of an ISO base media or QuickTime file by reading their headers only. Bounded: a
 * walk reads at most {@linkcode BOXES_A_WALK} headers, a look {@linkcode HOLE_SCAN_BYTES} of zeros.
 */
import type { RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** Headers read in one walk, 16 bytes each; a look walks the file, its first `moov`, and on from where the last look came to. Plain files have under ten boxes; fragmented ones thousands. */
export const BOXES_A_WALK = 512;

/** How far a hole of zeros is searched for its end; with all headers a look stays below 256 KiB. */
export const HOLE_SCAN_BYTES = 224 * 1024;

/** Bytes of the longest box header (size, type, 64-bit size). ISO/IEC 14496-12 §4.2. */
export const HEADER_BYTES = 16;

/** Type of a run of zeros in front of the media, where `-moov_size` keeps room for the index. */
export const HOLE = "\0\0\0\0";

/** One box: its header's bytes say where it ends. */
export interface Box {
  /** Four characters, Latin-1. */
  readonly type: string;
  readonly start: number;
  /** 8, or 16 with a 64-bit size. */
  readonly headerBytes: number;
  /** Offset behind the box, or null for size 0: a recorder's placeholder. May lie behind the file's end. */
  readonly end: number | null;
}

/** Where a walk came to. */
export interface Walk {
  /** Boxes that lie wholly in the file, in order. */
  readonly boxes: readonly Box[];
  /**
   * `tiles`: the last box ends where the file ends. `unfinished`: {@linkcode Walk.last} does not.
   * `broken`: no box can start there. `limit`: there is more than one look may read.
   */
  readonly stop: "tiles" | "unfinished" | "broken" | "limit";
  /** The box that the walk could not pass, if its header is there. */
  readonly last: Box | null;
  /** Offset at which the walk stopped. */
  readonly at: number;
}

/** True for the boxes that hold media, or lead a fragment of it. ISO/IEC 14496-12 §8.1.1, §8.8.4. */
export const isMedia = (box: Box): boolean => box.type === "mdat" || box.type === "moof";

/** True for boxes without meaning, kept for a header that may grow. QuickTime File Format, "wide". */
export const isSpare = (box: Box): boolean => ["wide", "free", "skip"].includes(box.type);

/** Reads box headers of one file during one look. */
export interface BoxReader {
  /** Bytes at `start`, up to `lengthBytes`; fewer at the file's end or where it was cut short. */
  bytes(start: number, lengthBytes: number): Promise<Uint8Array>;
  /** The boxes between two offsets; `end` is the file's or the enclosing box's. */
  walk(start: number, end: number): Promise<Walk>;
}

/** A {@linkcode BoxReader} for one look at a file of `sizeBytes`; it never reads behind them. */
export function boxReader(read: RangeReader, sizeBytes: number): BoxReader {
  let holesLeft = 1;

  const bytes = (start: number, lengthBytes: number) =>
    readBytes(read, sizeBytes, start, lengthBytes);

  async function walk(start: number, end: number): Promise<Walk> {
    const boxes: Box[] = [];
    let at = start;
    let headersLeft = BOXES_A_WALK;
    const stopped = (stop: Walk["stop"], last: Box | null = null): Walk => ({
      boxes,
      stop,
      last,
      at,
    });
    while (at < end) {
      if (headersLeft-- <= 0) return stopped("limit");
      const head = await bytes(at, Math.min(HEADER_BYTES, end - at));
      const box = parseBox(head, at);
      if (box === "short") return stopped("unfinished");
      if (box === "broken") return stopped("broken");
      const boxEnd = box.type === HOLE && !boxes.some(isMedia) ? await holeEnd(at) : box.end;
      if (boxEnd === null || boxEnd > end) return stopped("unfinished", box);
      boxes.push({ ...box, end: boxEnd });
      at = boxEnd;
    }
    return stopped("tiles");
  }

  /** Where the first box behind a hole starts, or null where that is too far to see. */
  async function holeEnd(start: number): Promise<number | null> {
    if (holesLeft-- <= 0) return null;
    const scanned = await bytes(start, HOLE_SCAN_BYTES);
    let filled = 0;
    while (filled < scanned.length && scanned[filled] === 0) filled++;
    // The first byte that is not zero belongs to the size of the next box, or to its type.
    for (let offset = Math.max(0, filled - 4); offset <= filled; offset++) {
      const box = parseBox(scanned.subarray(offset, offset + HEADER_BYTES), start + offset);
      if (typeof box === "object" && (isSpare(box) || isMedia(box))) return box.start;
    }
    return null;
  }

  return { bytes, walk };
}

/**
 * One box header. Size 1 stands for a 64-bit size behind the type, size 0 for "to the end of the file"
 * (ISO/IEC 14496-12 §4.2), which is what recorders write until they know better. Sizes from 2^53 on
 * are rounded: no file is so long, so nobody reads there. `short` where the header is cut off.
 */
export function parseBox(head: Uint8Array, start: number): Box | "short" | "broken" {
  if (head.length < 8) return "short";
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const type = String.fromCharCode(...head.subarray(4, 8));
  const size = view.getUint32(0);
  if (size === 0) return { type, start, headerBytes: 8, end: null };
  if (size >= 8) return { type, start, headerBytes: 8, end: start + size };
  if (size !== 1) return "broken";
  if (head.length < HEADER_BYTES) return "short";
  const long = Number(view.getBigUint64(8));
  if (long === 0) return { type, start, headerBytes: HEADER_BYTES, end: null };
  if (long < HEADER_BYTES) return "broken";
  return { type, start, headerBytes: HEADER_BYTES, end: start + long };
}
