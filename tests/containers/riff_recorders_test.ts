import { assert, assertEquals } from "@std/assert";
import { noFfmpeg, recordWithFfmpeg, SOUND_INPUT } from "./ffmpeg.ts";
import { noGstreamer, recordWithGstreamer, SOUND_PIPELINE } from "./gstreamer.ts";
import { assertPromises, type WatchOptions, watchRecording } from "./watch_recording.ts";

function realTest(name: string, why: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore: why !== "", fn });
}

/** Muxers of ffmpeg, with codecs where they matter; `avi` and `asf` are fed pictures, others sound. */
const ffmpegKinds: Record<string, string[]> = {
  avi: ["-f", "avi"],
  asf: ["-f", "asf", "-c:v", "msmpeg4"],
  wav: ["-f", "wav"],
  "wav, floating point": ["-f", "wav", "-c:a", "pcm_f32le"],
  "wav, with bext and peaks": ["-f", "wav", "-write_bext", "1", "-write_peak", "on"],
  "wav, rf64 auto": ["-f", "wav", "-rf64", "auto"],
  "wav, rf64 always": ["-f", "wav", "-rf64", "always"],
  w64: ["-f", "w64"],
  aiff: ["-f", "aiff"],
  caf: ["-f", "caf", "-c:a", "pcm_s16be"],
  "caf, packets of many sizes": ["-f", "caf", "-c:a", "alac"],
  flac: ["-f", "flac"],
  mp3: ["-f", "mp3", "-b:a", "320k"],
};

function withFfmpeg(kind: string, options?: WatchOptions) {
  const input = ["avi", "asf"].includes(kind) ? undefined : SOUND_INPUT;
  const start = (path: string) => recordWithFfmpeg(path, ffmpegKinds[kind]!, input);
  return watchRecording("take", start, options);
}

for (const kind of Object.keys(ffmpegKinds)) {
  realTest(`inspect() keeps its promises while ffmpeg records ${kind}`, noFfmpeg, async () => {
    const watched = await withFfmpeg(kind);
    assertPromises(watched, { after: "final" });
    assertEquals([watched.changed, watched.movedBytes], [[], 0]);
  });
}

for (const kind of Object.keys(ffmpegKinds)) {
  realTest(`inspect() says open of ${kind} when ffmpeg is killed`, noFfmpeg, async () => {
    const { after } = await withFfmpeg(kind, { end: "kill" });
    assert(after.sizeBytes > 0);
    assertEquals(after.verdict, "open");
  });
}

const gstreamerKinds: Record<string, string[]> = {
  avi: ["jpegenc", "!", "avimux"],
  wav: ["wavenc"],
  aiff: ["audioconvert", "!", "audio/x-raw,format=S16BE", "!", "aiffmux"],
  flac: ["flacenc"],
};

function withGstreamer(kind: string, options?: WatchOptions) {
  const input = kind === "avi" ? undefined : SOUND_PIPELINE;
  const start = (path: string) => recordWithGstreamer(path, gstreamerKinds[kind]!, input);
  return watchRecording("take", start, options);
}

for (const kind of Object.keys(gstreamerKinds)) {
  realTest(
    `inspect() keeps its promises while GStreamer records ${kind}`,
    noGstreamer,
    async () => {
      const watched = await withGstreamer(kind);
      assertPromises(watched, { after: "final" });
      assertEquals([watched.changed, watched.movedBytes], [[], 0]);
    },
  );
  realTest(`inspect() says open of ${kind} when GStreamer is killed`, noGstreamer, async () => {
    const { after } = await withGstreamer(kind, { end: "kill" });
    assert(after.sizeBytes > 0);
    assertEquals(after.verdict, "open");
  });
}
