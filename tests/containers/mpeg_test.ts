import { assert, assertEquals } from "@std/assert";
import { detect } from "../../src/containers/detect.ts";
import {
  isMpegProgram,
  isMpegTransport,
  mpegProgram,
  mpegTransport,
} from "../../src/containers/mpeg.ts";
import { join, media, readerOf } from "./bytes.ts";
import { noFfmpeg, recordWithFfmpeg } from "./ffmpeg.ts";
import { fuzz, INPUTS } from "./fuzz.ts";
import { noGstreamer, recordWithGstreamer } from "./gstreamer.ts";
import { assertPromises, watchRecording } from "./watch_recording.ts";

function packets(count: number, packetBytes = 188, prefixBytes = 0): Uint8Array {
  const bytes = media(count * packetBytes);
  for (let packet = 0; packet < count; packet++) bytes[packet * packetBytes + prefixBytes] = 0x47;
  return bytes;
}

function pack(...first: number[]): Uint8Array {
  return join(new Uint8Array([0, 0, 1, 0xba, ...first]), media(40));
}

Deno.test("isMpegTransport() knows five packets of 188 or of 192 bytes", () => {
  assert(isMpegTransport(packets(5)) && isMpegTransport(packets(5, 192, 4)));
  assert(!isMpegTransport(packets(4)) && !isMpegTransport(packets(4, 192, 4)));
  assert(!isMpegTransport(packets(5, 190)) && !isMpegTransport(packets(5, 192)));
  assert(!isMpegTransport(packets(5).fill(0, 376, 377)) && !isMpegTransport(new Uint8Array(0)));
});

Deno.test("isMpegProgram() knows the pack headers of MPEG-1 and MPEG-2", () => {
  assert(isMpegProgram(pack(0x44)) && isMpegProgram(pack(0x7f)) && isMpegProgram(pack(0x21)));
  assert(!isMpegProgram(pack(0x00)) && !isMpegProgram(pack(0xff)) && !isMpegProgram(pack(0x20)));
  assert(!isMpegProgram(pack(0x40)));
  assert(!isMpegProgram(pack(0x44).subarray(0, 4)) && !isMpegProgram(media(9)));
});

Deno.test("inspect() of MPEG streams decides nothing and reads nothing", async () => {
  for (const container of [mpegTransport, mpegProgram]) {
    const { read, reads } = readerOf(media(100));
    assertEquals(await container.inspect(read, 100), {
      verdict: "undecidable",
      container: container.name,
      headBytes: 0,
      mediaStart: null,
      frontierBytes: 100,
      patched: [],
      settleMs: 2_000,
    });
    assertEquals(reads.calls, 0);
  }
});

Deno.test("detect() knows MPEG streams of few bytes for unknown, not for another family", async () => {
  for (const bytes of [packets(2), packets(5).subarray(0, 700), pack(0x44).subarray(0, 4)]) {
    assertEquals((await detect(readerOf(bytes).read, bytes.length)).name, "unknown");
  }
});

const kinds: Record<string, [name: string, muxer: string[]]> = {
  MPEG_TS: ["mpegts", ["-f", "mpegts"]],
  M2TS: ["mpegts", ["-f", "mpegts", "-mpegts_m2ts_mode", "1"]],
  VOB: ["mpegps", ["-c:v", "mpeg2video", "-f", "vob"]],
  MPEG_PS: ["mpegps", ["-c:v", "mpeg1video", "-f", "mpeg"]],
};
for (const [kind, [name, muxer]] of Object.entries(kinds)) {
  Deno.test({
    name: `inspect() lets all go while ffmpeg records ${kind}${noFfmpeg}`,
    ignore: noFfmpeg !== "",
    async fn() {
      const watched = await watchRecording("take", (path) => recordWithFfmpeg(path, muxer));
      assertPromises(watched, { after: "undecidable", during: ["undecidable"] });
      assertEquals([watched.after.container, watched.changed], [name, []]);
    },
  });
}

Deno.test({
  name: `inspect() lets all go while GStreamer records MPEG-TS${noGstreamer}`,
  ignore: noGstreamer !== "",
  async fn() {
    const encoder = ["x264enc", "tune=zerolatency", "speed-preset=ultrafast", "bitrate=20000"];
    const start = (path: string) => recordWithGstreamer(path, [...encoder, "!", "mpegtsmux"]);
    const watched = await watchRecording("take.ts", start);
    assertPromises(watched, { after: "undecidable", during: ["undecidable"] });
    assertEquals([watched.after.container, watched.changed], ["mpegts", []]);
  },
});

Deno.test(`mpeg survives ${INPUTS} broken files`, async () => {
  const tokens = [new Uint8Array([0x47]), new Uint8Array([0, 0, 1, 0xba]), packets(1)];
  const corpus = [packets(6), packets(6, 192, 4), pack(0x44), pack(0x21)];
  for (const container of [mpegTransport, mpegProgram]) {
    // All but the empty ones, which are open.
    const fewest = { open: 1, undecidable: 0.49 * INPUTS };
    await fuzz({ container, corpus, tokens, mostReads: 0, fewest }, INPUTS / 2);
  }
});
