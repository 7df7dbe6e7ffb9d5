/** Recorders that change the name of their file, or take it away. */
import { recordMov } from "./mov.ts";
import { pause } from "./pace.ts";
import type { Recorder } from "./recorder.ts";
import { recordTransport } from "./streams.ts";

/** OBS: creates, unlinks, and creates again 0.26 to 0.29 s later (containers.md §2.10). */
export const mp4Recreated: Recorder = {
  name: "mp4_recreated",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    tools.create().unlink();
    await tools.wait(tools.chance.whole(260, 290));
    await recordMov(tools, tools.create(), { kind: "mp4" });
  },
};

/** Records under a temporary name, and gives the file the watched one when it is finished. */
export const movPartThenRename: Recorder = {
  name: "mov_part_then_rename",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create(`${tools.name}.part`);
    await recordMov(tools, file);
    await pause(tools, 100);
    file.rename(tools.name);
  },
};

/** Records under the watched name, and takes the finished file away from it. */
export const movRenamedAway: Recorder = {
  name: "mov_renamed_away",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    await recordMov(tools, file);
    await pause(tools, 100);
    file.rename(`${tools.name}.done`);
  },
};

/** The same with a format that cannot say that it is over. */
export const tsRenamedAway: Recorder = {
  name: "ts_renamed_away",
  extension: ".ts",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const file = tools.create();
    await recordTransport(tools, file, tools.mediaBytes);
    await pause(tools);
    file.rename(`${tools.name}.done`);
  },
};
