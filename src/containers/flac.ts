/**
 * FLAC: RFC 9639. Metadata blocks, then frames. A recorder does not know the number of samples and the
 * checksum of them all; it leaves both 0 in STREAMINFO and writes them at its stop (measured: ffmpeg
 * 5.1, GStreamer 1.22). The file's size stands nowhere.
 */
import { latin1 } from "./chunks.ts";
import type { Container, Look, RangeReader } from "./container.ts";
import { reachesTotal, type StreamInfo } from "./flac_frames.ts";
import { readBytes } from "./read_bytes.ts";

/** STREAMINFO is ffmpeg's last write; a recorder that keeps a seek table has more to patch. */
const SETTLE_MS = 2_000;

/** Metadata blocks walked in one look; four bytes each are read. */
const BLOCKS_A_LOOK = 128;

/** Last bytes searched for a frame: eight channels of 24 bits at the longest block of common presets. */
const TAIL_BYTES = 128 * 1024;

/** Bytes of `fLaC`, the header of STREAMINFO and STREAMINFO itself, which is always first. §8.2. */
const INFO_END_BYTES = 42;

/** True when a file's first bytes are those of a FLAC stream of its own, without Ogg around it. */
export function isFlac(head: Uint8Array): boolean {
  return latin1(head.subarray(0, 4)) === "fLaC";
}

/**
 * FLAC. `open` while both total and checksum are 0. `final` when the last frame ends where the file
 * ends and reaches the total. `undecidable` otherwise: a copy of a stream has its checksum from the
 * beginning, and 0 may stay in the total, where it means "unknown".
 */
export const flac: Container = {
  name: "flac",
  async inspect(read, sizeBytes): Promise<Look> {
    const head = await readBytes(read, sizeBytes, 0, INFO_END_BYTES);
    const mediaStart = await findMediaStart(read, sizeBytes);
    return {
      verdict: head.length < INFO_END_BYTES ? "open" : await verdictOf(read, sizeBytes, head),
      container: "flac",
      headBytes: mediaStart ?? Math.min(INFO_END_BYTES, sizeBytes + 16),
      mediaStart,
      frontierBytes: sizeBytes,
      patched: sizeBytes > 8 ? [{ start: 8, end: Math.min(INFO_END_BYTES, sizeBytes) }] : [],
      settleMs: SETTLE_MS,
    };
  },
};

async function verdictOf(
  read: RangeReader,
  sizeBytes: number,
  head: Uint8Array,
): Promise<Look["verdict"]> {
  const info = parseStreamInfo(head);
  const isChecksumUnset = head.subarray(26, INFO_END_BYTES).every((byte) => byte === 0);
  if (info.totalSamples === 0) return isChecksumUnset ? "open" : "undecidable";
  const tailBytes = Math.min(TAIL_BYTES, Math.max(0, sizeBytes - INFO_END_BYTES));
  const tail = await readBytes(read, sizeBytes, sizeBytes - tailBytes, tailBytes);
  if (tail.length === tailBytes && reachesTotal(tail, info)) return "final";
  return isChecksumUnset ? "open" : "undecidable";
}

/** The total has 36 bits: the lower half of byte 21, and four more. */
function parseStreamInfo(head: Uint8Array): StreamInfo {
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  return {
    leastBlockSamples: view.getUint16(8),
    totalSamples: (view.getUint8(21) & 15) * 2 ** 32 + view.getUint32(22),
  };
}

/** Offset behind the last metadata block, or null where that is not in sight. §8.1. */
async function findMediaStart(read: RangeReader, sizeBytes: number): Promise<number | null> {
  let at = 4;
  for (let blocks = 0; blocks < BLOCKS_A_LOOK && at < sizeBytes; blocks++) {
    const head = await readBytes(read, sizeBytes, at, 4);
    if (head.length < 4) return null;
    const word = new DataView(head.buffer).getUint32(0);
    at += 4 + (word & 0xff_ffff);
    if (word >= 0x8000_0000) return at <= sizeBytes ? at : null;
  }
  return null;
}
