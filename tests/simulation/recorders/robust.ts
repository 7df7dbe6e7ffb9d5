/** GStreamer's robust QuickTime: containers.md, row "QT robust". */
import { box, header, join } from "../../containers/bytes.ts";
import { ftypMp4, mdatHeader, writeMoov } from "./isobmff_bytes.ts";
import { INDEX_FROM, pause } from "./pace.ts";
import type { Recorder, RecorderFile } from "./recorder.ts";

/** Where the switch, the two copies of `moov` and the 16 bytes in front of the media lie. */
const SWITCH_AT = 32;
const COPIES_AT = [40, 67_299] as const;
const MDAT_AT = 134_550;

/** Most room for one copy, with the header of what is left of it. */
const MOST_MOOV_BYTES = COPIES_AT[1] - COPIES_AT[0] - 16;

/** Updates of a take at most: one in each second, were it short. */
const MOST_UPDATES = 300;

/** Media between two updates. */
const PERIOD_BYTES = 400_000;

/** Writes one of the two copies, and `free` over what is left up to the media. */
function writeCopy(file: RecorderFile, media: number, update: number): void {
  const start = COPIES_AT[update % 2 === 0 ? 0 : 1];
  const moovBytes = Math.min(1_500 + 40 * update, MOST_MOOV_BYTES);
  // Each copy holds something else, from the stream's far end.
  writeMoov(file, start, moovBytes, media, INDEX_FROM + update * 2 ** 20);
  file.writeBytes(start + moovBytes, header("free", MDAT_AT - start - moovBytes));
}

/** The `free` box that ends in front of the copy that counts. */
function turnTo(file: RecorderFile, update: number): void {
  const sizeBytes = COPIES_AT[update % 2 === 0 ? 0 : 1] - SWITCH_AT;
  file.writeBytes(SWITCH_AT, header("free", sizeBytes));
}

/**
 * GStreamer with `reserved-moov-update-period`: in each second one of two copies of `moov` in front is
 * written anew, then a switch of 8 bytes; the size of `mdat` comes last.
 */
export const movRobust: Recorder = {
  name: "mov_robust",
  extension: ".mov",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { media, mediaBytes } = tools;
    const file = tools.create();
    file.writeBytes(0, ftypMp4);
    turnTo(file, 0);
    writeCopy(file, media, 0);
    file.writeBytes(MDAT_AT, join(box("free"), header("mdat", 0)));
    const mediaStart = MDAT_AT + 16;
    const updates = Math.min(MOST_UPDATES, Math.ceil(mediaBytes / PERIOD_BYTES));
    for (let update = 1; update <= updates; update++) {
      const from = Math.floor(mediaBytes * (update - 1) / updates);
      const to = Math.floor(mediaBytes * update / updates);
      await tools.roll(file, mediaStart + from, to - from, from);
      writeCopy(file, media, update);
      await tools.wait(tools.chance.whole(0, 3)); // an fsync
      turnTo(file, update);
    }
    await pause(tools);
    file.writeBytes(MDAT_AT, mdatHeader("free", mediaBytes));
  },
};
