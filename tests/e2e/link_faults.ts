/** Takes over a link that is cut and mended, and over one whose cap changes. */
import { assert, assertEquals, assertGreaterOrEqual } from "@std/assert";
import { delay } from "@std/async/delay";
import { MIB } from "../../src/parts/limits.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { tell } from "./side_by_side.ts";
import { openSlowLink } from "./slow_link.ts";
import { openTrial, type Trial } from "./trial.ts";

/** How long the link is away, in seconds. */
const CUT_SECONDS = 3;

/** Resolves when a part is half way through the relay, with more than a stray packet to come. */
function halfWay({ relay }: Trial): Promise<void> {
  return relay.when(
    "a part is half way",
    () =>
      relay.passages.some(({ part, passedBytes, bodyBytes }) =>
        part !== null && passedBytes > MIB && passedBytes < bodyBytes - MIB
      ),
  );
}

/** The link goes in the middle of parts and comes back: what was in flight may go again, nothing else. */
export async function checkCut(sandbox: SandboxProcess): Promise<void> {
  await using link = await openSlowLink("80mbit");
  const relay = { hostname: link.hostAddress };
  await using trial = await openTrial(sandbox.url, "cut.mov", { relay });
  const program = trial.upload({ through: link.through });
  await halfWay(trial);
  await link.cut();
  const before = trial.inFlight();
  await delay(500); // what had come to this side is through by now
  const passedBytes = trial.relay.putBytes("passed");
  await delay(CUT_SECONDS * 1000 - 500);
  assertEquals(trial.relay.putBytes("passed"), passedBytes, "nothing comes over a cut link");
  const inFlight = before.union(trial.inFlight());
  await link.mend();
  await trial.finish(program);
  const mostBytes = trial.bytesOf(inFlight);
  const resentBytes = await trial.arrived(mostBytes);
  tell(`link cut for ${CUT_SECONDS} s: ${resentBytes} bytes re-sent of ${mostBytes} in flight`);
}

/** The cap falls to a tenth in the middle of parts and rises again: nothing fails, nothing goes twice. */
export async function checkCap(sandbox: SandboxProcess): Promise<void> {
  await using link = await openSlowLink("80mbit");
  const relay = { hostname: link.hostAddress };
  await using trial = await openTrial(sandbox.url, "cap.mov", { relay });
  const program = trial.upload({ through: link.through });
  await halfWay(trial);
  await link.cap("8mbit");
  const beganMs = performance.now();
  const fromBytes = trial.relay.putBytes("passed");
  await trial.relay.when(
    "some goes at the low cap",
    () => trial.relay.putBytes("passed") > fromBytes + 2 * MIB,
  );
  const slowMs = performance.now() - beganMs;
  assertGreaterOrEqual(slowMs, 1000, "2 MiB take 2.1 s at 8 Mbit/s, less what was on its way");
  await link.cap("80mbit");
  await trial.finish(program);
  const resentBytes = await trial.arrived(0);
  assert(resentBytes === 0);
  tell(`cap 80 to 8 to 80 Mbit/s: 2 MiB took ${Math.round(slowMs)} ms at 8, 0 bytes re-sent`);
}
