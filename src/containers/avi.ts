/**
 * AVI and its OpenDML extension: Microsoft's AVI RIFF File Reference, and OpenDML AVI File Format
 * Extensions 1.02. A chain of RIFF chunks, one `AVI ` and then any number of `AVIX`.
 *
 * While they record, ffmpeg writes size 0 and GStreamer the size of a file without media. At the stop
 * both patch the header, and whenever a RIFF is full, at 1 GiB, sizes that lie 1 GiB back (measured:
 * ffmpeg 5.1, GStreamer 1.22). ffmpeg's chain then ends where the file ends until its next write.
 */
import type { ByteRange } from "../recording/range.ts";
import {
  type Chunk,
  type ChunkWalk,
  latin1,
  rangeOf,
  rangesWithin,
  RIFF_LAYOUT,
  sizeFieldOf,
  walkChunks,
} from "./chunks.ts";
import type { Container, Look, RangeReader } from "./container.ts";

/** ffmpeg patches frame counts after the sizes that decide; within 3 ms measured, a share is slower. */
const SETTLE_MS = 2_000;

/**
 * Where the last RIFF may be a full one, with another to follow when the recorder's buffer is full:
 * twice the longest time that took (measured: ffmpeg's 256 KiB at 64 kbit/s, 33 s).
 */
const FULL_SETTLE_MS = 70_000;

/** A RIFF this long may be a full one: both recorders close it at 1 GiB, less one frame at most. */
const FULL_RIFF_BYTES = 960 * 1024 * 1024;

/** RIFF chunks walked in one look, 12 bytes each. Frame.io takes 5 TiB, that is 5,120 of them. */
export const RIFFS_A_LOOK = 6_000;

/** Chunk headers read in the first RIFF, and again in its header list; recorders write under ten. */
const CHUNKS_A_LIST = 128;

/** Chunk headers read in the list of one stream; recorders write under ten. */
const CHUNKS_A_STREAM = 16;

/** True when a file's first bytes are those of an AVI. */
export function isAvi(head: Uint8Array): boolean {
  return latin1(head.subarray(0, 4)) === "RIFF" && latin1(head.subarray(8, 12)) === "AVI ";
}

/**
 * AVI. `final` when the chain of RIFF chunks ends where the file ends, and the first one holds media,
 * unless the header tells that the last RIFF is merely full: see {@linkcode readProgress}.
 */
export const avi: Container = {
  name: "avi",
  async inspect(read, sizeBytes): Promise<Look> {
    const riffs = await walkChunks(read, sizeBytes, RIFF_LAYOUT, {
      start: 0,
      end: sizeBytes,
      most: RIFFS_A_LOOK,
      until: ({ id, payloadBytes }) => id !== "RIFF" || payloadBytes === 0,
    });
    const front = await walkChunks(read, sizeBytes, RIFF_LAYOUT, {
      start: 12,
      end: sizeBytes,
      most: CHUNKS_A_LIST,
      until: (chunk) => isList(chunk, "movi"),
    });
    const movi = front.stop === "found" ? front.last : null;
    const header = front.chunks.find((chunk) => isList(chunk, "hdrl")) ?? null;
    const progress = header === null ? "unknown" : await readProgress(read, sizeBytes, header);
    return {
      verdict: verdictOf(riffs, movi, progress),
      container: "avi",
      headBytes: movi === null ? Math.min(front.at, sizeBytes) + 12 : movi.payload + 4,
      mediaStart: movi === null ? null : movi.payload + 4,
      frontierBytes: sizeBytes,
      patched: rangesWithin(sizeBytes, patchedRanges(riffs, header, movi)),
      settleMs: progress === "unknown" && endsInFullRiff(riffs) ? FULL_SETTLE_MS : SETTLE_MS,
    };
  },
};

function isList(chunk: Chunk, form: string): boolean {
  return chunk.id === "LIST" && chunk.form === form;
}

/** How far the recorder has come, by its header: `unknown` where that does not tell. */
type Progress = "one RIFF" | "several RIFFs, not stopped" | "unknown";

/**
 * ffmpeg keeps room for the OpenDML header (`odml`) in a `JUNK` chunk and gives it its name at
 * the stop, if there is more than one RIFF by then. A stream's super index (`indx`) too is `JUNK`
 * at first, and gets its name before the first full RIFF gets its size; a single RIFF never has one.
 * So an `indx` beside an `odml` without its name means that another RIFF follows or has begun.
 * GStreamer writes the name `odml` at once, and the first RIFF's true size only at its stop.
 */
async function readProgress(
  read: RangeReader,
  sizeBytes: number,
  header: Chunk,
): Promise<Progress> {
  const chunksIn = async (list: Chunk, most: number) =>
    (await walkChunks(read, sizeBytes, RIFF_LAYOUT, {
      start: list.payload + 4,
      end: list.payload + list.payloadBytes,
      most,
    })).chunks;
  const inHeader = await chunksIn(header, CHUNKS_A_LIST);
  if (!inHeader.some(({ id, form }) => id === "JUNK" && form === "odml")) return "unknown";
  for (const stream of inHeader.filter((chunk) => isList(chunk, "strl"))) {
    const inStream = await chunksIn(stream, CHUNKS_A_STREAM);
    if (inStream.some(({ id }) => id === "indx")) return "several RIFFs, not stopped";
  }
  return "one RIFF";
}

function verdictOf(riffs: ChunkWalk, movi: Chunk | null, progress: Progress): Look["verdict"] {
  if (riffs.stop === "limit") return "undecidable";
  const [first] = riffs.chunks;
  if (riffs.stop !== "tiles" || first === undefined || movi === null) return "open";
  const moviEnd = movi.payload + movi.payloadBytes;
  // GStreamer's placeholders are those of a file whose media list is empty.
  if (movi.payloadBytes <= 4 || moviEnd > first.payload + first.payloadBytes) return "open";
  if (progress === "several RIFFs, not stopped") return "open";
  return progress === "one RIFF" && riffs.chunks.length > 1 ? "open" : "final";
}

function endsInFullRiff({ chunks }: ChunkWalk): boolean {
  return (chunks.at(-1)?.payloadBytes ?? 0) >= FULL_RIFF_BYTES;
}

/** The sizes and the header of the first RIFF, and of each other RIFF the head with both its sizes. */
function patchedRanges(riffs: ChunkWalk, header: Chunk | null, movi: Chunk | null): ByteRange[] {
  const unfinished = riffs.last?.id === "RIFF" ? [riffs.last] : [];
  const all = [...riffs.chunks, ...unfinished];
  return [
    ...all.slice(0, 1).map((riff) => sizeFieldOf(riff, RIFF_LAYOUT)),
    ...(header === null ? [] : [rangeOf(header)]),
    ...(movi === null ? [] : [sizeFieldOf(movi, RIFF_LAYOUT)]),
    ...all.slice(1).map(({ start }) => ({ start, end: start + 24 })),
  ];
}
