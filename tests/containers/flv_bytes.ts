/** Bytes of FLV files, built by hand. */
import { join, u32 } from "./bytes.ts";

/** The header, and the length 0 in front of the first tag. */
export const flvHeader = join(new TextEncoder().encode("FLV\x01\x05"), u32(9), u32(0));

/** A tag with its length behind it. */
export function tag(type: number, data: Uint8Array): Uint8Array {
  const header = new Uint8Array(11);
  header.set(u32(data.length), 0);
  header[0] = type;
  return join(header, data, u32(11 + data.length));
}

/** A property of a script: a number. */
export function numberProperty(name: string, value: number): Uint8Array {
  const double = new Uint8Array(8);
  new DataView(double.buffer).setFloat64(0, value);
  const text = new TextEncoder().encode(name);
  return join(new Uint8Array([0, text.length]), text, new Uint8Array([0]), double);
}

/** The script tag `onMetaData`. */
export function metaData(...properties: Uint8Array[]): Uint8Array {
  const name = new TextEncoder().encode("onMetaData");
  const begin = join(new Uint8Array([2, 0, name.length]), name, new Uint8Array([8]));
  const content = join(begin, u32(properties.length), ...properties, new Uint8Array([0, 0, 9]));
  return tag(18, content);
}
