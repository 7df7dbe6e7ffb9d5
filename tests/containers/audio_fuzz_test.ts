import { aiff } from "../../src/containers/aiff.ts";
import { asf } from "../../src/containers/asf.ts";
import { caf } from "../../src/containers/caf.ts";
import { join, media, u32 } from "./bytes.ts";
import { guidChunk, hex, text, u32le, u64be, u64le } from "./chunk_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

const sizes = [0, 1, 4, 7, 8, 18, 208, 0x7fff_0008, 0x80000000, 0xfffffff8, 0xffffffff];
const longSizes = [
  0n,
  4n,
  23n,
  24n,
  2n ** 32n,
  2n ** 53n,
  2n ** 63n - 1n,
  2n ** 63n,
  2n ** 64n - 1n,
];

function aiffChunk(id: string, content: Uint8Array, size = content.length): Uint8Array {
  return join(text(id), u32(size), content);
}

const comm = aiffChunk("COMM", media(18));
const sound = (size?: number) => aiffChunk("SSND", join(u32(0), u32(0), media(200)), size);
const aiffIds = ["FORM", "AIFF", "AIFC", "COMM", "SSND", "ID3 "];

Deno.test(`aiff survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: aiff,
    corpus: [
      aiffChunk("FORM", join(text("AIFF"), comm, sound(0)), 0),
      aiffChunk("FORM", join(text("AIFF"), comm, sound(0x7fff_0008)), 0x7fff_002e),
      aiffChunk("FORM", join(text("AIFF"), comm, sound())),
      aiffChunk("FORM", join(text("AIFC"), sound(), comm, aiffChunk("ANNO", media(10)))),
      aiffChunk(
        "FORM",
        join(text("AIFF"), ...Array.from({ length: 300 }, () => aiffChunk("ANNO", media(2)))),
      ),
    ],
    tokens: [
      ...[...sizes.map(u32), ...aiffIds.map(text)],
      ...aiffIds.flatMap((id) => sizes.map((size) => join(text(id), u32(size)))),
    ],
    mostReads: 128 + 8,
    fewest: { open: 1_000, final: 1_000 },
  });
});

function cafChunk(id: string, content: Uint8Array, size?: bigint): Uint8Array {
  return join(text(id), u64be(size ?? content.length), content);
}

const cafBegin = join(text("caff"), hex("00010000"));
const desc = (packetBytes: number) =>
  cafChunk("desc", join(media(16), u32(packetBytes), u32(1), media(8)));
const cafData = (size?: bigint) => cafChunk("data", join(u32(0), media(200)), size);
const cafIds = ["caff", "desc", "data", "pakt", "free"];

Deno.test(`caf survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: caf,
    corpus: [
      join(cafBegin, desc(4), cafData(2n ** 64n - 1n)),
      join(cafBegin, desc(4), cafData()),
      join(cafBegin, desc(0), cafData()),
      join(cafBegin, desc(0), cafData(), cafChunk("pakt", media(24))),
      join(cafBegin, ...Array.from({ length: 300 }, () => cafChunk("free", media(2)))),
    ],
    tokens: [
      ...[...longSizes.map(u64be), ...cafIds.map(text)],
      ...cafIds.flatMap((id) => longSizes.map((size) => join(text(id), u64be(size)))),
    ],
    mostReads: 128 + 8,
    fewest: { open: 1_000, final: 1_000 },
  });
});

const HEADER = "3026b2758e66cf11a6d900aa0062ce6c";
const PROPERTIES = "a1dcab8c47a9cf118ee400c00c205365";
const DATA = "3626b2758e66cf11a6d900aa0062ce6c";
const OTHER = "b503bf5f2ea9cf118ee300c00c205365";
const asfGuids = [HEADER, PROPERTIES, DATA, OTHER];
const asfData = (size?: bigint) => guidChunk(DATA, media(200), size);

function asfHeader(fileBytes: number, flags: number): Uint8Array {
  const properties = join(media(16), u64le(fileBytes), media(40), u32le(flags), media(12));
  const objects = [guidChunk(OTHER, media(20)), guidChunk(PROPERTIES, properties)];
  return guidChunk(HEADER, join(u32le(2), media(2), ...objects));
}

const wholeBytes = join(asfHeader(0, 2), asfData()).length;

Deno.test(`asf survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: asf,
    corpus: [
      join(asfHeader(0, 2), asfData(50n)),
      join(asfHeader(wholeBytes, 2), asfData()),
      join(asfHeader(wholeBytes + 56, 2), asfData(), guidChunk(OTHER, media(32))),
      join(asfHeader(0, 1), asfData(0n)),
      join(asfHeader(0, 2), ...Array.from({ length: 300 }, () => guidChunk(OTHER, media(2)))),
      guidChunk(
        HEADER,
        join(media(6), ...Array.from({ length: 300 }, () => guidChunk(OTHER, media(2)))),
      ),
    ],
    tokens: [
      ...[...longSizes.map(u64le), u64le(wholeBytes), ...asfGuids.map(hex)],
      ...asfGuids.flatMap((guid) => longSizes.map((size) => join(hex(guid), u64le(size)))),
    ],
    mostReads: 2 * 128 + 8,
    fewest: { open: 1_000, final: 1_000, undecidable: 1_000 },
  });
});
