/**
 * A recorder that moves its media at its stop is done with that within milliseconds, on a local disk.
 * Here it is halted in the middle, and lets itself be led on slowly, as a slow disk would make it.
 */
import { lookAt } from "../containers/look_at.ts";
import type { Recording } from "./recording.ts";

/** Where the shift is seen to have begun: the first media, in bytes, behind any index in front. */
const FIRST_BYTES = 1_000_000;

/** How long a recorder is watched for the beginning of its shift, in milliseconds. */
const BEGIN_MS = 5_000;

/** How long it is watched for its next write, in milliseconds: it may have left, unseen meanwhile. */
const NEXT_MS = 100;

/** How long a slow disk takes for some writes, in milliseconds: half of what already counts as still. */
const WRITE_MS = 250;

/** How many of those the program sees. */
const WRITES = 8;

/** A recorder that was asked to stop, and what came of halting it. */
export interface Halted {
  /** When it was asked to stop, wall clock in milliseconds. */
  readonly askedMs: number;
  /** Whether it stands still with some of its media moved and some not. */
  readonly isBetween: boolean;
}

/**
 * Interrupts a recorder, halts it at the beginning of its shift, and leads it on until the bytes at
 * `offset` have changed: all media in front of them have moved.
 */
export async function haltShift(
  recording: Recording,
  path: string,
  offset: number,
): Promise<Halted> {
  using file = await Deno.open(path);
  const bytesAt = (offset: number) => {
    const bytes = new Uint8Array(8);
    file.seekSync(offset, Deno.SeekMode.Start);
    file.readSync(bytes);
    return bytes.join();
  };
  const [first, there] = [bytesAt(FIRST_BYTES), bytesAt(offset)];
  const askedMs = recording.interrupt();
  spin(BEGIN_MS, () => bytesAt(FIRST_BYTES) !== first); // no pause: all may be over in 10 ms
  let isHalted = recording.signal("SIGSTOP");
  while (isHalted && bytesAt(offset) === there) isHalted = step(recording);
  return { askedMs, isBetween: isHalted && (await lookAt(path)).verdict === "open" };
}

/**
 * Lets a halted recorder go on: slowly, or not at all, for some while after the program `isBack`; then
 * at its own pace.
 */
export async function goOnSlowly(
  recording: Recording,
  isAtStandstill: boolean,
  isBack: () => boolean,
): Promise<void> {
  for (let writes = WRITES; writes > 0;) {
    if (!isAtStandstill && !step(recording)) return;
    await new Promise((resolve) => setTimeout(resolve, WRITE_MS));
    if (isBack()) writes--;
  }
  recording.signal("SIGCONT");
}

/** Lets a halted recorder write once or a few times. @returns False when it has left. */
function step(recording: Recording): boolean {
  const before = writtenBy(recording);
  if (before === null || !recording.signal("SIGCONT")) return false;
  spin(NEXT_MS, () => writtenBy(recording) !== before);
  return recording.signal("SIGSTOP");
}

/** Bytes that a recorder has written so far (proc(5), /proc/pid/io), or null when it has left. */
function writtenBy({ pid }: Recording): string | null {
  try {
    return /wchar: (\d+)/.exec(Deno.readTextFileSync(`/proc/${pid}/io`))![1]!;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function spin(mostMs: number, holds: () => boolean): void {
  const endMs = performance.now() + mostMs;
  while (!holds() && performance.now() < endMs);
}
