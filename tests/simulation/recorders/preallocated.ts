/** Files with room allocated in advance, emulated in containers.md §5: zeros become data. */
import { recordMov } from "./mov.ts";
import { pause } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";
import { recordTransport, TRANSPORT_FRONT_BYTES } from "./streams.ts";

/** Room is taken in steps of this size (§5, last row). */
const STEP_BYTES = 16 * 2 ** 20;

/** Room for all media and up to twice of it, at once. */
function allocate({ chance, mediaBytes }: RecorderTools, file: RecorderFile): void {
  file.truncate(Math.ceil(mediaBytes * (1 + chance.fraction())) + chance.whole(2 ** 20, 2 ** 26));
}

/** A transport stream in a file of its full size from the beginning, cut down at the stop. */
export const tsPreallocated: Recorder = {
  name: "ts_preallocated",
  extension: ".ts",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    allocate(tools, file);
    await tools.wait(tools.chance.whole(0, 2_000));
    await recordTransport(tools, file, tools.mediaBytes);
    await pause(tools);
    file.truncate(TRANSPORT_FRONT_BYTES + tools.mediaBytes);
  },
};

/** The same, 16 MiB at a time. */
export const tsPreallocatedInSteps: Recorder = {
  name: "ts_preallocated_in_steps",
  extension: ".ts",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    file.truncate(STEP_BYTES);
    await recordTransport(tools, file, tools.mediaBytes, (writtenBytes) => {
      const wanted = STEP_BYTES *
        Math.ceil((TRANSPORT_FRONT_BYTES + writtenBytes + 1) / STEP_BYTES);
      if (wanted > file.sizeBytes) file.truncate(wanted);
    });
    await pause(tools);
    file.truncate(TRANSPORT_FRONT_BYTES + tools.mediaBytes);
  },
};

/** An unknown format in a file of its full size from the beginning. */
export const wildPreallocated: Recorder = {
  name: "wild_preallocated",
  extension: ".wild",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    allocate(tools, file);
    await tools.roll(file, 0, tools.mediaBytes, 0);
    await pause(tools);
    file.truncate(tools.mediaBytes);
  },
};

/** ffmpeg's MOV in a file of its full size: index and sizes as ever, then cut, which says `final`. */
export const movPreallocated: Recorder = {
  name: "mov_preallocated",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    allocate(tools, file);
    const moovBytes = 2_000 + tools.chance.whole(0, 20_000);
    const mediaEnd = 36 + tools.mediaBytes;
    await recordMov(tools, file, { moovBytes: () => moovBytes });
    await pause(tools);
    file.truncate(mediaEnd + moovBytes);
  },
};
