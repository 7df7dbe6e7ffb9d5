import { assert, assertEquals } from "@std/assert";
import { noFfmpeg, recordWithFfmpeg } from "./ffmpeg.ts";
import { noGstreamer, recordWithGstreamer } from "./gstreamer.ts";
import {
  assertPromises,
  type Watched,
  type WatchOptions,
  watchRecording,
} from "./watch_recording.ts";

const ffmpegKinds: Record<string, string[]> = {
  "OP1a, frames of one size": [
    "-f",
    "mxf",
    "-c:v",
    "dnxhd",
    "-profile:v",
    "dnxhr_hq",
    "-pix_fmt",
    "yuv422p",
  ],
  "OP1a, frames of many sizes": ["-f", "mxf", "-c:v", "mpeg2video", "-q:v", "2"],
  OPAtom: ["-f", "mxf_opatom", "-c:v", "dnxhd", "-profile:v", "dnxhr_hq", "-pix_fmt", "yuv422p"],
};

function withFfmpeg(kind: string, options?: WatchOptions) {
  return watchRecording("take", (path) => recordWithFfmpeg(path, ffmpegKinds[kind]!), options);
}

function withGstreamer(options?: WatchOptions) {
  const pipeline = ["video/x-raw,format=UYVY", "!", "mxfmux"];
  return watchRecording("take", (path) => recordWithGstreamer(path, pipeline), options);
}

function realTest(name: string, why: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore: why !== "", fn });
}

/** As if every look had known the partitions: only the random index, written at the stop, lists them. */
function knowingAll({ during, ...watched }: Watched): Watched {
  const { patched } = watched.after;
  return { ...watched, during: during.map((seen) => ({ ...seen, patched })) };
}

for (const kind of Object.keys(ffmpegKinds)) {
  realTest(`mxf keeps its promises while ffmpeg records ${kind}`, noFfmpeg, async () => {
    const watched = await withFfmpeg(kind);
    assertPromises(watched, { after: "final" });
    assertEquals([watched.changed, watched.movedBytes], [[], 0]);
  });
  realTest(`mxf says open when ffmpeg is killed recording ${kind}`, noFfmpeg, async () => {
    const { after } = await withFfmpeg(kind, { end: "kill" });
    assert(after.sizeBytes > 0);
    assertEquals(after.verdict, "open");
  });
}

realTest(
  "mxf names what ffmpeg patches every 10 s of the recording, at its stop",
  noFfmpeg,
  async () => {
    // Over two of ffmpeg's body partitions of 250 frames.
    const watched = await withFfmpeg("OP1a, frames of many sizes", { frames: 520 });
    assert(watched.changed.length >= 2, "no body partition went out before it was patched");
    assertPromises(knowingAll(watched), { after: "final" });
  },
);

realTest("mxf keeps its promises while GStreamer records", noGstreamer, async () => {
  const watched = await withGstreamer();
  assertPromises(watched, { after: "final" });
  assertEquals([watched.changed, watched.movedBytes], [[], 0]);
});

realTest("mxf says open when GStreamer is killed", noGstreamer, async () => {
  const { after } = await withGstreamer({ end: "kill" });
  assert(after.sizeBytes > 0);
  assertEquals(after.verdict, "open");
});
