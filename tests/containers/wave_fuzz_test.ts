import { w64 } from "../../src/containers/w64.ts";
import { wave } from "../../src/containers/wave.ts";
import { join, media } from "./bytes.ts";
import {
  guidChunk,
  hex,
  riffChunk,
  riffHeader,
  riffList,
  text,
  u32le,
  u64le,
} from "./chunk_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

const UNSET = 0xffff_ffff;
const fmt = riffChunk("fmt ", media(16));
const data = riffChunk("data", media(200));
const room = riffChunk("JUNK", new Uint8Array(28));
const ds64 = (size: number) => riffChunk("ds64", u64le(size), u64le(200), u64le(50), u32le(0));
const sizes = [0, 1, 2, 7, 8, 36, 200, 0x7fff_0000, 0x7fff_0024, 0x80000000, 0xfffffff8, UNSET];
const longSizes = [
  0n,
  23n,
  24n,
  200n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

const waveCorpus = [
  join(riffHeader("RIFF", UNSET), text("WAVE"), fmt, riffHeader("data", UNSET), media(200)),
  join(riffHeader("RIFF", UNSET), text("WAVE"), room, fmt, riffHeader("data", UNSET), media(99)),
  riffList("WAVE", [fmt, data], "RIFF"),
  riffList(
    "WAVE",
    [room, fmt, riffChunk("fact", u32le(9)), data, riffChunk("LIST", media(9))],
    "RIFF",
  ),
  join(
    riffHeader("RF64", UNSET),
    text("WAVE"),
    ds64(272),
    fmt,
    riffHeader("data", UNSET),
    media(200),
  ),
  join(riffHeader("BW64", UNSET), text("WAVE"), ds64(272), fmt, data),
  riffList("WAVE", [...Array.from({ length: 400 }, () => riffChunk("fill")), data], "RIFF"),
];
const ids = ["RIFF", "RF64", "BW64", "WAVE", "JUNK", "ds64", "fmt ", "fact", "data"];

Deno.test(`wave survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: wave,
    corpus: waveCorpus,
    tokens: [
      ...[...sizes.map(u32le), ...longSizes.map(u64le), ...ids.map(text)],
      ...ids.flatMap((id) => sizes.map((size) => riffHeader(id, size))),
    ],
    mostReads: 128 + 8,
    fewest: { open: 1_000, final: 1_000 },
  });
});

const guids = ["726966662e91cf11a5d628db04c10000", "77617665f3acd3118cd100c04f8edb8a"];
const [riffGuid, waveGuid] = guids.map(hex) as [Uint8Array, Uint8Array];
const dataGuid = "64617461f3acd3118cd100c04f8edb8a";
const w64File = (size: bigint, dataSize?: bigint) =>
  join(
    ...[riffGuid, u64le(size), waveGuid, guidChunk(guids[0]!, media(16))],
    ...[guidChunk(dataGuid, media(200), dataSize)],
  );
const w64Corpus = [
  w64File(2n ** 64n - 1n, 2n ** 63n - 1n),
  w64File(304n),
  join(w64File(400n), media(96)),
  join(
    riffGuid,
    u64le(0),
    waveGuid,
    ...Array.from({ length: 200 }, () => guidChunk(guids[0]!, media(8))),
  ),
];

Deno.test(`w64 survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: w64,
    corpus: w64Corpus,
    tokens: [...longSizes.map(u64le), u64le(304), u64le(224), ...guids.map(hex), hex(dataGuid)],
    mostReads: 64 + 8,
    fewest: { open: 1_000, final: 1_000 },
  });
});
