import { assert, assertEquals } from "@std/assert";
import { noFfmpeg, recordWithFfmpeg, SOUND_INPUT } from "./ffmpeg.ts";
import { noGstreamer, recordWithGstreamer, SOUND_PIPELINE } from "./gstreamer.ts";
import { assertPromises, watchRecording } from "./watch_recording.ts";

function realTest(name: string, why: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore: why !== "", fn });
}

const matroska = ["-f", "matroska", "-cluster_time_limit", "300"];
const ffmpegKinds: Record<string, string[]> = {
  mkv: matroska,
  webm: ["-c:v", "libvpx", "-b:v", "20M", "-deadline", "realtime", "-cpu-used", "8", "-f", "webm"],
  cues_to_front: [...matroska, "-cues_to_front", "1"],
  reserve_index_space: [...matroska, "-reserve_index_space", "100000"],
};
for (const [kind, muxer] of Object.entries(ffmpegKinds)) {
  realTest(`inspect() keeps its promises while ffmpeg records ${kind}`, noFfmpeg, async () => {
    const watched = await watchRecording("take.mkv", (path) => recordWithFfmpeg(path, muxer));
    assertPromises(watched, { after: "final" });
    assertEquals(watched.changed, []);
    assertEquals(watched.movedBytes > 0, kind === "cues_to_front");
    assertEquals(watched.after.headBytes > 100_000, kind === "reserve_index_space");
    assert(watched.during.some((seen) => seen.mediaStart !== null));
    for (const seen of watched.during) assertEquals(seen.frontierBytes, seen.sizeBytes);
  });
}

realTest("inspect() keeps its promises while ffmpeg records FLAC in mka", noFfmpeg, async () => {
  const start = (path: string) =>
    recordWithFfmpeg(path, ["-c:a", "flac", "-f", "matroska"], SOUND_INPUT);
  const watched = await watchRecording("take.mka", start);
  assertPromises(watched, { after: "final" });
  assertEquals(watched.changed, []);
});

const gstreamerKinds: Record<string, string[]> = {
  mjpeg: ["jpegenc", "quality=100", "!", "matroskamux", "max-cluster-duration=400000000"],
  h264: [
    ...["x264enc", "tune=zerolatency", "speed-preset=ultrafast", "key-int-max=10"],
    ...["bitrate=20000", "!", "matroskamux"],
  ],
  webm: [
    ...["vp8enc", "deadline=1", "cpu-used=16", "target-bitrate=20000000", "keyframe-max-dist=15"],
    ...["!", "webmmux"],
  ],
};
for (const [kind, pipeline] of Object.entries(gstreamerKinds)) {
  const name = `inspect() holds the open Cluster back while GStreamer records ${kind}`;
  realTest(name, noGstreamer, async () => {
    const start = (path: string) => recordWithGstreamer(path, pipeline);
    const watched = await watchRecording("take.mkv", start, { frames: 100 });
    assertPromises(watched, { after: "final" });
    assertEquals(watched.changed, []);
    assert(watched.during.some((seen) => seen.frontierBytes < seen.sizeBytes), "one Cluster");
  });
}

realTest("inspect() holds enough back of too many Clusters to walk", noGstreamer, async () => {
  const start = (path: string) => {
    const pipeline = ["matroskamux", "min-cluster-duration=0", "max-cluster-duration=10000000"];
    return recordWithGstreamer(path, pipeline, SOUND_PIPELINE);
  };
  // Each frame of sound becomes four Clusters of 65 KB.
  const watched = await watchRecording("take.mka", start, { frames: 100 });
  assertPromises(watched, { after: "final" });
  assertEquals(watched.changed, []);
  const last = watched.during.at(-1)!;
  const heldBytes = last.sizeBytes - last.frontierBytes;
  assert(heldBytes > 65_000 && heldBytes < 140_000, `${heldBytes} bytes held back`);
});

realTest("inspect() of live Matroska says open for ever and lets all go", noFfmpeg, async () => {
  const live = [...matroska, "-live", "1"];
  const watched = await watchRecording("take.mkv", (path) => recordWithFfmpeg(path, live));
  assertPromises(watched, { after: "open" });
  assertEquals(watched.changed, []);
});

realTest("inspect() of GStreamer's live Matroska lets all go too", noGstreamer, async () => {
  const pipeline = ["jpegenc", "quality=100", "!", "matroskamux", "streamable=true"];
  const start = (path: string) => recordWithGstreamer(path, pipeline);
  const watched = await watchRecording("take.mkv", start);
  assertPromises(watched, { after: "open" });
  assertEquals(watched.changed, []);
});

realTest("inspect() says open of Matroska when ffmpeg is killed", noFfmpeg, async () => {
  const start = (path: string) => recordWithFfmpeg(path, matroska);
  const { after } = await watchRecording("take.mkv", start, { end: "kill" });
  assert(after.verdict === "open" && after.sizeBytes > 0, JSON.stringify(after));
});

realTest("inspect() says open of Matroska when GStreamer is killed", noGstreamer, async () => {
  const start = (path: string) => recordWithGstreamer(path, gstreamerKinds["mjpeg"]!);
  const { after } = await watchRecording("take.mkv", start, { end: "kill" });
  assert(after.verdict === "open" && after.sizeBytes > 0, JSON.stringify(after));
});
