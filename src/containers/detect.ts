import type { Container, RangeReader } from "./container.ts";
import { aiff, isAiff } from "./aiff.ts";
import { asf, isAsf } from "./asf.ts";
import { avi, isAvi } from "./avi.ts";
import { caf, isCaf } from "./caf.ts";
import { flac, isFlac } from "./flac.ts";
import { flv, isFlv } from "./flv.ts";
import { isIsobmff, isobmff } from "./isobmff.ts";
import { isMatroska, matroska } from "./matroska.ts";
import { isMp3, mp3 } from "./mp3.ts";
import { isMxf, mxf } from "./mxf.ts";
import { isMpegProgram, isMpegTransport, mpegProgram, mpegTransport } from "./mpeg.ts";
import { isOgg, ogg } from "./ogg.ts";
import { readBytes } from "./read_bytes.ts";
import { unknown } from "./unknown.ts";
import { isW64, w64 } from "./w64.ts";
import { isWave, wave } from "./wave.ts";

/** Bytes that every family gets to know its own by; MPEG-TS needs a few packets of up to 192 bytes. */
const HEAD_BYTES = 1024;

/**
 * Each family: how it knows its own by the first bytes of a file (up to {@linkcode HEAD_BYTES}), and
 * what looks at them then. No two know the same bytes, so the order does not matter.
 */
const FAMILIES: readonly (readonly [is: (head: Uint8Array) => boolean, container: Container])[] = [
  [isIsobmff, isobmff],
  [isMatroska, matroska],
  [isFlv, flv],
  [isOgg, ogg],
  [isMpegTransport, mpegTransport],
  [isMpegProgram, mpegProgram],
  [isAvi, avi],
  [isWave, wave],
  [isW64, w64],
  [isAiff, aiff],
  [isCaf, caf],
  [isAsf, asf],
  [isFlac, flac],
  [isMp3, mp3],
  [isMxf, mxf],
];

/**
 * Which container a file of `sizeBytes` is, by its first bytes alone: names are given by people and
 * cameras, and a growing file often carries a temporary one. A file too short to tell, or still full
 * of zeros, is {@linkcode unknown}: ask again when it has grown.
 *
 * @throws Only what `read` throws.
 */
export async function detect(read: RangeReader, sizeBytes: number): Promise<Container> {
  const head = await readBytes(read, sizeBytes, 0, HEAD_BYTES);
  return FAMILIES.find(([is]) => is(head))?.[1] ?? unknown;
}
