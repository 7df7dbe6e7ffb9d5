/** Compressed sound: containers.md, row "FLAC / MP3 / ASF / CAF / AIFF". */
import { join, media, u32 } from "../../containers/bytes.ts";
import { text } from "../../containers/chunk_bytes.ts";
import { flacHead, frame } from "../../containers/flac_bytes.ts";
import { pause } from "./pace.ts";
import type { Recorder } from "./recorder.ts";

/** Samples in a block, and the number of the last one, which is shorter. */
const BLOCK_SAMPLES = 4_608;
const LAST_FRAME = 1_500;
const LAST_SAMPLES = 1_000;

/** ffmpeg's FLAC: total and checksum in STREAMINFO, [8,42), the last write. */
export const flac: Recorder = {
  name: "flac",
  extension: ".flac",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    const head = flacHead({});
    file.writeBytes(0, head);
    await tools.roll(file, head.length, tools.mediaBytes, 0);
    await pause(tools);
    file.writeBytes(file.sizeBytes, frame(LAST_FRAME, LAST_SAMPLES));
    await pause(tools);
    const total = LAST_FRAME * BLOCK_SAMPLES + LAST_SAMPLES;
    file.writeBytes(8, flacHead({ total, isSummed: true }).subarray(8, 42));
  },
};

/** The first frame of an MP3, which holds the length of all frames. */
function xingFrame(lengthBytes: number): Uint8Array {
  const fields = join(text("Info"), u32(3), u32(lengthBytes >> 9), u32(lengthBytes));
  return join(Uint8Array.of(0xff, 0xfb, 0x54, 0xc0), media(17), fields, media(192 - 37));
}

/** ffmpeg's MP3: the length in its first frame, [45,1005), the last write. */
export const mp3: Recorder = {
  name: "mp3",
  extension: ".mp3",
  hasEndRule: true,
  mostMediaBytes: 2 ** 32 - 2 ** 20,
  async record(tools) {
    const file = tools.create();
    const tag = join(text("ID3\x04\0\0\0\0\0\x23"), media(35));
    const head = join(tag, xingFrame(0));
    file.writeBytes(0, head);
    await tools.roll(file, head.length, tools.mediaBytes, 0);
    await pause(tools);
    file.writeBytes(tag.length, xingFrame(file.sizeBytes - tag.length));
  },
};
