/** Bytes of Ogg files, built by hand. */
import { media } from "./bytes.ts";

/** Marks of a page. */
export const CONTINUED = 1;
export const FIRST = 2;
export const LAST = 4;

/** A page of one stream. */
export function page(serial: number, marks: number, content: Uint8Array = media(100)): Uint8Array {
  const segments = Math.floor(content.length / 255) + 1;
  const bytes = new Uint8Array(27 + segments + content.length);
  bytes.set(new TextEncoder().encode("OggS\0"));
  bytes[5] = marks;
  new DataView(bytes.buffer).setUint32(14, serial, true);
  bytes[26] = segments;
  bytes.fill(255, 27, 27 + segments);
  bytes[26 + segments] = content.length % 255;
  bytes.set(content, 27 + segments);
  return bytes;
}

/** The longest page there is, 65,307 bytes, of a stream that goes on. */
export function longestPage(serial: number): Uint8Array {
  const bytes = new Uint8Array(65_307).fill(255);
  bytes.set(page(serial, CONTINUED, media(1)).subarray(0, 26));
  bytes[26] = 255;
  return bytes;
}
