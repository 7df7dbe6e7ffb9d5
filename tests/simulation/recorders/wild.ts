/** A recorder of which nothing is known, and which does whatever it likes. */
import { text } from "../../containers/chunk_bytes.ts";
import { pause } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** Patches while it records and at its stop, at most. */
const MOST_PATCHES = 200;

/** Overwrites 1 to 64 bytes anywhere in what is there. */
function patch({ chance }: RecorderTools, file: RecorderFile): void {
  const bytes = Uint8Array.from({ length: chance.whole(1, 64) }, () => chance.whole(1, 255));
  const start = chance.whole(0, file.sizeBytes - bytes.length);
  if (start >= 0) file.writeBytes(start, bytes);
}

/** An unknown format: no rule, and patches anywhere at any time, at the stop as well. */
export const wild: Recorder = {
  name: "wild",
  extension: ".wild",
  hasEndRule: false,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { chance } = tools;
    const file = tools.create();
    const head = text("WILD");
    file.writeBytes(0, head);
    const probability = chance.pick([0, 0.02, 0.3]);
    let patches = 0;
    await tools.roll(file, head.length, tools.mediaBytes, 0, () => {
      if (patches >= MOST_PATCHES || !chance.happens(probability)) return;
      patches++;
      patch(tools, file);
    });
    const last = chance.pick([0, 1, 5, 40]);
    for (let count = 0; count < last; count++) {
      await pause(tools);
      patch(tools, file);
    }
  },
};
