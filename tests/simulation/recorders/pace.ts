/** What all recorders share: how they wait between two writes, and into what pieces they cut media. */
import { emptyContent } from "../content.ts";
import type { RecorderFile, RecorderTools } from "./recorder.ts";

/** Most pieces of structure in one file: two runs each keep a file below 5,000 runs. */
const MOST_PIECES = 2_000;

/** Where an index that no look reads is taken from in the media's stream: far behind all media. */
export const INDEX_FROM = 2 ** 50;

/**
 * Waits between two of a stop's writes: within 3 ms on a local disk (containers.md §2.4), now and then
 * for as long as a slow share takes.
 *
 * @param mostMs The longest wait. Behind the write that makes a file `final` it must stay well below
 * the format's settle time.
 */
export function pause(tools: RecorderTools, mostMs = 3_000): Promise<void> {
  const { chance } = tools;
  return tools.wait(chance.happens(0.9) ? chance.whole(0, 3) : chance.spread(4, mostMs));
}

/** The longest wait behind a write that says `final`, where others follow: a third of 2,000 ms. */
export const AFTER_FINAL_MS = 600;

/** One piece of media: a Cluster's, a fragment's. */
export interface Piece {
  /** Place in the media stream. */
  readonly from: number;
  readonly sizeBytes: number;
}

/** All media of a take in pieces of `leastBytes` to `mostBytes`; longer where they were too many. */
export function piecesOf(tools: RecorderTools, leastBytes: number, mostBytes: number): Piece[] {
  const { chance, mediaBytes } = tools;
  const scale = Math.max(1, mediaBytes / (leastBytes * MOST_PIECES));
  const pieces: Piece[] = [];
  for (let from = 0; from < mediaBytes;) {
    const drawnBytes = Math.ceil(chance.whole(leastBytes, mostBytes) * scale);
    const sizeBytes = Math.min(drawnBytes, mediaBytes - from);
    pieces.push({ from, sizeBytes });
    from += sizeBytes;
  }
  return pieces;
}

/** Most that a recorder keeps in memory: some seconds, as long as its file is silent. */
const MOST_GATHERED_BYTES = 5_000_000;

/** Lets the time pass that some media take, for recorders that write them when they are whole. */
export async function gather(tools: RecorderTools, { from, sizeBytes }: Piece): Promise<void> {
  await tools.roll(memory(), 0, sizeBytes, from);
}

/**
 * Appends a header and its media as ffmpeg does: at once, when they are whole. A piece that is longer
 * than any real one, because the take is, comes bit by bit: it would mean minutes of silence.
 *
 * @param onBegin Called in front of the first write.
 */
export async function appendWhole(
  tools: RecorderTools,
  file: RecorderFile,
  header: Uint8Array,
  piece: Piece,
  onBegin = () => {},
): Promise<void> {
  const isGathered = piece.sizeBytes <= MOST_GATHERED_BYTES;
  if (isGathered) await gather(tools, piece);
  onBegin();
  const start = file.sizeBytes;
  file.writeBytes(start, header);
  const payload = start + header.length;
  if (isGathered) file.writeMedia(payload, piece.sizeBytes, tools.media, piece.from);
  else await tools.roll(file, payload, piece.sizeBytes, piece.from);
}

/** What a recorder has in memory, or in a temporary file elsewhere: nobody else sees it. */
function memory(): RecorderFile {
  const content = emptyContent();
  return {
    get sizeBytes() {
      return content.sizeBytes;
    },
    writeMedia: content.writeMedia,
    writeBytes: content.writeBytes,
    truncate: content.truncate,
    copy: content.copy,
    rename: () => {},
    unlink: () => {},
  };
}
