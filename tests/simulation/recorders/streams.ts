/** Streams that are made to be cut anywhere: containers.md, row "MPEG-TS, M2TS, MPEG-PS, NUT, Ogg". */
import { join, media } from "../../containers/bytes.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** Packets in front that are literal: by five of them the format is known. */
const PACKETS = 7;

/** Transport packets, filled. */
const packets = join(
  ...Array.from({ length: PACKETS }, () => join(Uint8Array.of(0x47, 0x40, 0, 0x10), media(184))),
);

/** A transport stream of `mediaBytes` in all, with its first packets; as much as there is room for. */
export async function recordTransport(
  tools: RecorderTools,
  file: RecorderFile,
  mediaBytes: number,
  onWrite?: (writtenBytes: number) => void,
): Promise<void> {
  file.writeBytes(0, packets);
  await tools.roll(file, packets.length, mediaBytes, 0, onWrite);
}

/** Bytes that {@linkcode recordTransport} writes in front of its media. */
export const TRANSPORT_FRONT_BYTES = packets.length;

/** MPEG-TS: append-only, and nothing says that it is over. */
export const ts: Recorder = {
  name: "ts",
  extension: ".ts",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  record: (tools) => recordTransport(tools, tools.create(), tools.mediaBytes),
};

/** MPEG-PS (VOB): a pack header in front, the rest is media. */
export const ps: Recorder = {
  name: "ps",
  extension: ".vob",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    const pack = join(Uint8Array.of(0, 0, 1, 0xba, 0x44), media(9));
    file.writeBytes(0, pack);
    await tools.roll(file, pack.length, tools.mediaBytes, 0);
  },
};
