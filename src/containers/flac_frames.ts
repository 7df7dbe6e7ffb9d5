/** The end of a FLAC stream, found from behind: RFC 9639 §9. */

/** What the STREAMINFO block says that is needed to know the last frame. RFC 9639 §8.2. */
export interface StreamInfo {
  readonly leastBlockSamples: number;
  /** 0 while it is unknown. */
  readonly totalSamples: number;
}

/** Frames of which the checksum over all bytes is computed in one search; the rest is not searched. */
const MOST_CHECKS = 4;

/**
 * True when the last frame in `tail`, the file's last bytes, ends with them, unbroken, and is the one
 * that reaches the stated total: then the stream is as long as its header says.
 */
export function reachesTotal(tail: Uint8Array, info: StreamInfo): boolean {
  if (info.totalSamples === 0) return false;
  let checks = 0;
  for (let at = tail.length - 2; at >= 0 && checks < MOST_CHECKS; at--) {
    if (tail[at] !== 0xff || (tail[at + 1]! & 0xfe) !== 0xf8) continue;
    if (endOfFrame(tail.subarray(at), info.leastBlockSamples) !== info.totalSamples) continue;
    checks++;
    if (crc16(tail.subarray(at)) === 0) return true;
  }
  return false;
}

/** The number of the first sample behind a frame, or null where no frame header is. §9.1. */
function endOfFrame(frame: Uint8Array, blockSamples: number): number | null {
  const [, second = 0, sizes = 0] = frame;
  const number = codedNumber(frame.subarray(4, 11));
  if (number === null) return null;
  let at = 4 + number.lengthBytes;
  const sizeCode = sizes >> 4;
  let samples = sizeCode >= 8 ? 1 << sizeCode : sizeCode === 1 ? 192 : 144 << sizeCode;
  if (sizeCode === 0) return null;
  if (sizeCode === 6) samples = (frame[at++] ?? 0) + 1;
  if (sizeCode === 7) samples = (frame[at++] ?? 0) * 256 + (frame[at++] ?? 0) + 1;
  const rateCode = sizes & 15;
  if (rateCode === 12) at++;
  if (rateCode === 13 || rateCode === 14) at += 2;
  // The checksum over a header with its own checksum is 0.
  if (at >= frame.length || crc8(frame.subarray(0, at + 1)) !== 0) return null;
  const isVariable = (second & 1) === 1;
  return (isVariable ? number.value : number.value * blockSamples) + samples;
}

/** A number of 36 bits in one to seven bytes, as UTF-8 writes characters. §9.1.5. */
function codedNumber(bytes: Uint8Array): { value: number; lengthBytes: number } | null {
  const [first] = bytes;
  if (first === undefined || first === 0xff) return null;
  const ones = Math.clz32(~(first << 24));
  if (ones === 0) return { value: first, lengthBytes: 1 };
  if (ones === 1 || bytes.length < ones) return null;
  let value = first & (0x7f >> ones);
  for (const byte of bytes.subarray(1, ones)) {
    if ((byte & 0xc0) !== 0x80) return null;
    value = value * 64 + (byte & 0x3f);
  }
  return { value, lengthBytes: ones };
}

/** CRC-8 with the polynomial x^8 + x^2 + x + 1. §9.1.8. */
function crc8(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80 ? (crc << 1 ^ 0x07) & 0xff : crc << 1;
  }
  return crc;
}

/** CRC-16 with the polynomial x^16 + x^15 + x^2 + 1; 0 over a frame with its own checksum. §9.3. */
function crc16(bytes: Uint8Array): number {
  let crc = 0;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1 ^ 0x8005) & 0xffff : crc << 1;
  }
  return crc;
}
