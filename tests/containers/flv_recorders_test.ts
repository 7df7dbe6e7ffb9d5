import { assert, assertEquals } from "@std/assert";
import { noFfmpeg, recordWithFfmpeg } from "./ffmpeg.ts";
import { noGstreamer, recordWithGstreamer } from "./gstreamer.ts";
import { assertPromises, watchRecording } from "./watch_recording.ts";

function realTest(name: string, why: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + why, ignore: why !== "", fn });
}

const flv = ["-c:v", "flv", "-f", "flv"];
const flags = ["add_keyframe_index", "no_duration_filesize"];
for (const flag of [null, ...flags]) {
  const name = `inspect() keeps its promises while ffmpeg records FLV, ${flag ?? "plain"}`;
  realTest(name, noFfmpeg, async () => {
    const muxer = [...flv, ...(flag === null ? [] : ["-flvflags", flag])];
    const watched = await watchRecording("take.flv", (path) => recordWithFfmpeg(path, muxer));
    const isSized = flag !== "no_duration_filesize";
    assertPromises(watched, {
      after: isSized ? "final" : "undecidable",
      during: [isSized ? "open" : "undecidable"],
    });
    assertEquals(watched.changed, []);
    assertEquals(watched.movedBytes > 0, flag === "add_keyframe_index");
  });
}

const encoder = ["x264enc", "tune=zerolatency", "speed-preset=ultrafast", "bitrate=20000", "!"];
for (const isLive of [false, true]) {
  const kind = isLive ? "an FLV stream" : "FLV";
  realTest(
    `inspect() keeps its promises while GStreamer records ${kind}`,
    noGstreamer,
    async () => {
      const pipeline = [...encoder, "flvmux", `streamable=${isLive}`];
      const start = (path: string) => recordWithGstreamer(path, pipeline);
      const watched = await watchRecording("take.flv", start, { frames: 100 });
      assertPromises(watched, {
        after: isLive ? "undecidable" : "final",
        during: [isLive ? "undecidable" : "open"],
      });
      assertEquals([watched.changed, watched.movedBytes], [[], 0]);
    },
  );
}

realTest("inspect() says open of FLV when ffmpeg is killed", noFfmpeg, async () => {
  const start = (path: string) => recordWithFfmpeg(path, flv);
  const { after } = await watchRecording("take.flv", start, { end: "kill" });
  assert(after.verdict === "open" && after.sizeBytes > 0, JSON.stringify(after));
});
