import { ogg } from "../../src/containers/ogg.ts";
import { join, media } from "./bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";
import { FIRST, LAST, longestPage, page } from "./ogg_bytes.ts";

const two = join(page(1, FIRST), page(2, FIRST), page(1, 0), page(2, 0, media(600)));
const corpus = [
  two,
  join(two, page(2, LAST), page(1, LAST)),
  join(page(1, FIRST), page(1, 0), page(1, LAST)),
  join(page(1, FIRST), page(9, FIRST), page(9, LAST), page(1, 0), page(1, LAST)),
  join(page(1, FIRST), page(1, LAST), page(7, FIRST), page(7, LAST)),
  join(page(1, FIRST), ...Array.from({ length: 80 }, () => page(1, 0, new Uint8Array(0)))),
  join(page(1, FIRST), new Uint8Array(700)),
  join(two, longestPage(1), longestPage(1), longestPage(1), page(1, LAST)),
];
const tokens = [
  ...[0, FIRST, LAST, 0xff].map((marks) => page(1, marks).subarray(0, 28)),
  page(2, LAST, media(5)),
  page(3, LAST, new Uint8Array(0)),
  new TextEncoder().encode("OggS"),
  longestPage(1).subarray(0, 300),
  new Uint8Array([255, 255, 255]),
];

Deno.test(`ogg survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: ogg,
    corpus,
    tokens,
    mostReads: 3,
    fewest: { open: 1_000, final: 1_000, undecidable: 300 },
  });
});
