/** Files of a size that is at an edge. */
import { recordMov } from "./mov.ts";
import type { Recorder } from "./recorder.ts";
import { recordTransport, TRANSPORT_FRONT_BYTES } from "./streams.ts";

/** Least bytes of a part that is not the last one. */
const PART_BYTES = 5 * 2 ** 20;

/** One byte, and nothing more. */
export const oneByte: Recorder = {
  name: "one_byte",
  extension: ".bin",
  hasEndRule: false,
  mostMediaBytes: 1,
  async record(tools) {
    await tools.roll(tools.create(), 0, 1, 0);
  },
};

/** Ends exactly where a part of 5 MiB does, if it has as much; the media are cut for it. */
export const tsOnBoundary: Recorder = {
  name: "ts_on_boundary",
  extension: ".ts",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  record(tools) {
    const { mediaBytes } = tools;
    const wholeBytes = PART_BYTES * Math.floor(mediaBytes / PART_BYTES) - TRANSPORT_FRONT_BYTES;
    return recordTransport(tools, tools.create(), wholeBytes > 0 ? wholeBytes : mediaBytes);
  },
};

/** A MOV whose index ends exactly where a part of 5 MiB does. */
export const movOnBoundary: Recorder = {
  name: "mov_on_boundary",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  record: (tools) =>
    recordMov(tools, tools.create(), {
      moovBytes(mediaStart) {
        const leastBytes = mediaStart + tools.mediaBytes + 2_000;
        const endBytes = PART_BYTES * Math.ceil(leastBytes / PART_BYTES);
        return endBytes - mediaStart - tools.mediaBytes;
      },
    }),
};
