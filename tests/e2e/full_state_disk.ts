/** A take whose state folder lies on a disk that gets full. */
import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { join } from "@std/path";
import { MIB } from "../../src/parts/limits.ts";
import { holdFirst } from "./holds.ts";
import { mountSmallDisk, unmount } from "./machine.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { tell } from "./side_by_side.ts";
import { openTrial } from "./trial.ts";

/**
 * The disk gets full while the recording grows: the program says so and fails, and when there is room
 * again the same command goes on with the same asset.
 */
export async function checkFullStateDisk(sandbox: SandboxProcess): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const holds = holdFirst({ "put 4": MIB });
  let leftBytes = 22 * MIB; // the head and parts 2 to 4: no more facts come before there is more
  const step = () => {
    const bytes = Math.min(MIB / 2, leftBytes);
    leftBytes -= bytes;
    return { bytes, pauseMs: 10 };
  };
  const trial = stack.use(
    await openTrial(sandbox.url, "full_disk.mov", { roll: { step }, relay: holds }),
  );
  const { state } = trial.desk;
  await Deno.mkdir(state);
  assert(mountSmallDisk(state));
  stack.defer(() => unmount(state));
  const first = stack.use(trial.upload()); // gone before its disk, also when a check fails
  await holds.held("put 4", trial.relay);
  const filler = join(state, "filler");
  await fill(filler);
  leftBytes = Infinity;
  const { code, err, out } = await first.ended();
  assertEquals(code, 1);
  assertMatch(out + err, /Cannot write the journal .*Free space there.*run the same command again/);
  assertNotMatch(err, /^\s+at /m);
  const inFlight = trial.inFlight();

  await Deno.remove(filler);
  const second = stack.use(trial.upload());
  await trial.finish(second);
  const mostBytes = trial.bytesOf(inFlight);
  const resentBytes = await trial.arrived(mostBytes);
  tell(`state disk full: ${resentBytes} bytes re-sent of ${mostBytes} in flight`);
}

/** Writes until the disk takes no byte more. */
async function fill(path: string): Promise<void> {
  using file = await Deno.open(path, { write: true, create: true });
  for (const size of [64 * 1024, 512, 1]) {
    try {
      while (true) await file.write(new Uint8Array(size));
    } catch (error) {
      if (!/space/i.test(String(error))) throw error;
    }
  }
}
