import { MIN_HEAD_BYTES, MIN_PART_BYTES } from "../parts/limits.ts";
import { duration, isOver, size } from "./page/words.js";
import type { MachineView, TakeView } from "./view.ts";

/** A volume that is full sooner than this needs a person now, in seconds: time to change a card. */
const DISK_RED_SECONDS = 5 * 60;

/** A volume that is full sooner than this deserves an eye, in seconds. */
const DISK_AMBER_SECONDS = 30 * 60;

/** A take further behind than this deserves an eye, in seconds: the uplink does not keep up. */
const BEHIND_AMBER_SECONDS = 60;

/** A take further behind than this, whose recorder is faster than its uplink, deserves an eye, in seconds. */
const FALLING_SECONDS = 15;

/** So much faster the recorder has to be. */
const FALLING_RATIO = 1.2;

/** What is missing below this waits for its part to be full, not for the uplink, in bytes. */
const UPLINK_BYTES = MIN_HEAD_BYTES + MIN_PART_BYTES;

/** Why the machine is as it is; the most urgent reason comes first. */
type Reason = Pick<MachineView, "tone" | "word" | "why" | "takeId">;

/** The whole machine in one word with its reason, from the same views that everything else shows. */
export function machineOf(views: readonly TakeView[]): MachineView {
  const reasons = views.flatMap(reasonsOf);
  const { tone, word, why, takeId } = reasons.find((reason) => reason.tone === "red") ??
    reasons.find((reason) => reason.tone === "amber") ?? calm(views);
  return {
    tone,
    word,
    why,
    sandbox: views.some((view) => view.sandbox),
    takeId,
    behindSeconds: most(views.map((view) => view.behindSeconds)),
    rateBytesPerSecond: views.reduce((sum, view) => sum + view.rateBytesPerSecond, 0),
    diskFullInSeconds: least(views.map((view) => view.diskFullInSeconds)),
  };
}

function reasonsOf(view: TakeView): Reason[] {
  const reasons: Reason[] = [];
  const red = (why: string) => reasons.push({ tone: "red", word: "Act", why, takeId: view.id });
  const amber = (why: string) =>
    reasons.push({ tone: "amber", word: "Watch", why, takeId: view.id });
  const { name, phase, problem } = view;
  const full = view.diskFullInSeconds ?? Infinity;
  const behind = view.behindSeconds ?? 0;
  if (phase === "failed") red(`${name} failed${problem === null ? "" : `: ${problem}`}`);
  if (full < DISK_RED_SECONDS) red(`The disk of ${name} is full in ${duration(full)}`);
  else if (full < DISK_AMBER_SECONDS) amber(`The disk of ${name} is full in ${duration(full)}`);
  if (phase === "suspended") amber(`${name} is suspended: run the same command again`);
  if (phase === "paused") amber(`${name} is paused: nothing of it is sent`);
  if (phase === "quiet") amber(`${name} is quiet: its recorder writes nothing`);
  if (phase === "finalized" && view.finishedByRecorder === false) {
    amber(`${name} is stored whole, but its recorder never finished it: see whether it plays`);
  }
  if (problem !== null && !isOver(view)) amber(`${name}: ${problem}`);
  const isHeldUp = phase !== "paused" && view.recordedBytes - view.storedBytes > UPLINK_BYTES;
  if (isHeldUp && isFalling(view)) {
    const { recordRateBytesPerSecond, rateBytesPerSecond } = view;
    amber(
      `${name} falls behind: its recorder writes ${size(recordRateBytesPerSecond)}/s, ` +
        `${size(rateBytesPerSecond)}/s go out`,
    );
  } else if (isHeldUp && behind > BEHIND_AMBER_SECONDS) {
    amber(`${name} is ${duration(behind)} behind its recorder`);
  }
  return reasons;
}

/** Whether the uplink is slower than the recorder. */
function isFalling(view: TakeView): boolean {
  return view.phase === "recording" && (view.behindSeconds ?? 0) > FALLING_SECONDS &&
    view.recordRateBytesPerSecond > FALLING_RATIO * view.rateBytesPerSecond;
}

/** What is said where nothing is wrong. */
function calm(views: readonly TakeView[]): Reason {
  const going = views.filter((view) => !isOver(view) && view.phase !== "waiting");
  const finalized = views.filter((view) => view.phase === "finalized");
  const takeId = views.length === 1 ? views[0]!.id : null;
  if (going.length > 0) {
    const behind = most(going.map((view) => view.behindSeconds));
    const isOne = going.length === 1;
    const who = isOne ? `${going[0]!.name} is` : `${going.length} takes are`;
    const how = behind !== null
      ? `, ${duration(behind)} behind the recorder`
      : isOne
      ? `: ${going[0]!.words}`
      : "";
    const why = `${who} on the way${how}`;
    return { tone: "green", word: "Live", why, takeId };
  }
  if (finalized.length === 0) {
    return { tone: "green", word: "Ready", why: "Ready for the recorder", takeId };
  }
  const stored = size(finalized.reduce((sum, view) => sum + view.storedBytes, 0));
  if (finalized.some((view) => view.sandbox)) {
    const why = `${stored} are in the sandbox on this machine. Nothing is in Frame.io`;
    return { tone: "amber", word: "Test", why, takeId };
  }
  const isProven = finalized.every((view) => view.verified);
  const why = `${stored} are in Frame.io${isProven ? ", every byte read again and equal" : ""}`;
  return { tone: "green", word: "Safe", why, takeId };
}

function most(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function least(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}
