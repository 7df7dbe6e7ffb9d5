import { assert, assertEquals } from "@std/assert";
import { noFfmpeg, recordWithFfmpeg, SOUND_INPUT } from "./ffmpeg.ts";
import { noGstreamer, recordWithGstreamer, SOUND_PIPELINE } from "./gstreamer.ts";
import { assertPromises, watchRecording } from "./watch_recording.ts";

function realTest(name: string, why: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore: why !== "", fn });
}

const twoSounds = ["-map", "0:a", "-map", "0:a", "-c:a:0", "libvorbis", "-c:a:1", "libopus"];
const ffmpegKinds: Record<string, [muxer: string[], input?: string[]]> = {
  Theora: [["-c:v", "libtheora", "-q:v", "10", "-f", "ogg"]],
  "FLAC in Ogg": [["-c:a", "flac", "-f", "ogg"], SOUND_INPUT],
  "two sounds": [[...twoSounds, "-f", "ogg"], SOUND_INPUT],
};
for (const [kind, [muxer, input]] of Object.entries(ffmpegKinds)) {
  realTest(`inspect() keeps its promises while ffmpeg records ${kind}`, noFfmpeg, async () => {
    const start = (path: string) => recordWithFfmpeg(path, muxer, input);
    const watched = await watchRecording("take.ogg", start);
    assertPromises(watched, { after: "final" });
    assertEquals([watched.changed, watched.changedAfterFinal], [[], []]);
  });
}

realTest("inspect() keeps its promises while GStreamer records Vorbis", noGstreamer, async () => {
  const start = (path: string) =>
    recordWithGstreamer(path, ["vorbisenc", "!", "oggmux"], SOUND_PIPELINE);
  const watched = await watchRecording("take.ogg", start, { frames: 40 });
  assertPromises(watched, { after: "final" });
  assertEquals([watched.changed, watched.changedAfterFinal], [[], []]);
});

realTest("inspect() keeps its promises while GStreamer records Skeleton", noGstreamer, async () => {
  const pipeline = ["theoraenc", "quality=63", "!", "oggmux", "skeleton=true"];
  const start = (path: string) => recordWithGstreamer(path, pipeline);
  const watched = await watchRecording("take.ogv", start);
  assertPromises(watched, { after: "final" });
  assertEquals(watched.changed, []);
});

realTest("inspect() says open of Ogg when ffmpeg is killed", noFfmpeg, async () => {
  const start = (path: string) => recordWithFfmpeg(path, ffmpegKinds["Theora"]![0]);
  const { after } = await watchRecording("take.ogv", start, { end: "kill" });
  assert(after.verdict === "open" && after.sizeBytes > 0, JSON.stringify(after));
});
