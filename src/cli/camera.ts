/**
 * The demo's recorder. It behaves as a camera does: the file grows in real time, in bursts, under an
 * `mdat` of size 0; at the stop the index is written behind the media and that size last of all. What
 * it makes is a real movie that any player opens.
 */
import type { Clock } from "../runtime/clock.ts";
import {
  BURST_BYTES,
  BURST_PICTURE_BYTES,
  BURSTS_PER_SECOND,
  FRONT,
  moov,
  patchedMdat,
} from "./camera_moov.ts";
import { drawFrame, FRAME_BYTES, FRAME_RATE, playTone, SAMPLE_RATE } from "./camera_picture.ts";

/** What to record. */
export interface RecordMovOptions {
  /** The file to make; one that exists is never overwritten. */
  readonly path: string;
  /** Length of the recording, in steps of a quarter of a second. */
  readonly seconds: number;
  /** Paces the recording and dates it. */
  readonly clock: Clock;
  /** The stop button: when aborted, the camera finishes its file early, and that is no error. */
  readonly signal?: AbortSignal;
}

/** What was recorded. */
export interface RecordedMov {
  readonly sizeBytes: number;
  /** Wall clock, in milliseconds since 1970, when the last byte of the file was written. */
  readonly stoppedAtMs: number;
}

/**
 * Records a test picture and a tone to a MOV file, about 8.5 MB for each second of `clock`.
 *
 * @throws {Deno.errors.AlreadyExists} When there is a file at `path`.
 * @throws Whatever the system throws when it cannot write, such as a full disk.
 */
export async function recordMov(options: RecordMovOptions): Promise<RecordedMov> {
  const { path, clock, signal } = options;
  using file = await Deno.open(path, { write: true, createNew: true });
  const createdMs = clock.now();
  const startMs = clock.monotonicMs();
  await writeAll(file, FRONT);
  const bursts = Math.ceil(options.seconds * BURSTS_PER_SECOND);
  const burst = new Uint8Array(BURST_BYTES);
  let written = 0;
  while (written < bursts) {
    // The burst's pictures exist once their time is over; what was late is made up for.
    const dueMs = startMs + (written + 1) * 1000 / BURSTS_PER_SECOND;
    if (await isStoppedBefore(dueMs, clock, signal)) break;
    shoot(written, burst);
    await writeAll(file, burst);
    written++;
  }
  const index = moov(written, createdMs);
  await writeAll(file, index);
  const { start, bytes } = patchedMdat(written * BURST_BYTES);
  await file.seek(start, Deno.SeekMode.Start);
  await writeAll(file, bytes);
  const sizeBytes = FRONT.length + written * BURST_BYTES + index.length;
  return { sizeBytes, stoppedAtMs: clock.now() };
}

async function isStoppedBefore(dueMs: number, clock: Clock, signal?: AbortSignal) {
  try {
    await clock.sleep(Math.max(0, dueMs - clock.monotonicMs()), signal);
    return false;
  } catch (error) {
    if (signal?.aborted) return true;
    throw error;
  }
}

function shoot(burst: number, into: Uint8Array): void {
  const frames = FRAME_RATE / BURSTS_PER_SECOND;
  for (let frame = 0; frame < frames; frame++) {
    const start = frame * FRAME_BYTES;
    drawFrame(burst * frames + frame, into.subarray(start, start + FRAME_BYTES));
  }
  playTone(burst * SAMPLE_RATE / BURSTS_PER_SECOND, into.subarray(BURST_PICTURE_BYTES));
}

async function writeAll(file: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
}
