/** The program or the recorder dies around the moment when the recorder moves all its media. */
import { assert, assertEquals } from "@std/assert";
import type { PublishedEvent } from "../../src/events.ts";
import { MIN_PART_BYTES } from "../../src/parts/limits.ts";
import {
  last,
  only,
  sendingBetween,
  sendingUntilSeen,
  sentAgain,
  storedUntil,
  story,
} from "./figures.ts";
import { assertAllowed } from "./container_rows.ts";
import { type Crew, eventually, uploadAll } from "./crew.ts";
import { ANY_PORT, openDesk, pageOf } from "./desk.ts";
import type { Recorder } from "./recorders.ts";
import { record, type Recording } from "./recording.ts";
import type { SandboxProcess } from "./sandbox.ts";
import { tell } from "./side_by_side.ts";
import { goOnSlowly, type Halted, haltShift } from "./slow_shift.ts";

/** When the program comes back, as words in front of "the shift". */
export type Moment = "before" | "during" | "at a standstill in" | "after";

/** Where a take and its files lie, and who records. */
export interface Place {
  readonly recorder: Recorder;
  readonly sandbox: SandboxProcess;
  readonly sourceFolder: string;
}

/** Resolves when a program that goes on with a take has looked at the recording. */
async function hasLooked({ program }: Crew): Promise<void> {
  const page = await pageOf(program);
  await eventually("the take goes on", async () => {
    const { takes: [take] } = await (await fetch(`${page}/api/takes`)).json();
    return take?.recordedBytes > 0;
  });
}

/** Where the highest stored part begins: behind a head and parts of the least size. */
function lastStoredStart(events: readonly PublishedEvent[]): number {
  return (Math.max(...storedUntil(events, Infinity)) - 1) * MIN_PART_BYTES;
}

/** The recorder's stop, with the program's return at its moment. */
async function stopAround(
  moment: Moment,
  recording: Recording,
  halt: (recording: Recording) => Promise<Halted>,
  comeBack: () => Crew,
): Promise<{ crew: Crew; halted: Halted }> {
  if (moment === "during" || moment === "at a standstill in") {
    const halted = await halt(recording);
    const crew = comeBack();
    let isBack = false;
    const back = pageOf(crew.program).then(() => isBack = true);
    await goOnSlowly(recording, moment !== "during", () => isBack);
    await back;
    await recording.left();
    return { crew, halted };
  }
  let crew: Crew | null = null;
  if (moment === "before") await hasLooked(crew = comeBack());
  const halted = { askedMs: recording.interrupt(), isBetween: false };
  await recording.left();
  return { crew: crew ?? comeBack(), halted };
}

/** Kills the program while it uploads, and starts it again around the shift. */
export async function checkRestart(moment: Moment, place: Place): Promise<void> {
  const { recorder, sandbox, sourceFolder } = place;
  await using desk = await openDesk(sandbox.url);
  const name = `${recorder.name} restarted ${moment}.${recorder.extension}`;
  const path = desk.path(name);
  const upload = () => uploadAll(desk, [path], ANY_PORT);
  const first = upload();
  await using recording = record(recorder, sourceFolder, path);
  await first.underWay(path, recording, recorder);
  const crashMs = Date.now();
  await first.program.kill();
  const before = first.program.events();
  const halt = () => haltShift(recording, path, lastStoredStart(before));
  const { crew, halted } = await stopAround(moment, recording, halt, upload);
  assertEquals((await crew.program.ended()).code, 0);

  const events = [...before, ...crew.program.events()];
  const asset = await sandbox.arrived(name, path);
  assertEquals(asset.id, only(events, "asset.created").assetId);
  assertEquals(last(events, "recording.ended").by, "container", story(events));
  assert(only(events, "recording.shifted").byBytes > 0);
  const allowed = new Set([
    ...sendingBetween(before, crashMs, crashMs),
    ...sendingUntilSeen(events, halted.askedMs),
  ]);
  const { numbers, bytes } = sentAgain(events);
  assertAllowed(numbers, allowed, events);
  const twice = asset.parts.filter(({ putCount }) => putCount > 1);
  assertAllowed(twice.map(({ number }) => number), allowed, events);
  const between = halted.isBetween ? ", media half moved" : "";
  tell(`${recorder.name}, restarted ${moment} the shift${between}: ${bytes} bytes re-sent`);
}

/** Kills the recorder while it moves its media: what is left has both layouts, and no index. */
export async function checkTorn({ recorder, sandbox, sourceFolder }: Place): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("torn.mp4");
  const crew = uploadAll(desk, [path], ["--idle", "2"]);
  await using recording = record(recorder, sourceFolder, path);
  await crew.underWay(path, recording, recorder);
  const { isBetween } = await haltShift(recording, path, lastStoredStart(crew.told(path)));
  await recording.kill();
  const { code } = await crew.program.ended();
  await sandbox.arrived("torn.mp4", path);
  const events = crew.program.events();
  const { by, finishedByRecorder } = last(events, "recording.ended");
  const expected = isBetween
    ? { code: 3, by: "writer_gone" as const, finishedByRecorder: false }
    : { code: 0, by: "container" as const, finishedByRecorder: true };
  assertEquals({ code, by, finishedByRecorder }, expected, story(events));
  tell(`killed ${isBetween ? "half way" : "too late"}: ${sentAgain(events).bytes} bytes re-sent`);
}
