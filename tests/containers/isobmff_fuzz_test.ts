import { isobmff } from "../../src/containers/isobmff.ts";
import { BOXES_A_WALK } from "../../src/containers/isobmff_boxes.ts";
import { box, header, join, longHeader, media, u32 } from "./bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

const moov = box("moov", box("mvhd", media(40)), box("trak", media(60)));
const fragmented = box("moov", box("mvhd", media(40)), box("mvex", media(16)));
const fragment = join(box("moof", media(16)), box("mdat", media(90)));
const mfra = box("mfra", media(8), box("mfro", u32(0), u32(32)));
const ftyp = box("ftyp", media(12));
const corpus = [
  join(ftyp, box("wide"), header("mdat", 0), media(300)),
  join(ftyp, box("wide"), box("mdat", media(300)), moov),
  join(ftyp, longHeader("mdat", 0, 316), media(300), moov),
  join(ftyp, moov, box("free"), box("mdat", media(300))),
  join(ftyp, fragmented, fragment, fragment, mfra),
  join(ftyp, box("free"), box("mdat", fragmented, fragment), moov),
  join(ftyp, box("mdat", media(50)), fragmented, fragment, box("moof"), header("mdat", 0)),
  join(ftyp, new Uint8Array(700), box("free"), header("mdat", 0), media(200)),
  join(ftyp, ...Array.from({ length: 700 }, () => box("free"))),
  join(ftyp, ...Array.from({ length: 40 }, () => box("moov", box("mvex"), box("free")))),
  join(ftyp, new Uint8Array(300_000), header("mdat", 0), media(64)),
];
const sizes = [0, 1, 2, 7, 8, 9, 15, 16, 17, 24, 32, 0x7fffffff, 0x80000000, 0xffffffff];
const types = ["mdat", "moov", "mvex", "moof", "mfra", "mfro", "free", "wide", "\0\0\0\0", "hoov"];
const tokens = [
  ...sizes.map(u32),
  ...types.map((type) => new TextEncoder().encode(type)),
  ...sizes.flatMap((size) => [longHeader("mdat", size, 24), longHeader("moov", 0, size)]),
];

Deno.test(`isobmff survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: isobmff,
    corpus,
    tokens,
    mostReads: 2 * BOXES_A_WALK + 16,
    fewest: { open: 1_000, final: 1_000, undecidable: 1_000 },
  });
});
