import { assert, assertEquals } from "@std/assert";
import { noFfmpeg, recordWithFfmpeg } from "./ffmpeg.ts";
import { noGstreamer, recordWithGstreamer } from "./gstreamer.ts";
import {
  assertPromises,
  type Promised,
  type WatchOptions,
  watchRecording,
} from "./watch_recording.ts";

function withFfmpeg(name: string, muxer: string[], options?: WatchOptions) {
  return watchRecording(name, (path) => recordWithFfmpeg(path, muxer), options);
}

function withGstreamer(name: string, muxer: string[], options?: WatchOptions) {
  const encoder = ["x264enc", "tune=zerolatency", "speed-preset=ultrafast", "key-int-max=5"];
  const pipeline = [...encoder, "bitrate=20000", "!", ...muxer];
  return watchRecording(name, (path) => recordWithGstreamer(path, pipeline), options);
}

function realTest(name: string, why: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore: why !== "", fn });
}

const fragments: Promised = { after: "final", during: ["open", "undecidable"] };
const ffmpegKinds: Record<string, [muxer: string[], promised: Promised]> = {
  mov: [["-f", "mov"], { after: "final" }],
  mp4: [["-f", "mp4"], { after: "final" }],
  faststart: [["-f", "mp4", "-movflags", "+faststart"], { after: "final" }],
  moov_size: [["-f", "mp4", "-moov_size", "200000"], { after: "final" }],
  empty_moov: [
    ["-f", "mp4", "-movflags", "frag_keyframe+empty_moov", "-flush_packets", "1"],
    fragments,
  ],
  frag_keyframe: [["-f", "mp4", "-movflags", "frag_keyframe"], fragments],
};
for (const [kind, [muxer, promised]] of Object.entries(ffmpegKinds)) {
  realTest(`inspect() keeps its promises while ffmpeg records ${kind}`, noFfmpeg, async () => {
    const watched = await withFfmpeg("take.mp4", muxer);
    assertPromises(watched, promised);
    assertEquals(watched.after.settleMs, promised === fragments ? 2_000 : 250);
    assertEquals(watched.movedBytes > 0, kind === "faststart");
    const mediaStart = watched.during.at(-1)!.mediaStart!;
    assert(mediaStart < 2_000 || (kind === "moov_size" && mediaStart > 200_000), `${mediaStart}`);
  });
}

const gstreamerKinds: Record<string, [muxer: string[], promised: Promised]> = {
  qtmux: [["qtmux"], { after: "final" }],
  mp4mux: [["mp4mux"], { after: "final" }],
  fragments: [["mp4mux", "fragment-duration=500"], fragments],
  hybrid: [
    ["mp4mux", "fragment-duration=500", "fragment-mode=first-moov-then-finalise"],
    fragments,
  ],
  robust: [
    ["qtmux", "reserved-max-duration=60000000000", "reserved-moov-update-period=500000000"],
    { after: "final" },
  ],
};
for (const [kind, [muxer, promised]] of Object.entries(gstreamerKinds)) {
  const name = `inspect() keeps its promises while GStreamer records ${kind}`;
  realTest(name, noGstreamer, async () => {
    const watched = await withGstreamer("take.mp4", muxer);
    assertPromises(watched, promised);
    // A hybrid file's first moov is renamed hoov at the stop: one byte. Nothing else was sent in vain.
    assert(watched.changed.length <= (kind === "hybrid" ? 1 : 0), JSON.stringify(watched.changed));
  });
}

for (const kind of ["mov", "mp4", "faststart", "empty_moov"]) {
  realTest(`inspect() says open of ${kind} when ffmpeg is killed`, noFfmpeg, async () => {
    const [muxer] = ffmpegKinds[kind]!;
    const { after } = await withFfmpeg("take.mp4", muxer, { end: "kill" });
    assert(after.verdict !== "final" && after.sizeBytes > 0, JSON.stringify(after));
  });
}
