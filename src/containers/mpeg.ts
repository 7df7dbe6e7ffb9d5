/**
 * MPEG transport and program streams: ISO/IEC 13818-1 (ITU-T H.222.0) and ISO/IEC 11172-1. They are made
 * to be cut anywhere, so nothing in them says that they are over, and recorders only append (ffmpeg 5.1
 * and GStreamer 1.22, measured): the bytes may go, and the end is told by silence.
 */
import type { Container } from "./container.ts";
import { unknown } from "./unknown.ts";

/** First byte of a transport packet. ISO/IEC 13818-1 §2.4.3.2. */
const SYNC_BYTE = 0x47;

/** Packets that must begin with it; by chance they do in one file of 2^40. */
const PACKETS = 5;

/** Bytes of a packet and of what stands in front of it: plain, and with the time stamp of M2TS. */
const LAYOUTS = [{ packetBytes: 188, prefixBytes: 0 }, { packetBytes: 192, prefixBytes: 4 }];

/** True when a file's first bytes are packets of a transport stream, plain or of M2TS (Blu-ray, AVCHD). */
export function isMpegTransport(head: Uint8Array): boolean {
  return LAYOUTS.some(({ packetBytes, prefixBytes }) =>
    Array.from({ length: PACKETS }, (_, packet) => packet * packetBytes + prefixBytes)
      .every((at) => head[at] === SYNC_BYTE)
  );
}

/**
 * True when a file's first bytes are a pack header: of MPEG-2 (ISO/IEC 13818-1 §2.5.3.3, VOB) or of
 * MPEG-1 (ISO/IEC 11172-1 §2.4.3.2).
 */
export function isMpegProgram(head: Uint8Array): boolean {
  const [zero, zeroToo, one, code, first] = head;
  const isPack = zero === 0 && zeroToo === 0 && one === 1 && code === 0xba;
  return isPack && first !== undefined && ((first & 0xc4) === 0x44 || (first & 0xf1) === 0x21);
}

/** Transport streams, plain and M2TS: `undecidable` for ever. */
export const mpegTransport: Container = withoutRule("mpegts");

/**
 * Program streams: `undecidable` for ever. Their end code (ISO/IEC 13818-1 §2.5.3.1) is no rule: ffmpeg
 * does not write it, and streams may be joined behind it.
 */
export const mpegProgram: Container = withoutRule("mpegps");

/** Looks as {@linkcode unknown} does, and says what it is. */
function withoutRule(name: string): Container {
  const inspect: Container["inspect"] = async (read, sizeBytes) => ({
    ...await unknown.inspect(read, sizeBytes),
    container: name,
  });
  return { name, inspect };
}
