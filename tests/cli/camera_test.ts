import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { recordMov } from "../../src/cli/camera.ts";
import { BURST_BYTES, FRONT, moov, patchedMdat } from "../../src/cli/camera_moov.ts";
import {
  drawFrame,
  FRAME_BYTES,
  playTone,
  SAMPLE_BYTES,
  SAMPLE_RATE,
  WIDTH,
} from "../../src/cli/camera_picture.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { noFfmpeg } from "../containers/ffmpeg.ts";
import { lookAt } from "../containers/look_at.ts";

const STARTED_MS = Date.UTC(2026, 10, 20, 5, 0, 0);
const BURST_MS = 250;

/** A clock whose sleeps are over at once; `onSleep` runs first, and `lateMs` is added to each. */
function fastClock(onSleep: () => Promise<void> = () => Promise.resolve(), lateMs = 0): Clock {
  let elapsedMs = 0;
  return {
    now: () => STARTED_MS + elapsedMs,
    monotonicMs: () => elapsedMs,
    async sleep(delayMs, signal) {
      await onSleep();
      signal?.throwIfAborted();
      elapsedMs += delayMs + lateMs;
    },
  };
}

async function inTempDir(fn: (path: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "reeltime_camera_" });
  try {
    await fn(join(directory, "take.mov"));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** For megabytes, which assertEquals would print. */
function isSame(actual: Uint8Array, expected: Uint8Array): boolean {
  return actual.length === expected.length && actual.every((byte, at) => byte === expected[at]);
}

function cameraTest(name: string, fn: (path: string) => Promise<void>): void {
  Deno.test(name, () => inTempDir(fn));
}

/** The same, where ffmpeg and ffprobe are there to judge. */
function judgedTest(name: string, fn: (path: string) => Promise<void>): void {
  Deno.test({ name: name + noFfmpeg, ignore: noFfmpeg !== "", fn: () => inTempDir(fn) });
}

cameraTest("recordMov() grows its file by one burst each quarter of a second", async (path) => {
  const sizes: number[] = [];
  const clock = fastClock(async () => {
    sizes.push((await Deno.stat(path)).size);
  });
  const recorded = await recordMov({ path, seconds: 1.5, clock });
  assertEquals(sizes, [0, 1, 2, 3, 4, 5].map((bursts) => FRONT.length + bursts * BURST_BYTES));
  assertEquals(recorded.sizeBytes, (await Deno.stat(path)).size);
  assertEquals(recorded.stoppedAtMs, STARTED_MS + 1_500);
});

cameraTest(
  "recordMov() stays open until its very last write, which is the mdat size",
  async (path) => {
    const verdicts: string[] = [];
    const write = Deno.FsFile.prototype.write;
    Deno.FsFile.prototype.write = async function (bytes) {
      const written = await write.call(this, bytes);
      const look = await lookAt(path);
      verdicts.push(look.verdict);
      if (look.verdict === "open") assertEquals([look.mediaStart, look.headBytes], [36, 44]);
      return written;
    };
    try {
      await recordMov({ path, seconds: 1, clock: fastClock() });
    } finally {
      Deno.FsFile.prototype.write = write;
    }
    const openWrites = ["front", "burst", "burst", "burst", "burst", "moov"].map(() => "open");
    assertEquals(verdicts, [...openWrites, "final"]);
  },
);

cameraTest("recordMov() writes media once and rewrites four bytes of the front", async (path) => {
  let beforeStop = new Uint8Array(0);
  const clock = fastClock(async () => {
    beforeStop = await Deno.readFile(path);
  });
  await recordMov({ path, seconds: 0.5, clock });
  const after = await Deno.readFile(path);
  const mediaEnd = FRONT.length + 2 * BURST_BYTES;
  assertEquals(beforeStop.subarray(0, 28), after.subarray(0, 28));
  assertEquals(beforeStop.subarray(28, 32), new Uint8Array(4));
  assertEquals(new DataView(after.buffer).getUint32(28), mediaEnd - 28);
  assert(isSame(beforeStop.subarray(32), after.subarray(32, beforeStop.length)), "media changed");
});

cameraTest("recordMov() makes up for sleeps that were late", async (path) => {
  const clock = fastClock(undefined, 40);
  await recordMov({ path, seconds: 2, clock });
  assertEquals(clock.monotonicMs(), 2_000 + 40);
});

cameraTest("recordMov() finishes its file when it is stopped early", async (path) => {
  const stop = new AbortController();
  let bursts = 0;
  const clock = fastClock(() => {
    if (bursts++ === 3) stop.abort();
    return Promise.resolve();
  });
  const recorded = await recordMov({ path, seconds: 60, clock, signal: stop.signal });
  const look = await lookAt(path);
  assertEquals([look.verdict, look.sizeBytes], ["final", recorded.sizeBytes]);
  assertEquals(recorded.sizeBytes, FRONT.length + 3 * BURST_BYTES + moov(3, 0).length);
  assertEquals(recorded.stoppedAtMs, STARTED_MS + 3 * BURST_MS);
});

cameraTest(
  "recordMov() finishes its file when it is stopped before the first burst",
  async (path) => {
    await recordMov({ path, seconds: 60, clock: fastClock(), signal: AbortSignal.abort() });
    assertEquals((await lookAt(path)).verdict, "final");
  },
);

cameraTest("recordMov() never overwrites a file", async (path) => {
  await Deno.writeTextFile(path, "mine");
  await assertRejects(
    () => recordMov({ path, seconds: 1, clock: fastClock() }),
    Deno.errors.AlreadyExists,
  );
  assertEquals(await Deno.readTextFile(path), "mine");
});

cameraTest("recordMov() passes on a failure of the clock", async (path) => {
  const clock = fastClock(() => Promise.reject(new TypeError("stuck")));
  await assertRejects(() => recordMov({ path, seconds: 1, clock }), TypeError, "stuck");
  assertEquals((await lookAt(path)).verdict, "open");
});

Deno.test("drawFrame() moves its bar and burns the frame's number in", () => {
  const frame = 77;
  const picture = new Uint8Array(FRAME_BYTES);
  drawFrame(frame, picture);
  const barLeft = frame * 8 * 3;
  assertEquals([...picture.subarray(barLeft, barLeft + 8 * 3)], Array(24).fill(255));
  assertNotEquals(picture[barLeft - 1], 255);
  const bottomRow = picture.subarray(FRAME_BYTES - WIDTH * 3);
  const bits = Array.from({ length: 32 }, (_, bit) => bottomRow[bit * 20 * 3] === 255 ? "1" : "0");
  assertEquals(parseInt(bits.join(""), 2), frame);
});

Deno.test("patchedMdat() takes the wide box for a size over 4 GiB", () => {
  const largest = patchedMdat(2 ** 32 - 9);
  assertEquals([largest.start, [...largest.bytes]], [28, [0xff, 0xff, 0xff, 0xff]]);
  const long = patchedMdat(2 ** 32 - 8);
  assertEquals(long.start, 20);
  assertEquals([...long.bytes.subarray(0, 4)], [0, 0, 0, 1]);
  assertEquals(new TextDecoder().decode(long.bytes.subarray(4, 8)), "mdat");
  assertEquals(new DataView(long.bytes.buffer).getBigUint64(8), 2n ** 32n + 8n);
});

/** Runs a program to its end; what it printed, or an error. */
async function output(program: string, ...args: string[]): Promise<string> {
  const { stdout, stderr, success } = await new Deno.Command(program, { args }).output();
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert(success, text);
  return text.trim();
}

const durations = [
  "-v",
  "error",
  "-show_entries",
  "stream=codec_name,duration,nb_frames",
  "-of",
  "csv=p=0",
];

judgedTest("recordMov() makes a movie that ffmpeg decodes without a word", async (path) => {
  await recordMov({ path, seconds: 2, clock: fastClock() });
  assertEquals(
    await output("ffmpeg", "-v", "error", "-xerror", "-i", path, "-f", "null", "-"),
    "",
  );
  const streams = await output("ffprobe", ...durations, path);
  assertEquals(streams.split("\n"), ["rawvideo,2.000000,24", "pcm_s16le,2.000000,96000"]);
});

judgedTest("recordMov() puts pictures and sound where its index says", async (path) => {
  await recordMov({ path, seconds: 2, clock: fastClock() });
  const decode = async (...args: string[]) =>
    (await new Deno.Command("ffmpeg", { args: ["-v", "error", ...args, "-"] }).output()).stdout;
  const frames = await decode("-i", path, "-an", "-f", "rawvideo");
  const drawn = new Uint8Array(24 * FRAME_BYTES);
  for (let frame = 0; frame < 24; frame++) {
    drawFrame(frame, drawn.subarray(frame * FRAME_BYTES, (frame + 1) * FRAME_BYTES));
  }
  assert(isSame(frames, drawn), "pictures differ");
  const sound = await decode("-i", path, "-vn", "-f", "s16le");
  const played = new Uint8Array(2 * SAMPLE_RATE * SAMPLE_BYTES);
  playTone(0, played);
  assert(isSame(sound, played), "sound differs");
  assert(played.some((byte) => byte !== 0), "silence");
});

judgedTest("moov() indexes what lies beyond 4 GiB", async (path) => {
  const bursts = 600 * 4;
  const mediaBytes = bursts * BURST_BYTES;
  assert(mediaBytes > 2 ** 32);
  {
    // The media stays a hole on disk: only what stands around it is written.
    using file = await Deno.open(path, { write: true, createNew: true });
    const patch = patchedMdat(mediaBytes);
    for (
      const [start, bytes] of [
        [0, FRONT],
        [patch.start, patch.bytes],
        [FRONT.length + mediaBytes, moov(bursts, STARTED_MS)],
      ] as const
    ) {
      await file.seek(start, Deno.SeekMode.Start);
      assertEquals(await file.write(bytes), bytes.length);
    }
  }
  const look = await lookAt(path);
  assertEquals([look.verdict, look.mediaStart], ["final", FRONT.length]);
  const streams = await output("ffprobe", ...durations, path);
  assertEquals(streams.split("\n"), ["rawvideo,600.000000,7200", "pcm_s16le,600.000000,28800000"]);
  const packets = [
    "-v",
    "error",
    "-select_streams",
    "v",
    "-read_intervals",
    "599.9%",
    "-show_packets",
  ];
  const positions = await output(
    "ffprobe",
    ...packets,
    "-show_entries",
    "packet=pos",
    "-of",
    "csv=p=0",
    path,
  );
  const lastFrame = FRONT.length + (bursts - 1) * BURST_BYTES + 2 * FRAME_BYTES;
  assertEquals(positions.split("\n").at(-1), String(lastFrame));
});
