import { avi, RIFFS_A_LOOK } from "../../src/containers/avi.ts";
import { join, media } from "./bytes.ts";
import { riffChunk, riffHeader, riffList, text, u32le } from "./chunk_bytes.ts";
import { fuzz, INPUTS } from "./fuzz.ts";

function header(index: "JUNK" | "indx", openDml: "JUNK" | "LIST"): Uint8Array {
  const streams = Array.from(
    { length: 2 },
    () => riffList("strl", [riffChunk("strh", media(20)), riffChunk(index, media(30))]),
  );
  const odml = riffList("odml", [riffChunk("dmlh", media(8))], openDml);
  return riffList("hdrl", [riffChunk("avih", media(20)), ...streams, odml]);
}

function whole(head: Uint8Array): Uint8Array {
  return riffList("AVI ", [head, riffList("movi", [media(90)]), riffChunk("idx1")], "RIFF");
}

const avix = riffList("AVIX", [riffList("movi", [media(40)])], "RIFF");
const begin = (head: Uint8Array) =>
  join(riffHeader("RIFF", 0), text("AVI "), head, riffHeader("LIST", 0), text("movi"), media(90));
const corpus = [
  begin(header("JUNK", "JUNK")),
  begin(header("indx", "LIST")),
  whole(header("JUNK", "JUNK")),
  whole(header("indx", "JUNK")),
  join(whole(header("indx", "LIST")), avix, avix),
  join(whole(header("indx", "JUNK")), avix, riffHeader("RIFF", 0), text("AVIX")),
  join(whole(header("JUNK", "LIST")), ...Array.from({ length: 300 }, () => avix)),
  join(
    whole(header("JUNK", "LIST")),
    ...Array.from({ length: RIFFS_A_LOOK }, () => riffList("AVIX", [], "RIFF")),
  ),
];
const sizes = [0, 1, 2, 4, 7, 8, 12, 60, 2 ** 30, 0x7fffffff, 0x80000000, 0xfffffff8, 0xffffffff];
const ids = ["RIFF", "LIST", "JUNK", "AVI ", "AVIX", "movi", "hdrl", "strl", "odml", "indx"];
const tokens = [
  ...sizes.map(u32le),
  ...ids.map(text),
  ...ids.flatMap((id) => sizes.map((size) => riffHeader(id, size))),
];

Deno.test(`avi survives ${INPUTS} broken files`, async () => {
  await fuzz({
    container: avi,
    corpus,
    tokens,
    mostReads: RIFFS_A_LOOK + 2 * 128 + 128 * 16 + 8,
    fewest: { open: 1_000, final: 1_000, undecidable: 10 },
  });
});
