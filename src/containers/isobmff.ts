/**
 * MOV, MP4 and their fragmented and hybrid kinds: ISO/IEC 14496-12 and Apple's QuickTime File Format.
 *
 * A recorder does not know how much media will come. It writes an `mdat` of size 0, and at its stop the
 * index (`moov`) and that size. What is said here of ffmpeg 5.1 and 8.1, GStreamer 1.22 and OBS 29 was
 * measured: snapshots every 200 ms while they recorded, every 20 ms after the stop, compared bytewise.
 */
import type { ByteRange } from "../recording/range.ts";
import type { Container, Look } from "./container.ts";
import {
  type Box,
  type BoxReader,
  boxReader,
  HEADER_BYTES,
  HOLE,
  HOLE_SCAN_BYTES,
  isMedia,
  isSpare,
  parseBox,
  type Walk,
} from "./isobmff_boxes.ts";

/** Plain files: the field that decides is the last one written, so an unchanged moment is enough. */
const PLAIN_SETTLE_MS = 250;

/** Fragmented files: GStreamer patches the front after it appended `mfra`, which decides. */
const FRAGMENTED_SETTLE_MS = 2_000;

/** Boxes a file may begin with; `wide` and `pnot` are QuickTime's, `styp` and `sidx` those of segments. */
const FIRST_TYPES = [
  "ftyp",
  "styp",
  "wide",
  "mdat",
  "moov",
  "moof",
  "free",
  "skip",
  "pnot",
  "pdin",
  "sidx",
];

/** No first box but `mdat` is this long; four bytes of text, read as a size, are. */
const FIRST_BOX_MAX_BYTES = 64 * 1024 * 1024;

/** What lies in front of the media in the fragmented file that a hybrid's `mdat` covers (measured). */
const HYBRID_FRONT_TYPES = ["ftyp", "moov", "hoov", "free", "sidx"];

/** The longest front measured has two boxes; the rest is room. */
const HYBRID_FRONT_BOXES = 8;

/** True when a file's first 16 bytes can only be those of MOV, MP4 or their kin. */
export function isIsobmff(head: Uint8Array): boolean {
  const box = parseBox(head, 0);
  if (typeof box === "string" || !FIRST_TYPES.includes(box.type)) return false;
  return box.type === "mdat" || (box.end !== null && box.end <= FIRST_BOX_MAX_BYTES);
}

/**
 * The MOV and MP4 family.
 *
 * - Plain: `final` when boxes tile the file and `moov` and `mdat` are among them. Size 0 is a
 *   placeholder to us, though the standard allows it for a last box "to the end of the file".
 * - Fragmented (`mvex` in `moov`, or `moof`): a border between fragments tiles too, so only an `mfra`
 *   at the end (§8.8.9–8.8.11) says `final`; without one a file that tiles is `undecidable`.
 * - Hybrid: fragmented while open, plain once its `mdat` covers the fragments.
 */
export const isobmff: Container = {
  name: "isobmff",
  async inspect(read, sizeBytes): Promise<Look> {
    const reader = boxReader(read, sizeBytes);
    const walk = await reader.walk(0, sizeBytes);
    const seen = walk.last === null ? walk.boxes : [...walk.boxes, walk.last];
    const media = seen.find(isMedia) ?? null;
    const fragmentedMoov = await findFragmentedMoov(reader, walk.boxes);
    const isFragmented = fragmentedMoov !== null || seen.some((box) => box.type === "moof");
    const placeholder = findPlaceholder(walk);
    return {
      verdict: isFragmented
        ? await fragmentedVerdict(reader, walk, sizeBytes, fragmentedMoov?.isUntimed ?? false)
        : plainVerdict(walk),
      container: "isobmff",
      headBytes: media === null ? headWithoutMedia(walk, sizeBytes) : headInFrontOf(media),
      mediaStart: media === null ? null : await findMediaStart(reader, media),
      frontierBytes: isFragmented
        ? placeholder?.start ?? sizeBytes
        : plainFrontier(walk, sizeBytes),
      patched: [fragmentedMoov?.range ?? null, placeholder].filter((range) => range !== null),
      settleMs: isFragmented ? FRAGMENTED_SETTLE_MS : PLAIN_SETTLE_MS,
    };
  },
};

function plainVerdict(walk: Walk): Look["verdict"] {
  if (walk.stop === "limit") return "undecidable";
  const has = (type: string) => walk.boxes.some((box) => box.type === type);
  return walk.stop === "tiles" && has("moov") && has("mdat") ? "final" : "open";
}

async function fragmentedVerdict(
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

/** The first `moov`, if it holds `mvex`: GStreamer patches its times and, in hybrid files, its name. */
async function findFragmentedMoov(
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
  return { range, isUntimed: await isUntimed(reader, mvex) };
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

/** The header of an `mdat` whose size is not known yet, with what was kept in front of it. */
function findPlaceholder({ boxes, last }: Walk): ByteRange | null {
  if (last === null || last.type !== "mdat" || last.end !== null) return null;
  return { start: startOfReserve(boxes, last.start), end: last.start + last.headerBytes };
}

/**
 * Where the room in front of `start` begins that a recorder fills at its stop: `wide` or `free` for a
 * 64-bit size; before the first media also the hole of ffmpeg's `-moov_size` and the two index copies
 * of GStreamer's robust mode.
 */
function startOfReserve(boxes: readonly Box[], start: number): number {
  const isInFront = !boxes.some(isMedia);
  const kept = boxes.findLastIndex((box) =>
    !isSpare(box) && !(isInFront && (box.type === HOLE || box.type === "moov"))
  );
  return boxes[kept + 1]?.start ?? start;
}

/** With room for a 64-bit size, which some recorders put in place of the 32-bit one. */
function headInFrontOf(media: Box): number {
  return media.type === "mdat" ? media.start + HEADER_BYTES : media.start;
}

/** Before the first media: a `moov` or a hole that is still being written belongs to the head whole. */
function headWithoutMedia({ stop, last, at }: Walk, sizeBytes: number): number {
  if (last?.type === HOLE) return Math.min(sizeBytes, at + HOLE_SCAN_BYTES);
  if (last !== null && last.type !== "moov") return at + HEADER_BYTES;
  return stop === "broken" || stop === "limit" ? at : sizeBytes;
}

/**
 * Behind the first media header. The `mdat` of a finished hybrid file covers the fragmented one, from
 * its `ftyp` or `moov` on: there it is behind the first media header inside, as while recording.
 */
async function findMediaStart(reader: BoxReader, media: Box): Promise<number> {
  if (media.type === "moof") return media.start;
  const payload = media.start + media.headerBytes;
  const end = media.end ?? payload;
  let at = payload;
  for (let boxes = 0; boxes < HYBRID_FRONT_BOXES && at < end; boxes++) {
    const inner = parseBox(await reader.bytes(at, HEADER_BYTES), at);
    if (typeof inner === "string") break;
    if (isMedia(inner)) return inner.type === "moof" ? at : at + inner.headerBytes;
    if (inner.end === null || !HYBRID_FRONT_TYPES.includes(inner.type)) break;
    at = inner.end;
  }
  return payload;
}

/**
 * All of a plain file may go, with two exceptions. An index that is being written behind the media
 * waits: ffmpeg and OBS patch sizes inside it within milliseconds. Zeros there are room allocated in
 * advance. And where the media's size is in but no index is anywhere yet, the recorder is at its stop: it
 * may be moving all media to make room for an index in front (ffmpeg's faststart, measured), so nothing
 * of the media may go.
 */
function plainFrontier({ boxes, last, at }: Walk, sizeBytes: number): number {
  const media = boxes.find(isMedia);
  // Also in front of all media: ffmpeg's faststart writes the index over what it has just moved away.
  if (last?.type === "moov") return at;
  if (media === undefined || (last !== null && isMedia(last))) return sizeBytes;
  if (last?.type === HOLE) return at;
  return boxes.some((box) => box.type === "moov") ? sizeBytes : media.start;
}
