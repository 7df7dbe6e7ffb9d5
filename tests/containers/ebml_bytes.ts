/** Bytes of Matroska files, built by hand. */
import { join, media } from "./bytes.ts";

/** The size field that says "unknown", 1 to 8 bytes wide. */
export function unknownSize(widthBytes = 8): Uint8Array {
  const bytes = new Uint8Array(widthBytes).fill(0xff);
  bytes[0] = 0xff >> (widthBytes - 1);
  return bytes;
}

/** A size field; as short as it can be unless a width is given. */
export function size(value: number, widthBytes?: number): Uint8Array {
  let width = widthBytes ?? 1;
  while (widthBytes === undefined && value >= 2 ** (7 * width) - 1) width++;
  const bytes = new Uint8Array(width);
  let rest = value;
  for (let at = width - 1; at >= 0; at--) {
    bytes[at] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  bytes[0]! |= 0x80 >> (width - 1);
  return bytes;
}

/** An ID as specifications print it, such as "1A45DFA3". */
export function id(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}

/** A whole element. */
export function element(hex: string, content: Uint8Array, sizeWidthBytes?: number): Uint8Array {
  return join(id(hex), size(content.length, sizeWidthBytes), content);
}

/** An EBML header of 40 bytes or so. */
export function ebml(docType = "matroska"): Uint8Array {
  const version = element("4286", new Uint8Array([1]));
  const limits = join(element("42F2", new Uint8Array([4])), element("42F3", new Uint8Array([8])));
  const name = element("4282", new TextEncoder().encode(docType));
  return element("1A45DFA3", join(version, limits, name));
}

/** A Segment's ID and its size: a number, written 8 bytes wide, or nothing for "unknown". */
export function segment(dataBytes?: number): Uint8Array {
  return join(id("18538067"), dataBytes === undefined ? unknownSize() : size(dataBytes, 8));
}

/** What ffmpeg writes in front of the media: SeekHead, Void, Info, Tracks. */
export const front = join(
  element("114D9B74", media(65)),
  element("EC", new Uint8Array(82), 8),
  element("1549A966", media(75)),
  element("1654AE6B", media(143)),
);

/** A Cluster with its Timestamp and one SimpleBlock. */
export function cluster(mediaBytes: number, sizeWidthBytes?: number): Uint8Array {
  const timestamp = element("E7", new Uint8Array([7]));
  const content = join(timestamp, element("A3", media(mediaBytes)));
  return element("1F43B675", content, sizeWidthBytes);
}

/** A Cluster whose size is still to come: 12 bytes of header, and what is there of its media. */
export function openCluster(mediaBytes: number, sizeWidthBytes = 8): Uint8Array {
  const whole = cluster(mediaBytes, sizeWidthBytes);
  whole.set(unknownSize(sizeWidthBytes), 4);
  return whole;
}

/** Cues, which recorders write when they stop. */
export const cues = element("1C53BB6B", media(200));
