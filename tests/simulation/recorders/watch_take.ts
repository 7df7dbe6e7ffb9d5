/** One take of a simulated recorder, watched at each write and each wait by the production containers. */
import { assert } from "@std/assert";
import type { Look, RangeReader } from "../../../src/containers/container.ts";
import { detect } from "../../../src/containers/detect.ts";
import { chanceOf } from "../chance.ts";
import { type Content, digestOf, emptyContent, type Run } from "../content.ts";
import { INDEX_FROM } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";

/** Number of the media stream of every take here. */
const MEDIA = 3;

/** What one look saw, and of how much. */
export interface Seen {
  readonly look: Look;
  readonly sizeBytes: number;
  /** Virtual time, in milliseconds. */
  readonly nowMs: number;
  readonly isRolling: boolean;
}

/** One take under virtual time, and all that was seen of it. */
export interface Take {
  readonly seen: Seen[];
  /** Whether a byte that had been there was ever changed. */
  readonly rewrote: boolean;
  /** Whether it wrote in front of the file's end while media were still to come. */
  readonly patchedEarly: boolean;
  /** The last file that it created, under whatever name. */
  readonly content: Content;
  /** What it did to names behind `create()`: new ones, and "" for one taken away. */
  readonly renames: readonly string[];
}

const readerOf = (content: Content): RangeReader => (start, into) =>
  Promise.resolve(content.read(start, into));

async function lookAt(content: Content, sizeBytes = content.sizeBytes): Promise<Look> {
  const read = readerOf(content);
  return await (await detect(read, sizeBytes)).inspect(read, sizeBytes);
}

/** A content of the same bytes, which stays as it is. */
function copyOf(content: Content): Content {
  const copy = emptyContent();
  let start = 0;
  for (const { sizeBytes, origin } of content.slice(0, content.sizeBytes)) {
    if (origin === null) copy.truncate(start + sizeBytes);
    else if ("bytes" in origin) copy.writeBytes(start, origin.bytes);
    else copy.writeMedia(start, sizeBytes, origin.media, origin.from);
    start += sizeBytes;
  }
  return copy;
}

/**
 * Records one take. Small ones are looked at as they are after every single write, large ones at every
 * wait and, while media roll, now and then.
 */
export async function watchTake(
  recorder: Recorder,
  seed: number,
  mediaBytes: number,
): Promise<Take> {
  const isSmall = mediaBytes < 2 ** 25;
  const chance = chanceOf(seed);
  const rhythm = chance.fork();
  const seen: Seen[] = [];
  const snapshots: { content: Content; nowMs: number; isRolling: boolean }[] = [];
  const renames: string[] = [];
  let watched: Content | null = null;
  let nowMs = 0;
  let isRolling = false;
  let rewrote = false;
  let hasPatched = false;
  let patchedEarly = false;
  let before: Run[] = [];

  function changed(content: Content): void {
    if (content !== watched || !isSmall) return;
    const beforeBytes = before.reduce((sum, run) => sum + run.sizeBytes, 0);
    rewrote ||= digestOf(content.slice(0, beforeBytes)) !== digestOf(before);
    before = content.slice(0, content.sizeBytes);
    snapshots.push({ content: copyOf(content), nowMs, isRolling });
  }

  /** Looks at what was written since, and at the file as it is now. */
  async function look(): Promise<void> {
    for (const { content, ...when } of snapshots.splice(0)) {
      seen.push({ look: await lookAt(content), sizeBytes: content.sizeBytes, ...when });
    }
    if (watched === null) return;
    const { sizeBytes } = watched;
    seen.push({ look: await lookAt(watched), sizeBytes, nowMs, isRolling });
  }

  function create(): RecorderFile {
    const content = emptyContent();
    watched = content;
    before = [];
    const after =
      <Args extends unknown[]>(write: (start: number, ...args: Args) => void) =>
      (start: number, ...args: Args) => {
        hasPatched ||= start < content.sizeBytes;
        write(start, ...args);
        changed(content);
      };
    return {
      get sizeBytes() {
        return content.sizeBytes;
      },
      writeMedia: after(content.writeMedia),
      writeBytes: after(content.writeBytes),
      truncate: after(content.truncate),
      copy: after(content.copy),
      rename: (to) => void renames.push(to),
      unlink() {
        renames.push("");
        if (watched === content) watched = null;
      },
    };
  }

  const tools: RecorderTools = {
    chance,
    name: "take",
    create,
    media: MEDIA,
    mediaBytes,
    async wait(delayMs) {
      assert(Number.isInteger(delayMs) && delayMs >= 0, `waited ${delayMs} ms`);
      await look();
      nowMs += delayMs;
    },
    async roll(file, start, sizeBytes, from, onWrite) {
      assert(sizeBytes > 0 && from >= 0 && from < INDEX_FROM, `rolled ${sizeBytes} from ${from}`);
      const isLong = isSmall && sizeBytes > mediaBytes / 20;
      const writes = rhythm.whole(1, isLong ? 12 : 2);
      isRolling = true;
      patchedEarly ||= hasPatched;
      let done = 0;
      for (let write = 1; write <= writes; write++) {
        const end = write === writes ? sizeBytes : Math.floor(sizeBytes * write / writes);
        if (end === done) continue;
        file.writeMedia(start + done, end - done, MEDIA, from + done);
        patchedEarly ||= hasPatched;
        done = end;
        onWrite?.(done);
        nowMs += 40;
        if (isSmall || rhythm.happens(0.01)) await look();
      }
      isRolling = false;
    },
  };
  await recorder.record(tools);
  await look();
  assert(watched !== null, "nothing was recorded");
  return { seen, rewrote, patchedEarly, content: watched, renames };
}
