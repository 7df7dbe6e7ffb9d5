import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import type { EndedBy, PublishedEvent } from "../../src/events.ts";
import { type ListedAsset, sha256Of } from "../support/house.ts";
import {
  type Figures,
  last,
  only,
  sendingUntilSeen,
  sentAgain,
  storedUntil,
  story,
} from "./figures.ts";
import type { Crew } from "./crew.ts";
import { type Recorder, RECORDERS, titleOf } from "./recorders.ts";
import { record } from "./recording.ts";
import type { SandboxProcess } from "./sandbox.ts";

/** The most that may pass from a recorder's exit to the finalized take, in ms, on the busiest machine. */
const MOST_TAIL_MS = 60_000;

/** A recording to make: a recorder, and how it ends. */
export interface Row {
  readonly recorder: Recorder;
  readonly isKilled: boolean;
  readonly title: string;
  readonly fileName: string;
  readonly endedBy: EndedBy;
}

/** Every recorder that stops, and one of each family that is killed. */
export const ROWS: readonly Row[] = RECORDERS.flatMap((recorder) => {
  const { endedBy, killed } = recorder;
  const stopped = rowOf(recorder, false, endedBy);
  return killed === undefined ? [stopped] : [stopped, rowOf(recorder, true, killed)];
});

function rowOf(recorder: Recorder, isKilled: boolean, endedBy: EndedBy): Row {
  const title = titleOf(recorder) + (isKilled ? ", killed" : "");
  const fileName = `${title.replace(/\W+/g, "_")}.${recorder.extension}`;
  return { recorder, isKilled, title, fileName, endedBy };
}

/** When a recorder was told to end, and when it was gone: wall clock, milliseconds. */
interface End {
  readonly askedMs: number;
  readonly goneMs: number;
}

/** Records until enough is on disk and enough is stored, and ends the recorder. */
async function shoot(row: Row, crew: Crew, sourceFolder: string, path: string): Promise<End> {
  const { recorder, isKilled } = row;
  await using recording = record(recorder, sourceFolder, path);
  if (recorder.allAtStop) {
    const goneMs = await recording.left();
    return { askedMs: goneMs, goneMs };
  }
  await crew.underWay(path, recording, recorder);
  const askedMs = isKilled ? Date.now() : recording.interrupt();
  return { askedMs, goneMs: await (isKilled ? recording.kill() : recording.left()) };
}

/** Where a row is recorded and uploaded. */
export interface Stage {
  readonly crew: Crew;
  readonly sandbox: SandboxProcess;
  readonly sourceFolder: string;
  readonly path: string;
  /** Takes the row's line of the table, also where a check fails afterwards. */
  readonly note: (figures: Figures) => void;
}

/** Makes a row's recording while its crew uploads it, and checks what it came to. */
export async function runRow(row: Row, stage: Stage): Promise<void> {
  const { crew, sandbox, path } = stage;
  const end = await shoot(row, crew, stage.sourceFolder, path);
  await crew.completed(path);
  const events = crew.told(path);
  const assets = await sandbox.assets(row.fileName);
  const { by, finishedByRecorder } = last(events, "recording.ended");
  const figures: Figures = {
    title: row.title,
    sizeBytes: (await Deno.stat(path)).size,
    endedBy: by,
    storedAtStop: storedUntil(events, end.askedMs).size,
    tailMs: Date.parse(only(events, "take.finalized").time) - end.goneMs,
    again: sentAgain(events),
    isEqual: assets.length === 1 && assets[0]!.sha256 === await sha256Of(path),
  };
  await Deno.remove(path); // so that all rows together need no disk of their own
  stage.note(figures);
  assert(figures.isEqual, JSON.stringify(assets));
  assertEquals(by, row.endedBy, story(events));
  assertEquals(finishedByRecorder, by !== "writer_gone", "reported as a clean take");
  assertLessOrEqual(figures.tailMs, MOST_TAIL_MS);
  checkAgain(row, figures, end, assets[0]!, events);
  const shifts = events.filter((event) => event.type === "recording.shifted");
  const isMoved = row.recorder.moves === true && !row.isKilled;
  assertEquals(shifts.map(({ byBytes }) => byBytes > 0), isMoved ? [true] : []);
}

/**
 * What went again: at most the parts that the recorder writes into at its stop; and where it moves all
 * media, those under way from then until the program saw it, none that was stored before.
 */
function checkAgain(
  { recorder }: Row,
  { again, sizeBytes }: Figures,
  { askedMs }: End,
  asset: ListedAsset,
  events: readonly PublishedEvent[],
): void {
  const twice = asset.parts.filter(({ putCount }) => putCount > 1).map(({ number }) => number);
  assertAllowed(twice, new Set(again.numbers), events);
  if (recorder.moves) {
    return assertAllowed(again.numbers, sendingUntilSeen(events, askedMs), events);
  }
  const mostAgain = Math.floor(sizeBytes / (recorder.patchEveryBytes ?? Infinity));
  assertLessOrEqual(again.numbers.length, mostAgain, story(events));
}

/** Fails unless every part that went again is allowed to. */
export function assertAllowed(
  again: readonly number[],
  allowed: ReadonlySet<number>,
  events: readonly PublishedEvent[],
): void {
  assertEquals(again.filter((number) => !allowed.has(number)), [], story(events));
}
