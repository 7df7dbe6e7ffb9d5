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
  parseBox,
  type Walk,
} from "./isobmff_boxes.ts";
import {
  findFragmentedMoov,
  fragmentedVerdict,
  startOfReserve,
  walkOn,
} from "./isobmff_fragments.ts";

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
  async inspect(read, sizeBytes, memory): Promise<Look> {
    const reader = boxReader(read, sizeBytes);
    const front = await reader.walk(0, sizeBytes);
    const seen = front.last === null ? front.boxes : [...front.boxes, front.last];
    const media = seen.find(isMedia) ?? null;
    const fragmentedMoov = await findFragmentedMoov(reader, front.boxes);
    const isFragmented = fragmentedMoov !== null || seen.some((box) => box.type === "moof");
    const mediaStart = media === null ? null : await findMediaStart(reader, media);
    const isLong = isFragmented && front.stop === "limit" && mediaStart !== null;
    const walk = isLong && memory !== undefined
      ? await walkOn(reader, front, memory, { read, sizeBytes, mediaStart })
      : front;
    const placeholder = findPlaceholder(walk);
    return {
      verdict: isFragmented
        ? await fragmentedVerdict(reader, walk, sizeBytes, fragmentedMoov?.isUntimed ?? false)
        : plainVerdict(walk),
      container: "isobmff",
      headBytes: media === null ? headWithoutMedia(walk, sizeBytes) : headInFrontOf(media),
      mediaStart,
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

/** The header of an `mdat` whose size is not known yet, with what was kept in front of it. */
function findPlaceholder({ boxes, last }: Walk): ByteRange | null {
  if (last === null || last.type !== "mdat" || last.end !== null) return null;
  return { start: startOfReserve(boxes, last.start), end: last.start + last.headerBytes };
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
