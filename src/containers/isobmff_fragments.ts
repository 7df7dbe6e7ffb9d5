/** What is special about fragmented files of the MOV and MP4 family; see isobmff.ts. */
import type { ByteRange } from "../recording/range.ts";
import type { Look, RangeReader } from "./container.ts";
import {
  type Box,
  type BoxReader,
  HEADER_BYTES,
  HOLE,
  isMedia,
  isSpare,
  parseBox,
  type Walk,
} from "./isobmff_boxes.ts";
import type { WalkMemory } from "./walk_memory.ts";

/** Major brands of Smooth Streaming, whose duration GStreamer's ismlmux never writes (measured). */
const SMOOTH_BRANDS = ["isml", "piff"];

/**
 * Goes on behind the boxes in front, from where the last look came to: the box that is open is the last
 * one. Kept for the next look is a box that is no room, so that the room in front of an open one is seen.
 */
export async function walkOn(
  reader: BoxReader,
  front: Walk,
  memory: WalkMemory,
  { read, sizeBytes, mediaStart }: {
    readonly read: RangeReader;
    readonly sizeBytes: number;
    readonly mediaStart: number;
  },
): Promise<Walk> {
  const from = Math.max(front.at, await memory.resume(read, sizeBytes, mediaStart));
  const tail = await reader.walk(from, sizeBytes);
  const kept = tail.boxes.findLast((box) => !isSpare(box));
  if (kept !== undefined) await memory.keep(read, sizeBytes, mediaStart, kept.start);
  return { ...tail, boxes: [...front.boxes, ...tail.boxes] };
}

/**
 * What the end of a fragmented file says; between fragments it is `open`.
 *
 * @param isUntimed Of its `moov`: see {@linkcode findFragmentedMoov}.
 */
export async function fragmentedVerdict(
  reader: BoxReader,
  walk: Walk,
  sizeBytes: number,
  isUntimed: boolean,
): Promise<Look["verdict"]> {
  if (walk.stop !== "tiles" && walk.stop !== "limit") return "open";
  if (await endsWithMfra(reader, sizeBytes)) return "final";
  return isUntimed ? "open" : "undecidable";
}

/**
 * True when the file's last box is `mfra`, found from behind: its last box `mfro` ends the file with
 * the length of the whole `mfra` (§8.8.11), so thousands of fragments need not be walked.
 */
async function endsWithMfra(reader: BoxReader, sizeBytes: number): Promise<boolean> {
  const tail = await reader.bytes(Math.max(0, sizeBytes - 16), 16);
  const mfro = parseBox(tail, sizeBytes - 16);
  if (tail.length < 16 || typeof mfro === "string" || mfro.type !== "mfro") return false;
  const start = sizeBytes - new DataView(tail.buffer, tail.byteOffset).getUint32(12);
  if (start < 0) return false;
  const mfra = parseBox(await reader.bytes(start, HEADER_BYTES), start);
  return typeof mfra !== "string" && mfra.type === "mfra" && mfra.end === sizeBytes;
}

/**
 * The first `moov`, if it holds `mvex`: GStreamer patches its times and, in hybrid files, its name.
 * `isUntimed`: its duration is 0 and will be written at the stop.
 */
export async function findFragmentedMoov(
  reader: BoxReader,
  boxes: readonly Box[],
): Promise<{ readonly range: ByteRange; readonly isUntimed: boolean } | null> {
  const index = boxes.findIndex((box) => box.type === "moov");
  const moov = boxes[index];
  if (moov === undefined || moov.end === null) return null;
  const inside = await reader.walk(moov.start + moov.headerBytes, moov.end);
  const mvex = inside.boxes.find((box) => box.type === "mvex");
  if (mvex === undefined) return null;
  const range = { start: startOfReserve(boxes.slice(0, index), moov.start), end: moov.end };
  return { range, isUntimed: await isUntimed(reader, mvex) && !(await isSmooth(reader)) };
}

/**
 * Whether `mvex` begins with an `mehd` of duration 0 (§8.8.2): GStreamer writes the duration at its stop,
 * also without an `mfra` (measured). ffmpeg writes no `mehd` at all.
 */
async function isUntimed(reader: BoxReader, mvex: Box): Promise<boolean> {
  const start = mvex.start + mvex.headerBytes;
  const bytes = await reader.bytes(start, 20);
  const mehd = parseBox(bytes, start);
  if (typeof mehd === "string" || mehd.type !== "mehd" || bytes.length < 20) return false;
  const isLong = bytes[8] === 1; // version 1 has 64 bits
  return bytes.subarray(12, isLong ? 20 : 16).every((byte) => byte === 0);
}

/** Whether the file begins with an `ftyp` of Smooth Streaming (§4.3: type, then the major brand). */
async function isSmooth(reader: BoxReader): Promise<boolean> {
  const text = String.fromCharCode(...await reader.bytes(4, 8));
  return SMOOTH_BRANDS.some((brand) => text === `ftyp${brand}`);
}

/**
 * Where the room in front of `start` begins that a recorder fills at its stop: `wide` or `free` for a
 * 64-bit size; before the first media also the hole of ffmpeg's `-moov_size` and the two index copies
 * of GStreamer's robust mode.
 */
export function startOfReserve(boxes: readonly Box[], start: number): number {
  const isInFront = !boxes.some(isMedia);
  const kept = boxes.findLastIndex((box) =>
    !isSpare(box) && !(isInFront && (box.type === HOLE || box.type === "moov"))
  );
  return boxes[kept + 1]?.start ?? start;
}
