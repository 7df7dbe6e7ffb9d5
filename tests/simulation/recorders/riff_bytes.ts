/** Chunks that the simulated AVI recorders write. */
import { join, media } from "../../containers/bytes.ts";
import { riffChunk, riffHeader, riffList, text, u32le } from "../../containers/chunk_bytes.ts";

/** Names that the room for a super index and for the OpenDML header bear. */
export interface AviState {
  readonly index: "JUNK" | "indx";
  readonly openDml: "JUNK" | "LIST";
  /** Counts that change at each patch. */
  readonly counts: number;
}

/** The header list, as long in any state. */
export function aviHeader({ index, openDml, counts }: AviState): Uint8Array {
  const avih = riffChunk("avih", media(16), u32le(counts), media(36));
  const strh = riffChunk("strh", media(32), u32le(counts), media(20));
  const superIndex = riffChunk(index, u32le(counts), media(4_000).fill(counts % 256));
  const odml = riffList("odml", [riffChunk("dmlh", u32le(counts), media(244))], openDml);
  const stream = riffList("strl", [strh, riffChunk("strf", media(40)), superIndex]);
  return riffList("hdrl", [avih, stream, odml]);
}

/** The first RIFF up to its media. */
export function aviFront(state: AviState, riffBytes: number, moviBytes: number): Uint8Array {
  return join(
    ...[riffHeader("RIFF", riffBytes), text("AVI "), aviHeader(state)],
    ...[riffList("INFO", [riffChunk("ISFT", text("Lavf59"))])],
    ...[riffHeader("LIST", moviBytes), text("movi")],
  );
}

/** A further RIFF up to its media: the 24 bytes that are patched when it is full. */
export function avixFront(riffBytes: number, moviBytes: number): Uint8Array {
  return join(
    ...[riffHeader("RIFF", riffBytes), text("AVIX")],
    ...[riffHeader("LIST", moviBytes), text("movi")],
  );
}

/** An index at the end of a RIFF's media, and one behind the media of the first RIFF. */
export const mediaIndex = riffChunk("ix00", media(600));
export const oldIndex = riffChunk("idx1", media(1_600));
