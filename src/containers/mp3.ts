/**
 * MP3: ISO/IEC 11172-3 frames behind an ID3v2 tag (id3.org, ID3v2.4.0 §3.1). No field of the standard
 * tells the length; the `Xing` or `Info` frame in front (Xing's VBR header, written by ffmpeg and LAME)
 * does: ffmpeg writes it with a length of 0 and patches it at the stop (measured: ffmpeg 5.1).
 */
import { latin1 } from "./chunks.ts";
import type { Container, Look, RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** The length is ffmpeg's last write; 2 s all the same, for only one writer was measured. */
const SETTLE_MS = 2_000;

/** Bytes of an ID3v2 header, and of the footer that may repeat it. */
const TAG_HEADER_BYTES = 10;

/** Bytes of an ID3v1 tag, which some writers append. */
const ID3V1_BYTES = 128;

/** Where `Xing` stands in its frame: behind the header and side information. ISO/IEC 11172-3 §2.4.1. */
const XING_OFFSETS = [36, 21, 13];

/** Bytes from a frame's start to behind the length in its Xing header. */
const XING_BYTES = 36 + 16;

/** No layer III frame is longer: 144 bytes times 320 kbit/s through 32 kHz, and one of padding. */
const MOST_FRAME_BYTES = 1441;

/**
 * True when a file's first bytes are those of an MP3 that we can know: an ID3v2 tag in front, with a
 * layer III frame behind it if that is in sight, or a Xing frame.
 */
export function isMp3(head: Uint8Array): boolean {
  const tagEnd = tagEndOf(head);
  const frame = head.subarray(tagEnd);
  if (tagEnd > 0 && frame.length < 4) return true;
  return isLayer3(frame) && (tagEnd > 0 || xingOffset(frame) !== null);
}

/**
 * MP3. `final` when the length in the Xing frame is that of the file behind its tag, `open` while it
 * is 0, `undecidable` without such a frame or with one that counts otherwise.
 */
export const mp3: Container = {
  name: "mp3",
  async inspect(read, sizeBytes): Promise<Look> {
    const start = tagEndOf(await readBytes(read, sizeBytes, 0, TAG_HEADER_BYTES));
    const frame = await readBytes(read, sizeBytes, start, XING_BYTES);
    const xing = isLayer3(frame) ? xingOffset(frame) : null;
    const end = Math.min(xing === null ? start : start + MOST_FRAME_BYTES, sizeBytes);
    return {
      verdict: xing === null
        ? "undecidable"
        : await verdictOf(read, sizeBytes, start, lengthAt(frame, xing)),
      container: "mp3",
      headBytes: end,
      mediaStart: isLayer3(frame) ? start : null,
      frontierBytes: sizeBytes,
      patched: start < end ? [{ start, end }] : [],
      settleMs: SETTLE_MS,
    };
  },
};

async function verdictOf(
  read: RangeReader,
  sizeBytes: number,
  start: number,
  lengthBytes: number | null,
): Promise<Look["verdict"]> {
  if (lengthBytes === null) return "undecidable";
  if (lengthBytes === 0) return "open";
  const end = start + lengthBytes;
  if (end === sizeBytes) return "final";
  if (end + ID3V1_BYTES !== sizeBytes) return "undecidable";
  return latin1(await readBytes(read, sizeBytes, end, 3)) === "TAG" ? "final" : "undecidable";
}

/** Offset behind the ID3v2 tag in front, or 0 if there is none. Its size has 7 bits in a byte. */
function tagEndOf(head: Uint8Array): number {
  if (latin1(head.subarray(0, 3)) !== "ID3" || head.length < TAG_HEADER_BYTES) return 0;
  const [flags = 0, ...size] = head.subarray(5, TAG_HEADER_BYTES);
  if (size.some((byte) => byte >= 0x80)) return 0;
  const footerBytes = (flags & 0x10) === 0 ? 0 : TAG_HEADER_BYTES;
  return TAG_HEADER_BYTES + size.reduce((sum, byte) => sum * 128 + byte, 0) + footerBytes;
}

/** True where a frame of MPEG audio layer III begins. */
function isLayer3(frame: Uint8Array): boolean {
  const [first = 0, second = 0] = frame;
  return first === 0xff && (second & 0xe6) === 0xe2;
}

/** Where in its frame the Xing header stands, or null if there is none. */
function xingOffset(frame: Uint8Array): number | null {
  const names = ["Xing", "Info"];
  return XING_OFFSETS.find((at) => names.includes(latin1(frame.subarray(at, at + 4)))) ?? null;
}

/** The length in a Xing header, or null if it has none: flag 1 for frames, 2 for the length. */
function lengthAt(frame: Uint8Array, xing: number): number | null {
  if (frame.length < xing + 16) return null;
  const view = new DataView(frame.buffer, frame.byteOffset + xing);
  const flags = view.getUint32(4);
  if ((flags & 2) === 0) return null;
  return view.getUint32((flags & 1) === 0 ? 8 : 12);
}
