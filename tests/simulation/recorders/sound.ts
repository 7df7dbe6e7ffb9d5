/** Sound with its sizes in front: containers.md, rows WAV, RF64, W64, AIFF, CAF. */
import { join, media, u32 } from "../../containers/bytes.ts";
import {
  guidChunk,
  hex,
  riffChunk,
  riffHeader,
  riffList,
  text,
  u32le,
  u64be,
  u64le,
} from "../../containers/chunk_bytes.ts";
import { AFTER_FINAL_MS, pause } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** What 32 bits can state, less the headers. */
const MOST_SMALL_BYTES = 2 ** 32 - 2 ** 20;

/** One write at the stop. */
type Patch = readonly [start: number, bytes: Uint8Array];

/**
 * Records behind a header, then patches: before the write that says `final` the waits may be long,
 * behind it not.
 *
 * @param patches Writes at the stop, given the file's size and that of the media.
 * @param deciding Index of the write that says `final`.
 */
async function recordSound(
  tools: RecorderTools,
  head: Uint8Array,
  patches: (sizeBytes: number, mediaBytes: number) => readonly Patch[],
  deciding: number,
): Promise<void> {
  const file: RecorderFile = tools.create();
  file.writeBytes(0, head);
  await tools.roll(file, head.length, tools.mediaBytes, 0);
  for (const [index, [start, bytes]] of patches(file.sizeBytes, tools.mediaBytes).entries()) {
    await pause(tools, index > deciding ? AFTER_FINAL_MS : 3_000);
    file.writeBytes(start, bytes);
  }
}

const format = riffChunk("fmt ", media(16));
const software = riffList("INFO", [riffChunk("ISFT", text("Lavf59"))]);
const UNKNOWN = 0xffff_ffff;

/** A WAV's header; `room` in front is where RF64 puts its sizes. */
function waveHead(
  riffBytes: number,
  dataBytes: number,
  room: Uint8Array = new Uint8Array(),
): Uint8Array {
  return join(
    ...[riffHeader("RIFF", riffBytes), text("WAVE"), room, format, software],
    riffHeader("data", dataBytes),
  );
}

/** The size of `data`, then the file's. */
function recordWave(tools: RecorderTools, head: Uint8Array): Promise<void> {
  return recordSound(tools, head, (sizeBytes, mediaBytes) => [
    [head.length - 4, u32le(mediaBytes)],
    [4, u32le(sizeBytes - 8)],
  ], 1);
}

/** ffmpeg's WAV: the size of `data`, then the file's. */
export const wavFfmpeg: Recorder = {
  name: "wav_ffmpeg",
  extension: ".wav",
  hasEndRule: true,
  mostMediaBytes: MOST_SMALL_BYTES,
  record: (tools) => recordWave(tools, waveHead(UNKNOWN, UNKNOWN)),
};

/** Where RF64 puts its sizes. */
const ds64Room = riffChunk("JUNK", new Uint8Array(28));

/** ffmpeg `-rf64 auto` up to 4 GiB: room for `ds64`, which is not needed. */
export const wavWithRoom: Recorder = {
  name: "wav_with_room",
  extension: ".wav",
  hasEndRule: true,
  mostMediaBytes: MOST_SMALL_BYTES,
  record: (tools) => recordWave(tools, waveHead(UNKNOWN, UNKNOWN, ds64Room)),
};

/** GStreamer's WAV: sizes of 0x7FFF0000 at first, the whole header at the stop. */
export const wavGst: Recorder = {
  name: "wav_gst",
  extension: ".wav",
  hasEndRule: true,
  mostMediaBytes: MOST_SMALL_BYTES,
  record(tools) {
    const head = waveHead(0x7fff_0048, 0x7fff_0000);
    return recordSound(tools, head, (sizeBytes, mediaBytes) => [
      [0, waveHead(sizeBytes - 8, mediaBytes)],
    ], 0);
  },
};

/**
 * A WAV whose sizes are never patched: over a pipe, or above 4 GiB without RF64 (§2.9). Up to 4 GiB it
 * says `open` for ever, as live Matroska does; above that `undecidable`.
 */
export const wavUnpatched: Recorder = {
  name: "wav_unpatched",
  extension: ".wav",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  record: (tools) => recordSound(tools, waveHead(UNKNOWN, UNKNOWN), () => [], 0),
};

/** ffmpeg `-rf64 always`: name, `ds64`, which says `final`, and last the size of `data` (§2.4). */
export const rf64: Recorder = {
  name: "rf64",
  extension: ".wav",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record(tools) {
    const head = waveHead(UNKNOWN, 0, ds64Room);
    return recordSound(tools, head, (sizeBytes, mediaBytes) => [
      [head.length - 4, u32le(mediaBytes % 2 ** 32)],
      [0, riffHeader("RF64", UNKNOWN)],
      [12, riffChunk("ds64", u64le(sizeBytes - 8), u64le(mediaBytes), u64le(mediaBytes), u32le(0))],
      [head.length - 4, u32le(UNKNOWN)],
    ], 2);
  },
};

/** ffmpeg's W64: the size of `data`, then the file's. */
export const w64: Recorder = {
  name: "w64",
  extension: ".w64",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record(tools) {
    const unknown = u64le(2n ** 64n - 1n);
    const head = join(
      ...[hex("726966662e91cf11a5d628db04c10000"), unknown],
      ...[hex("77617665f3acd3118cd100c04f8edb8a")],
      guidChunk("666d7420f3acd3118cd100c04f8edb8a", media(16)),
      ...[hex("64617461f3acd3118cd100c04f8edb8a"), unknown],
    );
    return recordSound(tools, head, (sizeBytes, mediaBytes) => [
      [head.length - 8, u64le(24 + mediaBytes)],
      [16, u64le(sizeBytes)],
    ], 1);
  },
};

/** ffmpeg's AIFF: `FORM`, the frames in `COMM`, and `SSND`, whose size says `final`. */
export const aiff: Recorder = {
  name: "aiff",
  extension: ".aiff",
  hasEndRule: true,
  mostMediaBytes: MOST_SMALL_BYTES,
  record(tools) {
    const comm = join(text("COMM"), u32(18), media(2), u32(0), media(12));
    const head = join(
      ...[text("FORM"), u32(0), text("AIFF"), comm],
      ...[text("SSND"), u32(0), u32(0), u32(0)],
    );
    return recordSound(tools, head, (sizeBytes, mediaBytes) => [
      [4, u32(sizeBytes - 8)],
      [22, u32(Math.ceil(mediaBytes / 4))],
      [head.length - 12, u32(8 + mediaBytes)],
    ], 2);
  },
};

/** ffmpeg's CAF: the size of `data`, -1 until then. */
export const caf: Recorder = {
  name: "caf",
  extension: ".caf",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record(tools) {
    const description = join(media(8), text("lpcm"), u32(0), u32(4), u32(1), u32(2), u32(16));
    const head = join(
      ...[text("caff"), Uint8Array.of(0, 1, 0, 0)],
      ...[text("desc"), u64be(description.length), description],
      ...[text("data"), u64be(2n ** 64n - 1n), u32(0)],
    );
    return recordSound(tools, head, (_, mediaBytes) => [
      [head.length - 12, u64be(4 + mediaBytes)],
    ], 0);
  },
};
