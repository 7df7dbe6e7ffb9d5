/** Bytes of chunked files (RIFF, W64, AIFF, CAF, ASF), built by hand. */
import { join } from "./bytes.ts";

/** Characters as bytes, Latin-1. */
export function text(characters: string): Uint8Array {
  return Uint8Array.from(characters, (character) => character.charCodeAt(0));
}

/** Four bytes, little-endian. */
export function u32le(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Eight bytes, little-endian. */
export function u64le(value: number | bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

/** Eight bytes, big-endian. */
export function u64be(value: number | bigint): Uint8Array {
  return u64le(value).reverse();
}

/** Hexadecimal digits as bytes. */
export function hex(digits: string): Uint8Array {
  return Uint8Array.fromHex(digits);
}

/** A RIFF chunk header with any size. */
export function riffHeader(id: string, size: number): Uint8Array {
  return join(text(id), u32le(size));
}

/** A whole RIFF chunk, padded to an even length. */
export function riffChunk(id: string, ...content: Uint8Array[]): Uint8Array {
  const inside = join(...content);
  return join(riffHeader(id, inside.length), inside, new Uint8Array(inside.length % 2));
}

/** A `LIST` chunk, or another with a form in front of its content. */
export function riffList(form: string, content: Uint8Array[], id = "LIST"): Uint8Array {
  return riffChunk(id, text(form), ...content);
}

/** A chunk with a GUID and a 64-bit size that includes its header, as in W64 and ASF. */
export function guidChunk(guid: string, content: Uint8Array, size?: number | bigint): Uint8Array {
  return join(hex(guid), u64le(size ?? 24 + content.length), content);
}
