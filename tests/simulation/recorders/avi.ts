/** AVI: containers.md, rows "AVI". A file is one RIFF up to 1 GiB, and another for each further one. */
import { join } from "../../containers/bytes.ts";
import { u32le } from "../../containers/chunk_bytes.ts";
import { AFTER_FINAL_MS, pause } from "./pace.ts";
import type { Recorder, RecorderFile, RecorderTools } from "./recorder.ts";
import {
  aviFront,
  aviHeader,
  type AviState,
  avixFront,
  mediaIndex,
  oldIndex,
} from "./riff_bytes.ts";

/** A RIFF is closed at 1 GiB, less one frame at most. */
const RIFF_MEDIA_BYTES = 2 ** 30 - 10_000;

/** ffmpeg's super index has room for 256 RIFFs. */
const MOST_MEDIA_BYTES = 256 * 2 ** 30;

/** The media of each RIFF. */
function shares({ mediaBytes, chance }: RecorderTools): { from: number; sizeBytes: number }[] {
  const all = [];
  for (let from = 0; from < mediaBytes;) {
    const fullBytes = RIFF_MEDIA_BYTES - 2 * chance.whole(0, 100_000);
    const sizeBytes = Math.min(fullBytes, mediaBytes - from);
    all.push({ from, sizeBytes });
    from += sizeBytes;
  }
  return all;
}

/** Appends; chunks begin at even offsets, so an odd end gets a byte more. */
function append(file: RecorderFile, bytes: Uint8Array): void {
  const padding = new Uint8Array(file.sizeBytes % 2).fill(0x50);
  file.writeBytes(file.sizeBytes, join(padding, bytes));
}

/**
 * ffmpeg's. At each full GiB: the index, the size of its `movi`, the super index's name and counts,
 * its RIFF's size; then nothing until 256 KiB are gathered, for as long as 33 s (§2.3, §2.5). At the
 * stop the same, the OpenDML header's name if there is more than one RIFF, then frame counts, which
 * come after the file says `final` (§2.4).
 */
export const aviFfmpeg: Recorder = {
  name: "avi_ffmpeg",
  extension: ".avi",
  hasEndRule: true,
  mostMediaBytes: MOST_MEDIA_BYTES,
  async record(tools) {
    const file = tools.create();
    const riffs = shares(tools);
    const first: AviState = { index: "JUNK", openDml: "JUNK", counts: 0 };
    let state = first;
    for (const [index, { from, sizeBytes }] of riffs.entries()) {
      const start = file.sizeBytes;
      const front = index === 0 ? aviFront(first, 0, 0) : avixFront(0, 0);
      file.writeBytes(start, front);
      const mediaStart = start + front.length;
      await tools.roll(file, mediaStart, sizeBytes, from);
      const isLast = index === riffs.length - 1;
      if (isLast) await pause(tools);
      append(file, mediaIndex);
      file.writeBytes(mediaStart - 8, u32le(file.sizeBytes - mediaStart + 4));
      await pause(tools, 100);
      if (index === 0) append(file, oldIndex);
      if (riffs.length > 1) {
        state = { index: "indx", openDml: "JUNK", counts: index + 1 };
        file.writeBytes(12, aviHeader(state));
        await pause(tools, 100);
      }
      file.writeBytes(start + 4, u32le(file.sizeBytes - start - 8));
      // The chain ends where the file ends: until ffmpeg's buffer is full, or for good.
      if (!isLast) await tools.wait(tools.chance.spread(50, 33_000));
    }
    await pause(tools, AFTER_FINAL_MS);
    if (riffs.length > 1) {
      state = { ...state, openDml: "LIST" };
      file.writeBytes(12, aviHeader(state));
      await pause(tools, AFTER_FINAL_MS);
    }
    file.writeBytes(12, aviHeader({ ...state, counts: 1_000 }));
  },
};

/**
 * GStreamer's. Sizes of a file without media at first; the 24 bytes of a further RIFF when it is full,
 * 1 GiB back; at the stop those of the last one, then all in front of the media in one write.
 */
export const aviGst: Recorder = {
  name: "avi_gst",
  extension: ".avi",
  hasEndRule: true,
  mostMediaBytes: MOST_MEDIA_BYTES,
  async record(tools) {
    const file = tools.create();
    const state: AviState = { index: "indx", openDml: "LIST", counts: 0 };
    const frontBytes = aviFront(state, 0, 0).length;
    let firstSizes = { riffBytes: frontBytes - 8, moviBytes: 4 };
    for (const [index, { from, sizeBytes }] of shares(tools).entries()) {
      const start = file.sizeBytes;
      const front = index === 0 ? aviFront(state, frontBytes - 8, 4) : avixFront(16, 4);
      file.writeBytes(start, front);
      const mediaStart = start + front.length;
      await tools.roll(file, mediaStart, sizeBytes, from);
      append(file, mediaIndex);
      const moviBytes = file.sizeBytes - mediaStart + 4;
      if (index === 0) append(file, oldIndex);
      const riffBytes = file.sizeBytes - start - 8;
      if (index === 0) firstSizes = { riffBytes, moviBytes };
      else file.writeBytes(start, avixFront(riffBytes, moviBytes));
      await pause(tools, 100);
    }
    const { riffBytes, moviBytes } = firstSizes;
    file.writeBytes(0, aviFront({ ...state, counts: 1_000 }, riffBytes, moviBytes));
  },
};
