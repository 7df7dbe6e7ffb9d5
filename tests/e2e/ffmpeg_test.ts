import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { noFfmpeg } from "../containers/ffmpeg.ts";
import { openDesk } from "./desk.ts";
import type { Program } from "./program.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide, tell } from "./side_by_side.ts";

/** Seconds of each recording. */
const SECONDS = 12;

/** The least a recording must have, in bytes. */
const LEAST_BYTES = 100e6;

/** Share of the bytes that must be stored when the recorder exits. */
const LEAST_SHARE = 0.85;

/** The most that may pass from the recorder's exit to the finalized take on loopback, in milliseconds. */
const MOST_TAIL_MS = 3000;

/** Two cameras at 90 Mbit/s: uncompressed video, and motion JPEG of a noisy picture. */
const RECORDERS = {
  "take01.mov": [
    ...["-i", "testsrc2=size=640x360:rate=25"],
    ...["-c:v", "rawvideo", "-pix_fmt", "uyvy422"],
  ],
  "take01.mp4": [
    ...["-i", "testsrc2=size=960x540:rate=25,noise=alls=60:allf=t"],
    ...["-c:v", "mjpeg", "-q:v", "1", "-pix_fmt", "yuvj420p"],
  ],
};

/** Records in real time. @returns When ffmpeg exited, wall clock in milliseconds. */
async function record(path: string, options: readonly string[]): Promise<number> {
  const { code } = await new Deno.Command("ffmpeg", {
    args: ["-v", "error", "-re", "-f", "lavfi", ...options, "-t", String(SECONDS), path],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn().status;
  const exitMs = Date.now();
  assertEquals(code, 0);
  return exitMs;
}

/** The head is sent only after every other part but the final one is stored. */
function assertHeadWentLast(upload: Program): void {
  const events = upload.events();
  const finals = events.flatMap((e) => e.type === "part.planned" && e.isFinal ? [e.number] : []);
  const headAt = events.findIndex((e) => e.type === "part.started" && e.number === 1);
  const others = events.slice(headAt).filter((e) => e.type === "part.stored" && e.number !== 1);
  assert(headAt > 0);
  assertEquals(others.map((e) => "number" in e && e.number), finals);
}

async function checkRecorder(sandbox: SandboxProcess, name: keyof typeof RECORDERS): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path(name);
  const upload = desk.watch(path, ["--json"]);
  const exitMs = await record(path, RECORDERS[name]);
  const finalized = await upload.event((event) => event.type === "take.finalized");
  assertEquals((await upload.ended()).code, 0);

  const { size } = await Deno.stat(path);
  const asset = await sandbox.arrived(name, path);
  const before = asset.parts.filter((part) => Date.parse(part.storedAt!) <= exitMs);
  const share = before.reduce((sum, part) => sum + part.size, 0) / size;
  const tailMs = Date.parse(finalized.time) - exitMs;
  tell(
    `${name}: ${(size / 1e6).toFixed(1)} MB in ${SECONDS} s, ${
      (100 * share).toFixed(1)
    } % stored ` +
      `before ffmpeg exited, finalized ${(tailMs / 1000).toFixed(2)} s after`,
  );
  assert(size >= LEAST_BYTES, `${size} bytes`);
  assert(share >= LEAST_SHARE, `${share} of the bytes were stored before ffmpeg exited`);
  assertLessOrEqual(tailMs, MOST_TAIL_MS);
  assertHeadWentLast(upload);
  assertEquals(asset.parts.map((part) => part.putCount), asset.parts.map(() => 1));
  const ended = await upload.event((event) => event.type === "recording.ended");
  assert(ended.type === "recording.ended" && ended.by === "container" && ended.finishedByRecorder);
}

Deno.test({
  name: `ffmpeg -re is uploaded while it records${noFfmpeg}`,
  ignore: noFfmpeg !== "",
  async fn(t) {
    await using sandbox = await startSandbox();
    await sideBySide(
      t,
      (Object.keys(RECORDERS) as (keyof typeof RECORDERS)[]).map((name) => ({
        name: `${name} is in 3 s after ffmpeg's exit, by the container's word`,
        run: () => checkRecorder(sandbox, name),
      })),
    );
  },
});
