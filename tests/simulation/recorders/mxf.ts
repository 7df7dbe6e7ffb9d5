/** MXF OP1a: containers.md, rows "MXF OP1a". */
import { join } from "../../containers/bytes.ts";
import { u64be } from "../../containers/chunk_bytes.ts";
import {
  essence,
  fill,
  indexTable,
  metadata,
  pack,
  randomIndex,
} from "../../containers/mxf_bytes.ts";
import { AFTER_FINAL_MS, pause, type Piece, piecesOf } from "./pace.ts";
import type { Recorder } from "./recorder.ts";

/** Offset of FooterPartition in a pack: behind the key, a length of 9 bytes and 24 of the value. */
const FOOTER_FIELD_AT = 16 + 9 + 24;

/** Waits between the patches of body partitions: some, not thousands. */
const MOST_WAITS = 20;

/** The header partition: open at first, closed at the stop with the offset of the footer. */
function headerPartition(footerOffset: number): Uint8Array {
  const sets = join(metadata(5_000), fill(400));
  const status = footerOffset === 0 ? 1 : 4;
  const stated = { kind: "header", status, footerOffset, headerBytes: sets.length } as const;
  return join(pack(stated), fill(30), sets);
}

/** A body partition up to its essence, which is one long item here. */
const bodyFront = (mediaBytes: number) =>
  join(pack({ kind: "body", status: 4 }), fill(10), essence(0, mediaBytes));

/**
 * ffmpeg's. At the stop the footer and the random index are appended; then the header is written anew
 * as closed, which says `final`; then the footer's offset goes into every body partition.
 *
 * @param bodies Essence of each body partition.
 */
function mxf(name: string, bodies: (all: Piece[]) => Piece[]): Recorder {
  return {
    name,
    extension: ".mxf",
    hasEndRule: true,
    isUndecidableAtStop: true, // with a footer, and a header that is open: streams stay like that
    mostMediaBytes: Infinity,
    async record(tools) {
      const file = tools.create();
      file.writeBytes(0, headerPartition(0));
      const offsets: number[] = [];
      // One in 10 s of 21 Mbit/s, at 27 MB.
      for (const { from, sizeBytes } of bodies(piecesOf(tools, 5_000_000, 30_000_000))) {
        const start = file.sizeBytes;
        const front = bodyFront(sizeBytes);
        offsets.push(start);
        file.writeBytes(start, front);
        await tools.roll(file, start + front.length, sizeBytes, from);
      }
      await pause(tools);
      const footerOffset = file.sizeBytes;
      const index = indexTable(2_000);
      const stated = { kind: "footer", status: 4, footerOffset, indexBytes: index.length } as const;
      file.writeBytes(footerOffset, join(pack(stated), index));
      await pause(tools);
      file.writeBytes(file.sizeBytes, randomIndex([0, ...offsets, footerOffset]));
      await pause(tools);
      file.writeBytes(0, headerPartition(footerOffset));
      if (offsets.length === 1) return;
      const waits = Math.ceil(offsets.length / MOST_WAITS);
      for (const [body, start] of offsets.entries()) {
        if (body % waits === 0) await pause(tools, AFTER_FINAL_MS);
        file.writeBytes(start + FOOTER_FIELD_AT, u64be(footerOffset));
      }
    },
  };
}

/** Frames of many sizes (mpeg2): a body partition in 10 s, 8 bytes patched in each. */
export const mxfVbr: Recorder = mxf("mxf_vbr", (all) => all);

/** Frames of one size (dnxhd): one body partition, and only the header is patched. */
export const mxfCbr: Recorder = mxf("mxf_cbr", (all) => [
  { from: 0, sizeBytes: all.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) },
]);
