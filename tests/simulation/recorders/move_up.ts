import type { Content } from "../content.ts";
import { pause } from "./pace.ts";
import type { RecorderFile, RecorderTools } from "./recorder.ts";

/**
 * Moves the rest of a file up as ffmpeg does: from front to back, reading ahead of what it overwrites.
 * Meanwhile the content is torn, and the file keeps its size until the last step (containers.md §2.6).
 *
 * @param moved What is moved. Not read from the file, for front to back it overwrites itself.
 * @param to Where it goes in the file.
 */
export async function moveUp(
  tools: RecorderTools,
  file: RecorderFile,
  moved: Content,
  to: number,
): Promise<void> {
  const { sizeBytes } = moved;
  const steps = Math.min(tools.chance.whole(2, 30), sizeBytes);
  let at = 0;
  for (let step = 1; step <= steps; step++) {
    const end = Math.floor(sizeBytes * step / steps);
    for (const run of moved.slice(at, end)) {
      const { origin } = run;
      if (origin === null) throw new Error("nothing here moves zeros");
      if ("bytes" in origin) file.writeBytes(to + at, origin.bytes);
      else file.writeMedia(to + at, run.sizeBytes, origin.media, origin.from);
      at += run.sizeBytes;
    }
    await pause(tools, 1_000);
  }
}
