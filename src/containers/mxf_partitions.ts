/** Partitions of an MXF file: SMPTE ST 377-1. Reads keys, lengths and partition packs, no essence. */
import type { RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** Bytes of a key, and of the longest length behind it (ST 377-1, "KLV Coding": at most nine). */
const KEY_BYTES = 16;
const KLV_HEAD_BYTES = KEY_BYTES + 9;

/** Bytes of a partition pack's value that we need: up to and with IndexByteCount. "Partition Pack". */
const PACK_VALUE_BYTES = 48;

/** A key, a length and where the value lies. */
export interface Klv {
  /** 32 hexadecimal digits, with 00 for the registry's version (byte 8), which does not matter. */
  readonly key: string;
  readonly start: number;
  readonly value: number;
  /** Offset behind the value. From 2^53 on rounded: no file is so long, so nobody reads there. */
  readonly end: number;
}

/** A partition pack. Offsets in it count from the header partition, behind any run-in. */
export interface Partition {
  readonly kind: "header" | "body" | "footer";
  /** Closed: what it says is final. Only open ones change. §6.2.3. */
  readonly isClosed: boolean;
  readonly footerOffset: number;
  /** Offset in the file of what lies behind the pack. */
  readonly end: number;
  /** Bytes of header metadata and index that follow it. */
  readonly metadataBytes: number;
}

/** Keys without their last bytes: partition packs, fill, essence and system items. */
const PACK_PREFIX = "060e2b34020501000d01020101";
const FILL_KEY = /^060e2b34010101000301021001/;
const ESSENCE_KEY = /^060e2b34.{8}0d010301/;
const RANDOM_INDEX_KEY = "060e2b34020501000d01020101110100";

/** True for space without meaning. ST 377-1, "KLV Fill Items". */
export const isFill = ({ key }: Klv): boolean => FILL_KEY.test(key);

/** True for an item of essence or the system item in front of it. ST 379-2. */
export const isEssence = ({ key }: Klv): boolean => ESSENCE_KEY.test(key);

/** Offset of a partition pack's key in `bytes`, or -1: the first 11 bytes end any run-in. */
export function findPack(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(0x06); at >= 0; at = bytes.indexOf(0x06, at + 1)) {
    const key = bytes.subarray(at, at + KEY_BYTES);
    if (key.length === KEY_BYTES && keyOf(key).startsWith(PACK_PREFIX)) return at;
  }
  return -1;
}

/** The KLV at `start`, or null where none can be. */
export async function readKlv(
  read: RangeReader,
  sizeBytes: number,
  start: number,
): Promise<Klv | null> {
  const head = await readBytes(read, sizeBytes, start, KLV_HEAD_BYTES);
  const [first] = head.subarray(KEY_BYTES);
  if (first === undefined || head[0] !== 0x06 || head[1] !== 0x0e) return null;
  const longBytes = first < 0x80 ? 0 : first - 0x80;
  const value = start + KEY_BYTES + 1 + longBytes;
  if (first === 0x80 || value > start + head.length) return null;
  const long = head.subarray(KEY_BYTES + 1, KEY_BYTES + 1 + longBytes);
  const length = first < 0x80 ? first : long.reduce((sum, byte) => sum * 256 + byte, 0);
  return { key: keyOf(head.subarray(0, KEY_BYTES)), start, value, end: value + length };
}

/** The partition pack that `klv` is, or null if it is none or is cut off. */
export async function readPartition(
  read: RangeReader,
  sizeBytes: number,
  klv: Klv,
): Promise<Partition | null> {
  const kind = (["header", "body", "footer"] as const)[Number(klv.key.slice(26, 28)) - 2];
  if (!klv.key.startsWith(PACK_PREFIX) || kind === undefined) return null;
  const pack = await readBytes(read, sizeBytes, klv.value, PACK_VALUE_BYTES);
  if (pack.length < PACK_VALUE_BYTES || klv.end < klv.value + PACK_VALUE_BYTES) return null;
  const view = new DataView(pack.buffer, pack.byteOffset);
  const status = Number(klv.key.slice(28, 30));
  return {
    kind,
    isClosed: status === 2 || status === 4,
    footerOffset: Number(view.getBigUint64(24)),
    end: klv.end,
    metadataBytes: Number(view.getBigUint64(32)) + Number(view.getBigUint64(40)),
  };
}

/**
 * Offsets of all partitions, from the random index pack that ends the file, or null if none
 * does. At most `most`: the first ones, and the last one always.
 */
export async function readRandomIndex(
  read: RangeReader,
  sizeBytes: number,
  most: number,
): Promise<{ first: number[]; last: number } | null> {
  const length = await readBytes(read, sizeBytes, Math.max(0, sizeBytes - 4), 4);
  if (length.length < 4) return null;
  const start = sizeBytes - new DataView(length.buffer).getUint32(0);
  if (start < 0 || start >= sizeBytes) return null;
  const klv = await readKlv(read, sizeBytes, start);
  if (klv?.key !== RANDOM_INDEX_KEY || klv.end !== sizeBytes) return null;
  // Each entry is the id of the essence and the offset of a partition; the length ends the pack.
  const entries = Math.floor((klv.end - klv.value - 4) / 12);
  if (entries < 1) return null;
  const offsetsFrom = async (entry: number, count: number) => {
    const bytes = await readBytes(read, sizeBytes, klv.value + entry * 12, count * 12);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    return Array.from(
      { length: Math.floor(bytes.length / 12) },
      (_, index) => Number(view.getBigUint64(index * 12 + 4)),
    );
  };
  const [last] = await offsetsFrom(entries - 1, 1);
  if (last === undefined) return null;
  return { first: await offsetsFrom(0, Math.min(entries, most)), last };
}

function keyOf(bytes: Uint8Array): string {
  const hex = bytes.toHex();
  return `${hex.slice(0, 14)}00${hex.slice(16)}`;
}
