/**
 * FLV: Adobe Flash Video File Format Specification 10.1, Annex E.
 *
 * A file is a header and then tags; the first one is a script, `onMetaData`, whose properties a recorder
 * patches at its stop. What is said here of ffmpeg 5.1 and 8.1 and GStreamer 1.22 was measured:
 * snapshots every 200 ms while they recorded, every 20 ms after the stop, compared bytewise.
 */
import type { Container, Look, RangeReader } from "./container.ts";
import { readBytes } from "./read_bytes.ts";

/** The stated size, which decides, is the last field that ffmpeg patches; GStreamer writes all at once. */
const SETTLE_MS = 250;

/** Bytes of the file header as every writer writes it. §E.2. */
const FILE_HEADER_BYTES = 9;

/** Bytes of the length that stands in front of the first tag and behind each one. §E.3. */
const BACK_POINTER_BYTES = 4;

/** Bytes of a tag's header. §E.4.1. */
const TAG_HEADER_BYTES = 11;

/** Types of tags. §E.4.1. */
const AUDIO = 8;
const VIDEO = 9;
const SCRIPT = 18;

/** Tags in front of the media: `onMetaData`, and rarely a script of the publisher's own. */
const FRONT_TAGS = 32;

/** Tags walked behind the first of the media, to see whether it is being moved. */
const MEDIA_TAGS = 32;

/** Where `filesize` is searched: ffmpeg and GStreamer put it in the first 200 bytes of properties. */
const SCRIPT_BYTES = 64 * 1024;

interface Tag {
  readonly type: number;
  readonly start: number;
  /** Behind the tag and its back pointer. May lie behind the file's end. */
  readonly end: number;
}

interface Walk {
  /** Tags that lie wholly in the file, in order; with `asked`, the last one may reach further. */
  readonly tags: readonly Tag[];
  readonly stop: "end" | "asked" | "unfinished" | "zeros" | "broken" | "limit";
  readonly at: number;
}

/** True when a file's first bytes are the header of FLV version 1. */
export function isFlv(head: Uint8Array): boolean {
  return head.length >= FILE_HEADER_BYTES && latin1(head.subarray(0, 4)) === "FLV\x01";
}

/**
 * The FLV family.
 *
 * - `filesize` among the properties (§E.5; ffmpeg, GStreamer): `final` when it is the file's size, else `open`.
 * - `fileSize` (OBS Studio's own writer patches it; publishers send it as 0 for ever, and a server that
 *   writes down a stream keeps that): `final` when it is the file's size, else `undecidable`.
 * - Neither: a stream that somebody wrote down; `undecidable`.
 */
export const flv: Container = {
  name: "flv",
  async inspect(read, sizeBytes): Promise<Look> {
    const from = BACK_POINTER_BYTES + await headerBytes(read, sizeBytes);
    const front = await walkTags(read, sizeBytes, from, FRONT_TAGS, isMedia);
    const media = front.stop === "asked" ? front.tags.at(-1)! : null;
    const script = front.tags.find(({ type }) => type === SCRIPT) ?? null;
    const verdict = await verdictOf(read, sizeBytes, script, media);
    const isFirst = front.stop === "end" || front.stop === "unfinished";
    return {
      verdict,
      container: "flv",
      headBytes: media?.start ?? (isFirst ? sizeBytes : Math.min(front.at, sizeBytes)),
      mediaStart: media?.start ?? null,
      frontierBytes: media === null
        ? front.stop === "zeros" ? front.at : sizeBytes
        : verdict === "final"
        ? sizeBytes
        : await mediaFrontier(read, sizeBytes, media),
      patched: script === null || media === null ? [] : [{ start: script.start, end: media.start }],
      settleMs: SETTLE_MS,
    };
  },
};

function isMedia({ type }: Tag): boolean {
  return type === AUDIO || type === VIDEO;
}

async function headerBytes(read: RangeReader, sizeBytes: number): Promise<number> {
  const field = await readBytes(read, sizeBytes, 5, 4);
  return field.length < 4 ? FILE_HEADER_BYTES : view(field).getUint32(0);
}

async function verdictOf(
  read: RangeReader,
  sizeBytes: number,
  script: Tag | null,
  media: Tag | null,
): Promise<Look["verdict"]> {
  if (script === null) return media === null ? "open" : "undecidable";
  const start = script.start + TAG_HEADER_BYTES;
  const lengthBytes = Math.min(SCRIPT_BYTES, script.end - BACK_POINTER_BYTES - start);
  const properties = await readBytes(read, sizeBytes, start, lengthBytes);
  const patched = numberOf(properties, "filesize");
  const stated = patched ?? numberOf(properties, "fileSize");
  if (stated === sizeBytes) return "final";
  return patched === null ? "undecidable" : "open";
}

/** A number among the properties of a script: a name with its length, type 0, a double. §E.4.4. */
function numberOf(properties: Uint8Array, name: string): number | null {
  const wanted = `\0${String.fromCharCode(name.length)}${name}\0`;
  const at = latin1(properties).indexOf(wanted);
  const value = properties.subarray(at + wanted.length, at + wanted.length + 8);
  return at < 0 || value.length < 8 ? null : view(value).getFloat64(0);
}

/**
 * All may go, but for zeros where a tag should be, and while ffmpeg moves the media to make room for an
 * index of key frames in front: then the tags no longer follow each other.
 */
async function mediaFrontier(read: RangeReader, sizeBytes: number, media: Tag): Promise<number> {
  const walk = await walkTags(read, sizeBytes, media.start, MEDIA_TAGS, () => false);
  if (walk.stop === "zeros") return walk.at;
  return walk.stop === "broken" ? media.start : sizeBytes;
}

async function walkTags(
  read: RangeReader,
  sizeBytes: number,
  start: number,
  most: number,
  until: (tag: Tag) => boolean,
): Promise<Walk> {
  const tags: Tag[] = [];
  let at = start;
  const stopped = (stop: Walk["stop"]): Walk => ({ tags, stop, at });
  while (at < sizeBytes) {
    if (tags.length >= most) return stopped("limit");
    const header = await readBytes(read, sizeBytes, at, TAG_HEADER_BYTES);
    if (header.length < TAG_HEADER_BYTES) return stopped("unfinished");
    if (header.every((byte) => byte === 0)) return stopped("zeros");
    // Bit 5 says "encrypted"; a stream ID other than 0 is not allowed. §E.4.1.
    const type = header[0]! & ~0x20;
    const streamId = view(header).getUint32(7) & 0xff_ffff;
    if (![AUDIO, VIDEO, SCRIPT].includes(type) || streamId !== 0) return stopped("broken");
    const dataBytes = view(header).getUint32(0) & 0xff_ffff;
    const end = at + TAG_HEADER_BYTES + dataBytes + BACK_POINTER_BYTES;
    const tag = { type, start: at, end };
    if (until(tag)) {
      tags.push(tag);
      return stopped("asked");
    }
    if (end > sizeBytes) return stopped("unfinished");
    tags.push(tag);
    at = end;
  }
  return stopped("end");
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder("latin1").decode(bytes);
}
