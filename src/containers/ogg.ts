/**
 * Ogg: RFC 3533. A file is pages of several streams; each stream's first page is marked, in front of
 * all media, and so is its last one, which is what says that it is over. Nothing is ever patched:
 * ffmpeg 5.1 and GStreamer 1.22 only append (measured).
 */
import type { Container, Look, RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/**
 * A radio station's dump is one link of a chain behind the other (RFC 3533 §4): for a moment, between
 * two songs, it looks as if it were over.
 */
const SETTLE_MS = 2_000;

/** Bytes of a page's header without its segment table. RFC 3533 §6. */
const HEADER_BYTES = 27;

/** The longest page: header, 255 segments, and 255 bytes in each. RFC 3533 §6. */
const MOST_PAGE_BYTES = HEADER_BYTES + 255 + 255 * 255;

/** Where the first pages of all streams are found; a setup header of Vorbis takes 4 KB. */
const FRONT_BYTES = 32 * 1024;

/** Where the last pages of all streams are looked for, once the last of all says that it is one. */
const TAIL_BYTES = 192 * 1024;

/** header_type: the last page of its stream. RFC 3533 §6. */
const END_OF_STREAM = 4;

interface Page {
  readonly start: number;
  readonly end: number;
  readonly serial: number;
  readonly isLastOfStream: boolean;
}

/** True when a file's first bytes are those of an Ogg page. */
export function isOgg(head: Uint8Array): boolean {
  return isPageStart(head, 0);
}

/**
 * The Ogg family.
 *
 * - `final` when the file ends in a page and the last page of each stream says that it is the last;
 *   `open` when one does not.
 * - `undecidable` when the file ends in a stream's last page, but another stream's is too far away to be
 *   seen, or belongs to a later link of a chain.
 */
export const ogg: Container = {
  name: "ogg",
  async inspect(read, sizeBytes): Promise<Look> {
    return {
      verdict: await verdictOf(read, sizeBytes),
      container: "ogg",
      headBytes: 0,
      mediaStart: null,
      frontierBytes: sizeBytes,
      patched: [],
      settleMs: SETTLE_MS,
    };
  },
};

async function verdictOf(read: RangeReader, sizeBytes: number): Promise<Look["verdict"]> {
  const lastStart = Math.max(0, sizeBytes - MOST_PAGE_BYTES);
  const last = await readBytes(read, sizeBytes, lastStart, MOST_PAGE_BYTES);
  if (lastStart + last.length < sizeBytes) return "open";
  if (pagesToEnd(last).at(-1)?.isLastOfStream !== true) return "open";

  const tailStart = Math.max(0, sizeBytes - TAIL_BYTES);
  const before = await readBytes(read, sizeBytes, tailStart, lastStart - tailStart);
  if (tailStart + before.length < lastStart) return "open";
  const tail = new Uint8Array(before.length + last.length);
  tail.set(before);
  tail.set(last, before.length);
  const front = pagesFrom(await readBytes(read, sizeBytes, 0, FRONT_BYTES));
  const pages = pagesToEnd(tail);
  const isOver = new Map(front.map(({ serial, isLastOfStream }) => [serial, isLastOfStream]));
  const isOneLink = pages.every(({ serial }) => isOver.has(serial));
  for (const { serial, isLastOfStream } of pages) isOver.set(serial, isLastOfStream);
  if (pages.some(({ serial }) => isOver.get(serial) === false)) return "open";
  return isOneLink && [...isOver.values()].every((over) => over) ? "final" : "undecidable";
}

/** The pages that follow each other from the first byte on. */
function pagesFrom(bytes: Uint8Array): Page[] {
  const pages: Page[] = [];
  let at = 0;
  for (let page = pageAt(bytes, at); page !== null; page = pageAt(bytes, at)) {
    pages.push(page);
    at = page.end;
  }
  return pages;
}

/**
 * The pages that follow each other up to the last byte. Searched from behind: four letters in the media
 * may look like a page, but only what leads to the end is one, and of two the one around the other.
 */
function pagesToEnd(bytes: Uint8Array): Page[] {
  const leading = new Map<number, Page>();
  let first: Page | undefined;
  for (let at = bytes.length - HEADER_BYTES; at >= 0; at--) {
    const page = pageAt(bytes, at);
    if (page === null || (page.end !== bytes.length && !leading.has(page.end))) continue;
    leading.set(at, page);
    first = page;
  }
  const pages: Page[] = [];
  for (let page = first; page !== undefined; page = leading.get(page.end)) pages.push(page);
  return pages;
}

/** The page that begins at `at`, or null where none does; it may reach further than `bytes`. */
function pageAt(bytes: Uint8Array, at: number): Page | null {
  if (!isPageStart(bytes, at)) return null;
  const segments = bytes[at + HEADER_BYTES - 1]!;
  const table = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + segments);
  return {
    start: at,
    end: table.reduce((end, length) => end + length, at + HEADER_BYTES + segments),
    serial: new DataView(bytes.buffer, bytes.byteOffset + at).getUint32(14, true),
    isLastOfStream: (bytes[at + 5]! & END_OF_STREAM) !== 0,
  };
}

/** "OggS" and version 0, with room for the rest of the header. RFC 3533 §6. */
function isPageStart(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x4f && bytes[at + 1] === 0x67 && bytes[at + 2] === 0x67 &&
    bytes[at + 3] === 0x53 && bytes[at + 4] === 0 && at + HEADER_BYTES <= bytes.length;
}
