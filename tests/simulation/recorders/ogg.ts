/** Ogg: containers.md, row "MPEG-TS, M2TS, MPEG-PS, NUT, Ogg". */
import { join, media } from "../../containers/bytes.ts";
import { FIRST, LAST, longestPage, page } from "../../containers/ogg_bytes.ts";
import { pause } from "./pace.ts";
import type { Recorder } from "./recorder.ts";

/** Two streams: sound and picture. */
const [SOUND, PICTURE] = [0x11, 0x22];

/** Media of the longest page. */
const PAGE_MEDIA_BYTES = 255 * 255;

/** Pages in front that are written as such: a look sees 32 KiB there and 192 KiB at the end. */
const PAGES = 16;

/**
 * Append-only. Each stream's last page bears its mark, the two of them a moment apart. In the middle
 * of a long take media stand for pages: a file that does not end in a page is `open`, as is one that
 * ends in a page without a mark.
 */
export const ogg: Recorder = {
  name: "ogg",
  extension: ".ogg",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { mediaBytes } = tools;
    const file = tools.create();
    const setup = [SOUND, PICTURE].map((serial) => page(serial, 0, media(4_000)));
    file.writeBytes(0, join(page(SOUND, FIRST), page(PICTURE, FIRST), ...setup));
    let from = 0;
    for (let pages = 0; pages < PAGES && from + PAGE_MEDIA_BYTES <= mediaBytes; pages++) {
      const header = longestPage(pages % 5 === 0 ? SOUND : PICTURE).subarray(0, -PAGE_MEDIA_BYTES);
      const start = file.sizeBytes;
      file.writeBytes(start, header);
      await tools.roll(file, start + header.length, PAGE_MEDIA_BYTES, from);
      from += PAGE_MEDIA_BYTES;
    }
    if (from < mediaBytes) await tools.roll(file, file.sizeBytes, mediaBytes - from, from);
    await pause(tools);
    file.writeBytes(file.sizeBytes, join(page(SOUND, 0), page(PICTURE, 0), page(SOUND, LAST)));
    await pause(tools);
    file.writeBytes(file.sizeBytes, page(PICTURE, LAST));
  },
};
