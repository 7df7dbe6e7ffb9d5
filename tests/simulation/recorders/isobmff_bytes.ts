/** Boxes that the simulated MOV and MP4 recorders write. Offsets are those of containers.md §6. */
import { box, header, join, longHeader, media, u32 } from "../../containers/bytes.ts";
import { INDEX_FROM, pause } from "./pace.ts";
import type { RecorderFile, RecorderTools } from "./recorder.ts";

/** Largest size that 32 bits can state. */
const MOST_SMALL_BYTES = 2 ** 32 - 1;

/** What ffmpeg gathers before it writes (containers.md §2.5), in bytes. */
const BUFFER_BYTES = 256 * 1024;

/** Box around filler, `sizeBytes` long with its header. */
export const filledBox = (type: string, sizeBytes: number) => box(type, media(sizeBytes - 8));

/** `ftyp` of ffmpeg's mov (20 bytes) and mp4 (32 bytes). */
export const ftypMov = filledBox("ftyp", 20);
export const ftypMp4 = filledBox("ftyp", 32);

/** A box header over any size. */
export function headerOf(type: string, sizeBytes: number): Uint8Array {
  return sizeBytes <= MOST_SMALL_BYTES
    ? header(type, sizeBytes)
    : longHeader(type, Math.floor((sizeBytes + 8) / 2 ** 32), (sizeBytes + 8) % 2 ** 32);
}

/**
 * The 16 bytes in front of `payloadBytes` of media: 8 bytes kept free and a short header, or one long
 * header over both where the size needs it.
 */
export function mdatHeader(spare: "wide" | "free", payloadBytes: number): Uint8Array {
  return payloadBytes + 8 <= MOST_SMALL_BYTES
    ? join(box(spare), header("mdat", payloadBytes + 8))
    : headerOf("mdat", payloadBytes + 8);
}

/** An index for that much media: 0.03 % of it (0.9 MB of 2.9 GB, containers.md §6), at most 64 MiB. */
export function moovSize({ chance }: RecorderTools, mediaBytes: number): number {
  return 2_000 + Math.min(2 ** 26, Math.floor(mediaBytes * 0.0003)) + chance.whole(0, 5_000);
}

/** Bytes of {@linkcode moovFront}. */
const MOOV_FRONT_BYTES = 8 + 108 + 8;

/** A `moov` up to its samples: `mvhd`, and a `trak` up to its end. */
function moovFront(moovBytes: number, trakBytes: number): Uint8Array {
  return join(header("moov", moovBytes), filledBox("mvhd", 108), header("trak", trakBytes));
}

/** Writes a `moov` whose sizes are known, at once. @param from Another place for another content. */
export function writeMoov(
  file: RecorderFile,
  start: number,
  sizeBytes: number,
  media: number,
  from = INDEX_FROM,
): void {
  const restBytes = sizeBytes - MOOV_FRONT_BYTES;
  file.writeBytes(start, moovFront(sizeBytes, 8 + restBytes));
  file.writeMedia(start + MOOV_FRONT_BYTES, restBytes, media, from);
}

/** A whole `moov` of a fragmented file; GStreamer's `mvex` has a duration (`mehd`), 0 at first. */
export function fragmentedMoov(durationMs: number | null): Uint8Array {
  const mehd = durationMs === null ? [] : [box("mehd", u32(0), u32(durationMs))];
  const mvhd = box("mvhd", media(96), u32(durationMs ?? 0));
  const mvex = box("mvex", ...mehd, filledBox("trex", 32));
  return box("moov", mvhd, filledBox("trak", 1_200), mvex);
}

/** A fragment's `moof`, and as much of `mdat` as stands in front of its media. */
export const moof = (sizeBytes = 452) =>
  box("moof", filledBox("mfhd", 16), filledBox("traf", sizeBytes - 24));

/** `mfra`, the index at a fragmented file's end, whose `mfro` repeats its length (§8.8.11). */
export function mfraFor(fragments: number): Uint8Array {
  const tfra = filledBox("tfra", 24 + 11 * fragments);
  return box("mfra", tfra, box("mfro", u32(0), u32(8 + tfra.length + 16)));
}

/**
 * Writes a `moov` as ffmpeg does: at once if it fits the buffer; else buffer by buffer, its sizes 0,
 * which are patched when all is written, `moov`'s last (containers.md row 1 and "OBS 29.0.2 mp4").
 */
export async function streamMoov(
  tools: RecorderTools,
  file: RecorderFile,
  start: number,
  sizeBytes: number,
): Promise<void> {
  if (sizeBytes <= BUFFER_BYTES) return writeMoov(file, start, sizeBytes, tools.media);
  file.writeBytes(start, moovFront(0, 0));
  for (let done = MOOV_FRONT_BYTES; done < sizeBytes;) {
    const bytes = Math.min(BUFFER_BYTES, sizeBytes - done);
    file.writeMedia(start + done, bytes, tools.media, INDEX_FROM + done - MOOV_FRONT_BYTES);
    done += bytes;
    await pause(tools, 200);
  }
  file.writeBytes(start + MOOV_FRONT_BYTES - 8, u32(sizeBytes - MOOV_FRONT_BYTES + 8));
  await pause(tools);
  file.writeBytes(start, u32(sizeBytes));
}
