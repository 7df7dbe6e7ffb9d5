import { assert, assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import { isobmff } from "../../src/containers/isobmff.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { box, header, join, longHeader, media, readerOf, u32 } from "./bytes.ts";

const INPUTS = 24_000;
const MOST_BYTES_A_LOOK = 256 * 1024;
const MOST_READS_A_LOOK = 2 * 512 + 16;

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

/** One to six changes: a size or a type in place, a flipped byte, a cut, a doubled or zeroed stretch. */
function mutate(original: Uint8Array, random: (below: number) => number): Uint8Array {
  let bytes = original.slice();
  for (let changes = 1 + random(6); changes > 0 && bytes.length > 8; changes--) {
    // Mostly near the front, where the structure is.
    const at = random(random(3) === 0 ? bytes.length - 7 : Math.min(bytes.length - 7, 160));
    switch (random(7)) {
      case 0:
        bytes.set(u32(sizes[random(sizes.length)]!), at);
        break;
      case 1:
        bytes.set(new TextEncoder().encode(types[random(types.length)]!), at);
        break;
      case 2:
        bytes[at] = random(256);
        break;
      case 3:
        bytes = bytes.subarray(0, at);
        break;
      case 4:
        bytes = join(bytes.subarray(0, at), bytes.subarray(random(at + 1)));
        break;
      case 5:
        bytes.fill(0, at, at + random(64));
        break;
      default:
        bytes.set(
          longHeader("mdat", sizes[random(sizes.length)]!, random(2 ** 31)).subarray(
            0,
            bytes.length - at,
          ),
          at,
        );
    }
  }
  return bytes;
}

Deno.test("inspect() neither throws, hangs nor reads too much on 24,000 mutated files", async () => {
  const seed = 20_261_120;
  const verdicts = { open: 0, final: 0, undecidable: 0 };
  for (let input = 0; input < INPUTS; input++) {
    const where = `seed ${seed}, input ${input}`;
    const { fraction } = seededRandom(seed + input);
    const random = (below: number) => Math.floor(fraction() * below);
    const original = corpus[random(random(40) === 0 ? corpus.length : corpus.length - 1)]!;
    const bytes = mutate(original, random);
    // One in eight was cut short after its size was taken.
    const sizeBytes = bytes.length + (random(8) === 0 ? random(2_000) : 0);
    const giveLittle = random(8) === 0;
    const mostBytesARead = giveLittle ? 1 + random(16) : Infinity;
    const { read, reads } = readerOf(bytes, { sizeBytes, mostBytesARead });
    await detect(read, sizeBytes);
    reads.calls = 0;
    const look = await isobmff.inspect(read, sizeBytes);
    verdicts[look.verdict]++;
    assert(reads.totalBytes <= MOST_BYTES_A_LOOK, `${where}: ${reads.totalBytes} bytes read`);
    assert(giveLittle || reads.calls <= MOST_READS_A_LOOK, `${where}: ${reads.calls} reads`);
    assert(look.frontierBytes >= 0 && look.frontierBytes <= sizeBytes, `${where}: frontier`);
    assert(look.headBytes >= 0 && look.headBytes <= sizeBytes + 16, `${where}: head`);
    assert(look.mediaStart === null || look.mediaStart <= sizeBytes + 16, `${where}: media start`);
    for (const range of look.patched) {
      assert(range.start >= 0 && range.start < range.end && range.end <= sizeBytes, where);
    }
  }
  assertEquals(verdicts.open + verdicts.final + verdicts.undecidable, INPUTS);
  assert(Object.values(verdicts).every((count) => count > 100), JSON.stringify(verdicts));
});
