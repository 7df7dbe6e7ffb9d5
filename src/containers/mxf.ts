/**
 * MXF, OP1a and OPAtom: SMPTE ST 377-1. Partitions, each with a pack that tells whether it is final.
 *
 * While they record, ffmpeg 5.1 and 8.1 and GStreamer 1.22 keep the header partition open. At the stop
 * they append the footer partition and the random index, then write the header anew as closed, then the
 * footer's offset into each body partition (measured). OPAtom's essence also gets its length then.
 */
import type { ByteRange } from "../recording/range.ts";
import type { Container, Look, RangeReader } from "./container.ts";
import {
  findPack,
  isEssence,
  isFill,
  type Klv,
  type Partition,
  readKlv,
  readPartition,
  readRandomIndex,
} from "./mxf_partitions.ts";
import { readBytes } from "./read_bytes.ts";

/** The header decides, and body partitions are patched after it: within 3 ms measured, later on a share. */
const SETTLE_MS = 2_000;

/** Most bytes in front of the header partition. ST 377-1, "Run-In". */
const RUN_IN_MOST_BYTES = 65_536;

/** KLVs read in front of the essence, 25 bytes each; partition packs tell how much to skip. */
const KLVS_A_LOOK = 512;

/** Entries of the random index read, 12 bytes each; at one partition in 10 s (ffmpeg) 22 hours. */
const PARTITIONS_A_LOOK = 8_192;

/** What to keep back while the essence is not in sight; measured headers have under 7 KiB. */
const HEAD_WITHOUT_ESSENCE_BYTES = 65_536;

/** True when a partition pack stands among a file's first bytes: a longer run-in is not seen. */
export function isMxf(head: Uint8Array): boolean {
  return findPack(head) >= 0;
}

/**
 * MXF. `final` when the header partition is closed, the footer partition is where it says, and the
 * random index that ends the file lists it last.
 *
 * `undecidable` where the standard allows a finished file to look so: an open header with a footer
 * and a random index behind (§6.2.3), a closed header without a footer, a footer without an index.
 */
export const mxf: Container = {
  name: "mxf",
  async inspect(read, sizeBytes): Promise<Look> {
    const start = await findHeader(read, sizeBytes);
    const front = await walkFront(read, sizeBytes, start);
    const index = await readRandomIndex(read, sizeBytes, PARTITIONS_A_LOOK);
    const headEnd = front.essence?.value ?? Math.min(start + HEAD_WITHOUT_ESSENCE_BYTES, sizeBytes);
    const bodies = (index?.first ?? []).map((offset) => footerField(start + offset));
    return {
      verdict: await verdictOf(read, sizeBytes, start, front.header, index?.last ?? null),
      container: "mxf",
      headBytes: headEnd,
      mediaStart: front.essence?.start ?? null,
      frontierBytes: sizeBytes,
      patched: [
        ...(start < headEnd ? [{ start, end: headEnd }] : []),
        ...bodies.filter((field) => field.start >= headEnd && field.end <= sizeBytes),
      ],
      settleMs: SETTLE_MS,
    };
  },
};

async function findHeader(read: RangeReader, sizeBytes: number): Promise<number> {
  if (await readPartitionAt(read, sizeBytes, 0) !== null) return 0;
  return Math.max(0, findPack(await readBytes(read, sizeBytes, 0, RUN_IN_MOST_BYTES + 16)));
}

async function readPartitionAt(
  read: RangeReader,
  sizeBytes: number,
  start: number,
): Promise<Partition | null> {
  const klv = await readKlv(read, sizeBytes, start);
  return klv === null ? null : await readPartition(read, sizeBytes, klv);
}

/** The header partition, and the first essence: in it, or in a body partition behind. */
interface Front {
  readonly header: Partition | null;
  readonly essence: Klv | null;
}

async function walkFront(read: RangeReader, sizeBytes: number, start: number): Promise<Front> {
  let header: Partition | null = null;
  let at = start;
  for (let klvs = 0; klvs < KLVS_A_LOOK && at < sizeBytes; klvs++) {
    const klv = await readKlv(read, sizeBytes, at);
    if (klv === null) break;
    if (isEssence(klv)) return { header, essence: klv };
    const partition = await readPartition(read, sizeBytes, klv);
    header ??= partition?.kind === "header" ? partition : null;
    at = partition === null ? klv.end : await skipMetadata(read, sizeBytes, partition);
  }
  return { header, essence: null };
}

/** Offset behind a partition's metadata and index, which are counted from behind the pack's fill. */
async function skipMetadata(
  read: RangeReader,
  sizeBytes: number,
  { end, metadataBytes }: Partition,
): Promise<number> {
  const next = await readKlv(read, sizeBytes, end);
  return (next !== null && isFill(next) ? next.end : end) + metadataBytes;
}

async function verdictOf(
  read: RangeReader,
  sizeBytes: number,
  start: number,
  header: Partition | null,
  lastOffset: number | null,
): Promise<Look["verdict"]> {
  if (header === null) return "open";
  const isFooterAt = async (offset: number) =>
    (await readPartitionAt(read, sizeBytes, start + offset))?.kind === "footer";
  const isClosing = lastOffset !== null && await isFooterAt(lastOffset);
  if (!header.isClosed) return isClosing ? "undecidable" : "open";
  if (header.footerOffset === 0) return "undecidable";
  if (isClosing) return header.footerOffset === lastOffset ? "final" : "undecidable";
  return await isFooterAt(header.footerOffset) ? "undecidable" : "open";
}

/** Where a pack's FooterPartition lies: 24 bytes behind a length of one to nine bytes. */
function footerField(packStart: number): ByteRange {
  return { start: packStart + 16 + 1 + 24, end: packStart + 16 + 9 + 24 + 8 };
}
