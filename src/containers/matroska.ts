/**
 * Matroska and WebM: RFC 9559, made of EBML (RFC 8794).
 *
 * A file is one Segment, whose size is unknown until the recorder stops, of some elements in front and
 * then Clusters of media. What is said here of ffmpeg 5.1 and 8.1, GStreamer 1.22 and OBS 29 was
 * measured: snapshots every 200 ms while they recorded, every 20 ms after the stop, compared bytewise.
 */
import type { Container, Look, RangeReader } from "./container.ts";
import {
  type Element,
  hasRoomInSize,
  HEADER_BYTES,
  parseElement,
  type Walk,
  walkElements,
  type WalkOptions,
} from "./ebml.ts";
import { readBytes } from "./read_bytes.ts";
import type { WalkMemory } from "./walk_memory.ts";

/** The Segment's size, which decides, is the last field that ffmpeg, OBS and GStreamer write. */
const SETTLE_MS = 250;

/** IDs of elements: EBML and DocType (RFC 8794 §11.2.1, §11.2.6), Segment and Cluster (RFC 9559 §5.1, §5.1.3). */
const ID = { ebml: 0x1a45dfa3, docType: 0x4282, segment: 0x18538067, cluster: 0x1f43b675 };

/**
 * IDs between and behind Clusters: SeekHead, Info, Tracks, Cluster, Cues, Attachments, Chapters, Tags
 * (RFC 9559 §5.1.1 to §5.1.8) and Void (RFC 8794 §11.3.2).
 */
const SEGMENT_IDS = [
  ...[0x114d9b74, 0x1549a966, 0x1654ae6b, ID.cluster, 0x1c53bb6b, 0x1941a469, 0x1043a770],
  ...[0x1254c367, 0xec],
];

/** What DocType may say. RFC 9559 §4.3; WebM Container Guidelines, "Document Type". */
const DOC_TYPES = ["matroska", "webm"];

/** Elements in front of the first Cluster; eight IDs are defined there, of which Tags may repeat. */
const FRONT_ELEMENTS = 64;

/**
 * Clusters walked from the first one on, and from where the last look came to, 12 bytes and one read each. GStreamer's last 0.5 to 5 s, so this reaches
 * 2 to 20 minutes; a recording of hours has thousands.
 */
const CLUSTERS_A_WALK = 256;

/** The Cluster that is open is taken to be at most this often as long as the longest one walked. */
const LONGEST_TIMES = 2;

/** True when a file's first bytes are an EBML header that names Matroska or WebM. */
export function isMatroska(head: Uint8Array): boolean {
  const header = parseElement(head, 0);
  if (typeof header === "string" || header.id !== ID.ebml || header.dataBytes === null) {
    return false;
  }
  const end = Math.min(head.length, header.dataStart + header.dataBytes);
  let at = header.dataStart;
  while (at < end) {
    const child = parseElement(head.subarray(at, end), at);
    if (typeof child === "string" || child.dataBytes === null) return false;
    at = child.dataStart + child.dataBytes;
    if (child.id !== ID.docType) continue;
    const text = String.fromCharCode(...head.subarray(child.dataStart, Math.min(at, end)));
    return DOC_TYPES.includes(text.replace(/\0+$/, ""));
  }
  return false;
}

/**
 * The Matroska and WebM family.
 *
 * - `final` when the Segment ends where the file ends; `open` while its size is unknown, which of a
 *   live stream (ffmpeg `-live 1`, GStreamer `streamable=true`) it stays for ever.
 * - The head is all in front of the first Cluster, and that Cluster's header, whose size GStreamer
 *   patches when the second one begins.
 */
export const matroska: Container = {
  name: "matroska",
  async inspect(read, sizeBytes, memory): Promise<Look> {
    const segment = await findSegment(read, sizeBytes);
    const from = segment?.dataStart ?? 0;
    const front = await walkElements(read, sizeBytes, from, {
      most: FRONT_ELEMENTS,
      until: ID.cluster,
    });
    const first = front.stop === "asked" ? front.last : null;
    const isFinal = segment !== null && segment.dataBytes !== null &&
      segment.dataStart + segment.dataBytes === sizeBytes;
    const open = first === null || isFinal ? null : await findOpen(read, sizeBytes, first, memory);
    const headBytes = first === null ? headWithoutMedia(front, sizeBytes) : endOfHeader(first);
    return {
      verdict: isFinal ? "final" : "open",
      container: "matroska",
      headBytes,
      mediaStart: first?.start ?? null,
      frontierBytes: first === null && front.stop === "zeros" ? front.at : open?.start ?? sizeBytes,
      patched: [
        ...(segment !== null && first !== null
          ? [{ start: segment.dataStart - segment.sizeWidthBytes, end: headBytes }]
          : []),
        ...(open?.cluster ? [{ start: open.start, end: endOfHeader(open.cluster) }] : []),
      ],
      settleMs: SETTLE_MS,
    };
  },
};

/** The Segment behind the EBML header, or null while it is not there. */
async function findSegment(read: RangeReader, sizeBytes: number): Promise<Element | null> {
  const { stop, last } = await walkElements(read, sizeBytes, 0, { most: 2, until: ID.segment });
  return stop === "asked" ? last : null;
}

/**
 * Where that begins which must not go yet: a Cluster whose size is still to come, or zeros; null when
 * all may go.
 *
 * - ffmpeg and OBS write a Cluster when it is whole, its size as short as it can be: all may go.
 * - GStreamer keeps 8 bytes for the size, and patches them when the next Cluster begins: all up to the
 *   last Cluster. A memory finds it however many there are. Without one, or until it has caught up, what
 *   the open one may hold is kept back, by the length of those walked. If it is longer, a few bytes have gone too early, and the part that holds
 *   them is found changed and sent again. To search for the Cluster from behind would be in vain: one
 *   of 1.2 to 40 MB (measured) rarely begins within the bytes that a look may read.
 * - A first Cluster of unknown size is the only one, its header in the head; or the stream is live and
 *   no size will ever come. Either way all may go.
 * - No element behind the first Cluster, where one should be: ffmpeg has begun to move all Clusters for
 *   Cues in front. None may go until that is over.
 */
async function findOpen(
  read: RangeReader,
  sizeBytes: number,
  first: Element,
  memory: WalkMemory | undefined,
): Promise<{ start: number; cluster: Element | null } | null> {
  if (first.dataBytes === null) return null;
  const isPatched = hasRoomInSize(first);
  const most = isPatched || await endsInZeros(read, sizeBytes) ? CLUSTERS_A_WALK : 2;
  const options = { most, ids: SEGMENT_IDS };
  const front = await walkElements(read, sizeBytes, first.start, options);
  if (front.stop === "broken") return { start: first.start, cluster: null };
  const walk = isPatched && front.stop === "limit" && memory !== undefined
    ? await walkOn(read, sizeBytes, { first, front, memory, options })
    : front;
  if (walk.stop === "zeros" || walk.stop === "broken") return { start: walk.at, cluster: null };
  if (!isPatched) return null;
  if (walk.stop === "limit") {
    const longest = Math.max(...walk.elements.map(({ dataBytes }) => dataBytes ?? 0));
    return { start: Math.max(walk.at, sizeBytes - LONGEST_TIMES * longest), cluster: null };
  }
  if (walk.last === null || walk.last.dataBytes !== null) return null;
  return { start: walk.at, cluster: walk.last };
}

/** Goes on behind the first Clusters, from where the last look came to: the open one is the last. */
async function walkOn(
  read: RangeReader,
  sizeBytes: number,
  { first, front, memory, options }: {
    readonly first: Element;
    readonly front: Walk;
    readonly memory: WalkMemory;
    readonly options: WalkOptions;
  },
): Promise<Walk> {
  const from = Math.max(front.at, await memory.resume(read, sizeBytes, first.start));
  const walk = await walkElements(read, sizeBytes, from, options);
  const kept = walk.elements.at(-1);
  if (kept !== undefined) await memory.keep(read, sizeBytes, first.start, kept.start);
  return walk;
}

/** Rarely so in media, always in a file that was allocated in advance. */
async function endsInZeros(read: RangeReader, sizeBytes: number): Promise<boolean> {
  const tail = await readBytes(read, sizeBytes, Math.max(0, sizeBytes - 64), 64);
  return tail.every((byte) => byte === 0);
}

/** The header of an element, with all the room its size may take. */
function endOfHeader({ start }: Element): number {
  return start + HEADER_BYTES;
}

/** Before the first Cluster: all that can be read belongs to the head. */
function headWithoutMedia({ stop, at }: Walk, sizeBytes: number): number {
  return stop === "end" || stop === "unfinished" ? sizeBytes : at;
}
