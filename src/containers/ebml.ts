/**
 * Walks EBML elements, of which Matroska and WebM are made, by reading their headers only: RFC 8794. An
 * element is an ID of 1 to 4 bytes, a size of 1 to 8 bytes, and its data.
 */
import type { RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** Bytes of the longest element header: an ID of 4 (RFC 8794 §11.2.4, EBMLMaxIDLength) and a size of 8. */
export const HEADER_BYTES = 12;

/** One element: its header's bytes say where it ends. */
export interface Element {
  /** With its length marker, as specifications print it, such as 0x1A45DFA3. */
  readonly id: number;
  readonly start: number;
  readonly dataStart: number;
  /** Bytes of the size field, 1 to 8. */
  readonly sizeWidthBytes: number;
  /** Length of the data, or null for "unknown" (RFC 8794 §6.2). May lead behind the file's end. */
  readonly dataBytes: number | null;
}

/** Where a walk came to. */
export interface Walk {
  /** Elements that lie wholly in the file, in order. */
  readonly elements: readonly Element[];
  /**
   * `end`: the last element ends where the file ends. `asked`: {@linkcode Walk.last} is the element that
   * was asked for. `unfinished`: it does not lie wholly in the file, or its size is unknown. `zeros`:
   * nothing is written there. `broken`: no element can start there. `limit`: there is more than was
   * allowed.
   */
  readonly stop: "end" | "asked" | "unfinished" | "zeros" | "broken" | "limit";
  /** The element that the walk did not pass, if its header is there. */
  readonly last: Element | null;
  /** Offset at which the walk stopped. */
  readonly at: number;
}

/** How far to walk; see {@linkcode walkElements}. */
export interface WalkOptions {
  /** Headers to read at most, {@linkcode HEADER_BYTES} each. */
  readonly most: number;
  /** ID of the element to stop at. Default: none. */
  readonly until?: number;
  /** IDs that belong there; another one is `broken`. Default: every ID belongs there. */
  readonly ids?: readonly number[];
}

/** The elements of a file of `sizeBytes` from an offset on, one behind the other. */
export async function walkElements(
  read: RangeReader,
  sizeBytes: number,
  start: number,
  { most, until, ids }: WalkOptions,
): Promise<Walk> {
  const elements: Element[] = [];
  let at = start;
  const stopped = (stop: Walk["stop"], last: Element | null = null): Walk => {
    return { elements, stop, last, at };
  };
  while (at < sizeBytes) {
    if (elements.length >= most) return stopped("limit");
    const header = await readBytes(read, sizeBytes, at, HEADER_BYTES);
    const element = parseElement(header, at);
    if (element === "broken") {
      return stopped(header.every((byte) => byte === 0) ? "zeros" : element);
    }
    if (element === "short") return stopped("unfinished");
    if (ids !== undefined && !ids.includes(element.id)) return stopped("broken");
    if (element.id === until) return stopped("asked", element);
    const end = element.dataStart + (element.dataBytes ?? Infinity);
    if (end > sizeBytes) return stopped("unfinished", element);
    elements.push(element);
    at = end;
  }
  return stopped("end");
}

/** The element whose header `bytes` begins with; `short` where the header is cut off. */
export function parseElement(bytes: Uint8Array, start: number): Element | "short" | "broken" {
  const idBytes = widthOf(bytes[0]);
  if (idBytes === null) return "short";
  if (idBytes > 4) return "broken";
  const sizeWidthBytes = widthOf(bytes[idBytes]);
  if (sizeWidthBytes === null) return "short";
  if (sizeWidthBytes > 8) return "broken";
  const headerBytes = idBytes + sizeWidthBytes;
  if (bytes.length < headerBytes) return "short";
  // The marker goes before the bytes become a number: 2^56 and a small size are not exact together.
  const size = bytes.slice(idBytes, headerBytes);
  size[0]! &= 0xff >> sizeWidthBytes;
  return {
    id: number(bytes.subarray(0, idBytes)),
    start,
    dataStart: start + headerBytes,
    sizeWidthBytes,
    // All bits one: the writer does not know. Above 2^53 nothing is exact, and no file is so long.
    dataBytes: isUnknown(size) ? null : number(size),
  };
}

/**
 * True when the size has more bytes than its value needs: room that was kept for a size to come. RFC
 * 8794 §6.2 allows both.
 */
export function hasRoomInSize({ dataBytes, sizeWidthBytes }: Element): boolean {
  if (dataBytes === null) return true;
  return sizeWidthBytes > 1 && dataBytes < 2 ** (7 * (sizeWidthBytes - 1)) - 1;
}

/** Length of a variable-size integer by its first byte, 1 to 8; 9 where it has no marker. RFC 8794 §4. */
function widthOf(firstByte: number | undefined): number | null {
  return firstByte === undefined ? null : Math.clz32(firstByte) - 23;
}

function isUnknown(size: Uint8Array): boolean {
  return size[0] === 0xff >> size.length && size.subarray(1).every((byte) => byte === 0xff);
}

/** Big-endian; above 2^53 rounded. */
function number(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}
