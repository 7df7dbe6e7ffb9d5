import { mxf } from "../../src/containers/mxf.ts";
import { join, media, u32 } from "./bytes.ts";
import { hex, u64be } from "./chunk_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";
import {
  essence,
  fill,
  indexTable,
  klv,
  metadata,
  mxfFile,
  pack,
  randomIndex,
} from "./mxf_bytes.ts";

const offsets = [0n, 1n, 113n, 478n, 2n ** 32n, 2n ** 53n, 2n ** 63n, 2n ** 64n - 1n];
const statuses = [0, 1, 2, 3, 4, 5];
const kinds = ["header", "body", "footer"] as const;

Deno.test(`mxf survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: mxf,
    corpus: [
      mxfFile({ status: 1, isEnded: false, bodies: 1 }),
      mxfFile({ status: 1, bodies: 1 }),
      mxfFile({ bodies: 1 }),
      mxfFile({ bodies: 1, status: 2, runInBytes: 300 }),
      mxfFile({ isEnded: false, footerOffset: 2n ** 63n, bodies: 1 }),
      mxfFile({ footerOffset: 0, bodies: 1 }),
      join(pack({ kind: "header", status: 1 }), ...Array.from({ length: 900 }, () => metadata(9))),
      join(mxfFile({ isEnded: false }), randomIndex(Array.from({ length: 20_000 }, () => 5))),
    ],
    tokens: [
      ...[...offsets.map(u64be), u32(65), u32(77), u32(0xffffffff)],
      ...kinds.flatMap((kind) => statuses.map((status) => pack({ kind, status }).subarray(0, 16))),
      ...offsets.map((footerOffset) => pack({ kind: "header", status: 4, footerOffset })),
      ...offsets.map((headerBytes) => pack({ kind: "body", status: 4, headerBytes })),
      ...[essence(9), fill(9), indexTable(9), metadata(9), essence(9, 2 ** 40), randomIndex([0])],
      ...[klv("060e2b34010201010d01030115010500", media(0)), hex("060e2b34"), hex("ff")],
      ...[hex("80"), hex("88ffffffffffffffff"), hex("8900")],
    ],
    // A KLV is read, and a pack and the fill behind it.
    mostReads: 3 * 512 + 16,
    fewest: { open: 1_000, final: 1_000, undecidable: 1_000 },
  });
});
