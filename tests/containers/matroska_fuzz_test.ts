import { matroska } from "../../src/containers/matroska.ts";
import { join, media } from "./bytes.ts";
import {
  cluster,
  cues,
  ebml,
  element,
  front,
  id,
  openCluster,
  segment,
  size,
  unknownSize,
} from "./ebml_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

const begin = ebml();
const finished = join(front, cluster(300), cues);
const patched = join(front, cluster(200, 8), cluster(90, 8), cues);
const corpus = [
  join(begin, segment(), front, cluster(300), cluster(90)),
  join(begin, segment(finished.length), finished),
  join(begin, segment(patched.length), patched),
  join(begin, segment(), front, cluster(200, 8), cluster(90, 8), openCluster(100)),
  join(begin, segment(), front, openCluster(200), openCluster(100)),
  join(begin, segment(), front, element("EC", new Uint8Array(500), 8), cluster(99), cues),
  join(begin, segment(), front, cluster(99, 8), cluster(99, 8), new Uint8Array(200)),
  join(begin, segment(), ...Array.from({ length: 90 }, () => element("EC", media(1)))),
  join(begin, segment(), front, ...Array.from({ length: 300 }, () => cluster(1, 8))),
];
const numbers = [0, 1, 126, 127, 128, 500, 16_383, 2 ** 31, 2 ** 53 - 1, 2 ** 53, 2 ** 56 - 2];
const ids = ["1A45DFA3", "4282", "18538067", "1F43B675", "114D9B74", "1C53BB6B", "EC", "A3", "E7"];
const tokens = [
  ...numbers.map((value) => size(value, 8)),
  ...numbers.filter((value) => value < 2 ** 49).map((value) => size(value)),
  ...[1, 2, 4, 7, 8].map(unknownSize),
  ...ids.map(id),
  ...ids.map((hex) => join(id(hex), unknownSize())),
  ...ids.map((hex) => join(id(hex), size(2 ** 55, 8))),
  new Uint8Array(12),
];

Deno.test(`matroska survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: matroska,
    corpus,
    tokens,
    mostReads: 64 + 256 + 8,
    fewest: { open: 1_000, final: 1_000 },
  });
});
