/** MP4 with its index put in front at the stop: containers.md, rows "MP4 faststart". */
import { box, header, join, u32 } from "../../containers/bytes.ts";
import { ftypMp4, headerOf, mdatHeader, moovSize, streamMoov, writeMoov } from "./isobmff_bytes.ts";
import { gather, pause } from "./pace.ts";
import type { Recorder } from "./recorder.ts";

/**
 * ffmpeg `+faststart`: the size of `mdat`; then all behind `ftyp` is moved up by the length of `moov`,
 * from front to back, so that the file keeps its size until the end; then `moov` in front (§2.6, §2.7).
 */
export const mp4FaststartFfmpeg: Recorder = {
  name: "mp4_faststart_ffmpeg",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { chance, media, mediaBytes } = tools;
    const file = tools.create();
    file.writeBytes(0, join(ftypMp4, box("free"), header("mdat", 0)));
    const mediaStart = ftypMp4.length + 16;
    await tools.roll(file, mediaStart, mediaBytes, 0);
    await pause(tools);
    const sizes = mdatHeader("free", mediaBytes);
    if (sizes[3] === 1) file.writeBytes(mediaStart - 16, sizes);
    else file.writeBytes(mediaStart - 8, u32(mediaBytes + 8));
    await pause(tools);
    const moovBytes = moovSize(tools, mediaBytes);
    // ffmpeg reads ahead of what it overwrites. What lies where is known here, so nothing is read.
    file.writeBytes(ftypMp4.length + moovBytes, sizes);
    const steps = Math.min(chance.whole(2, 30), mediaBytes);
    for (let step = 0; step < steps; step++) {
      const from = Math.floor(mediaBytes * step / steps);
      const to = Math.floor(mediaBytes * (step + 1) / steps);
      file.writeMedia(mediaStart + moovBytes + from, to - from, media, from);
      await pause(tools, 1_000);
    }
    await streamMoov(tools, file, ftypMp4.length, moovBytes);
  },
};

/** GStreamer: 0 bytes all recording long, then the whole file at once, from front to back. */
export const mp4FaststartGst: Recorder = {
  name: "mp4_faststart_gst",
  extension: ".mp4",
  hasEndRule: true,
  mostMediaBytes: Infinity,
  async record(tools) {
    const { chance, media, mediaBytes } = tools;
    const file = tools.create();
    await gather(tools, { from: 0, sizeBytes: mediaBytes });
    const moovBytes = moovSize(tools, mediaBytes);
    file.writeBytes(0, ftypMp4);
    writeMoov(file, ftypMp4.length, moovBytes, media);
    await pause(tools);
    const mdat = headerOf("mdat", mediaBytes + 8);
    file.writeBytes(file.sizeBytes, mdat);
    const mediaStart = file.sizeBytes;
    const steps = Math.min(chance.whole(1, 20), mediaBytes);
    for (let step = 0; step < steps; step++) {
      const from = Math.floor(mediaBytes * step / steps);
      const to = Math.floor(mediaBytes * (step + 1) / steps);
      await pause(tools, 1_000);
      file.writeMedia(mediaStart + from, to - from, media, from);
    }
  },
};
