import { flv } from "../../src/containers/flv.ts";
import { join, media, u32 } from "./bytes.ts";
import { flvHeader, metaData, numberProperty, tag } from "./flv_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

const tags = join(tag(9, media(90)), tag(8, media(20)), tag(9, media(200)));
const unsized = metaData(numberProperty("duration", 0));

function stating(key: string, filesize?: number): Uint8Array {
  const file = (size: number) => join(flvHeader, metaData(numberProperty(key, size)), tags);
  return file(filesize ?? file(0).length);
}

const corpus = [
  stating("filesize"),
  stating("filesize", 0),
  stating("fileSize"),
  stating("fileSize", 0),
  join(flvHeader, unsized, tags),
  join(flvHeader, tags),
  join(flvHeader, unsized, new Uint8Array(300)),
  join(flvHeader, ...Array.from({ length: 70 }, () => tag(8, media(1)))),
  join(flvHeader, tag(18, media(100_000)), tags),
];
const sizes = [0, 1, 11, 15, 0xff_ffff, 0x7fff_ffff, 0xffff_ffff];
const tokens = [
  ...sizes.map(u32),
  ...[8, 9, 18, 0x28, 0].map((type) => new Uint8Array([type, 0, 0])),
  ...[0, 300, -1, NaN, 2 ** 63].map((value) => numberProperty("filesize", value)),
  numberProperty("fileSize", 0),
  tag(9, media(30)),
];

Deno.test(`flv survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: flv,
    corpus,
    tokens,
    mostReads: 32 + 32 + 8,
    fewest: { open: 1_000, final: 1_000, undecidable: 1_000 },
  });
});
