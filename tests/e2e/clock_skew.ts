/** Takes whose uploader has a wrong wall clock, by Debian's faketime; the service has the right one. */
import { assert } from "@std/assert";
import type { PublishedEvent } from "../../src/events.ts";
import { delay } from "@std/async/delay";
import { MIB } from "../../src/parts/limits.ts";
import { holdFirst } from "./holds.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { tell } from "./side_by_side.ts";
import { openTrial } from "./trial.ts";

/** faketime's library, for programs of several threads, or null where it is not installed. */
const LIBRARY = library();

/** Why no clock can be set wrong here, as words for a test's name; else empty. */
export const noFaketime = LIBRARY === null ? " [ignored: no faketime on this machine]" : "";

/** The wrapper is not used itself: it stays beside the program, which would outlive its kill. */
function library(): string | null {
  try {
    const command = new Deno.Command("faketime", { args: ["-f", "+1s", "printenv", "LD_PRELOAD"] });
    const { success, stdout } = command.outputSync();
    const path = new TextDecoder().decode(stdout).trim().split(":")[0]!;
    return success ? path.replace("libfaketime.so", "libfaketimeMT.so") : null;
  } catch {
    return null;
  }
}

const HOUR_MS = 3_600_000;

/** A wrong wall clock for one run: time that passes is measured rightly, and files keep their true times. */
function wrongClock(path: string) {
  const set = (hours: number) =>
    Deno.writeTextFile(`${path}.new`, `${hours >= 0 ? "+" : ""}${hours}h\n`)
      .then(() => Deno.rename(`${path}.new`, path)); // whole, whenever it is read
  const env = {
    LD_PRELOAD: LIBRARY!,
    FAKETIME_TIMESTAMP_FILE: path,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    NO_FAKE_STAT: "1",
  };
  return { set, env };
}

/** Whether the program's own times say that its clock is off by so much. */
function assertOff(event: PublishedEvent, hours: number): void {
  const offMs = Date.parse(event.time) - Date.now() - hours * HOUR_MS;
  assert(Math.abs(offMs) < HOUR_MS / 2, `${event.time} is not off by ${hours} h`);
}

/**
 * Two days ahead (the recording looks two days old, and every URL expired) until it is killed, two days
 * behind (the recording's times lie in the future) after it, and then a jump by a month while it runs.
 */
export async function checkSkew(sandbox: SandboxProcess): Promise<void> {
  const holds = holdFirst({ "put 4": MIB });
  const step = () => ({ bytes: MIB / 2, pauseMs: 40 });
  await using trial = await openTrial(sandbox.url, "skew.mov", { roll: { step }, relay: holds });
  const clock = wrongClock(trial.desk.path("clock"));
  await clock.set(49);
  const first = trial.upload({ env: clock.env });
  assertOff(await first.event((event) => event.type === "part.stored"), 49);
  await holds.held("put 4", trial.relay);
  await first.kill();
  const inFlight = trial.inFlight();

  await clock.set(-49);
  const second = trial.upload({ env: clock.env });
  assertOff(await second.event((event) => event.type === "part.stored"), -49);
  const { id } = second.events().at(-1)!;
  await clock.set(720);
  await trial.finish(second);
  const jumped = second.events().at(-1)!;
  assert(jumped.id > id);
  assertOff(jumped, 720);
  const mostBytes = trial.bytesOf(inFlight);
  const resentBytes = await trial.arrived(mostBytes);
  tell(
    `clock +49 h, killed, -49 h, +720 h: ${resentBytes} bytes re-sent of ${mostBytes} in flight`,
  );
}

/**
 * The recorder's clock is a year ahead of the uploader's, a year behind while it pauses, and a year ahead
 * again at its stop: size and time are compared with what they were, never with a clock.
 */
export async function checkWrongTimes(sandbox: SandboxProcess): Promise<void> {
  const holds = holdFirst({ "put 1": 0 });
  await using trial = await openTrial(sandbox.url, "times.mov", { relay: holds });
  async function date(years: number): Promise<void> {
    const time = new Date(Date.now() + years * 365 * 24 * HOUR_MS);
    await Deno.utime(trial.path, time, time);
  }
  await date(1);
  const program = trial.upload();
  await program.event((event) => event.type === "part.stored" && event.number === 6);
  await date(-1);
  await delay(1000); // the recorder's pause; it is long past its settle time
  await trial.camera.stop();
  await holds.held("put 1", trial.relay); // the take is not finalized before its head is stored
  await date(1);
  holds.letGo();
  await trial.finish(program);
  const resentBytes = await trial.arrived(0);
  tell(`file times a year ahead, behind, ahead: ${resentBytes} bytes re-sent`);
}
