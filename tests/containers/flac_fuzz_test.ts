import { flac } from "../../src/containers/flac.ts";
import { mp3 } from "../../src/containers/mp3.ts";
import { join, media, u32 } from "./bytes.ts";
import { text } from "./chunk_bytes.ts";
import { flacHead, frame } from "./flac_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

const total = 200 * 4608 + 1000;
const frames = join(frame(0, 4608), frame(1, 4608), frame(200, 1000));
const syncs = new Uint8Array(20_000).map((_, at) => at % 2 === 0 ? 0xff : 0xf8);
const sizes = [0, 1, 34, 192, 392, 0x00ffffff, 0x7fffffff, 0x80000000, 0x84000000, 0xffffffff];

Deno.test(`flac survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: flac,
    corpus: [
      join(flacHead({}), frames),
      join(flacHead({ total, isSummed: true }), frames),
      join(flacHead({ total, isSummed: true }), frames, media(100)),
      join(flacHead({ total }), frames.subarray(0, -1)),
      join(flacHead({ total: 2234 }), frame(1234, 1000, { variable: true })),
      join(flacHead({ total }, 300), frames),
      join(flacHead({ total, isSummed: true }), syncs),
    ],
    tokens: [
      ...[...sizes.map(u32), text("fLaC"), frames],
      ...[frame(200, 1000), frame(2000, 1, { sampleRateCode: 12 })],
      ...[2, 3, 4, 5, 6, 11].map((length) => frame(200, 1000).subarray(0, length)),
    ],
    mostReads: 128 + 8,
    fewest: { open: 1_000, final: 1_000, undecidable: 1_000 },
  });
});

function xing(lengthBytes: number): Uint8Array {
  const frameBytes = new Uint8Array(192);
  frameBytes.set(Uint8Array.of(0xff, 0xfb, 0x54, 0xc0));
  frameBytes.set(join(text("Info"), u32(15), u32(100), u32(lengthBytes)), 21);
  return frameBytes;
}

const tag = join(text("ID3\x04\0\0\0\0\0\x23"), media(35));

Deno.test(`mp3 survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: mp3,
    corpus: [
      join(tag, xing(0), media(200)),
      join(tag, xing(392), media(200)),
      join(xing(392), media(200)),
      join(tag, xing(392), media(200), text("TAG"), media(125)),
      join(text("ID3\x04\0\x10\x7f\x7f\x7f\x7f"), xing(392)),
    ],
    tokens: [
      ...[...sizes.map(u32), text("ID3\x04\0\0"), text("ID3\x04\0\x10\0\0\x01\x7f")],
      ...[text("Xing"), text("Info"), text("TAG"), Uint8Array.of(0xff, 0xfb)],
    ],
    mostReads: 4,
    fewest: { open: 1_000, final: 1_000, undecidable: 1_000 },
  });
});
