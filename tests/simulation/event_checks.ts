/** What is told to everyone who looks on: nothing before it is written down, and no vain waits. */
import type { PublishedEvent } from "../../src/events.ts";
import type { NewRow } from "../../src/runtime/event_store.ts";
import { recordingAt, type World } from "./world.ts";

/** Hooks of the events' checks. */
export interface EventChecks {
  row(row: NewRow): void;
  event(event: PublishedEvent): void;
}

/** Ends of a take that no weather brings about. */
const OWN_ENDS =
  /was changed after it had been finalized|0 bytes|was emptied|Cannot complete any asset|5 TiB/;

/** Faults that end a take, and what it then says. */
const EXCUSES: readonly (readonly [fault: string, words: RegExp])[] = [
  ["refusing", /answered (4\d\d|501)|refused the token/],
  ["journal", /the journal/],
  // A way in that cannot ask may be told that its first final part came too late: by its own second copy.
  ["lossy: put twice", /storage answered 404 NoSuchUpload/],
  ["token: a spent", /Run reeltime pair again/],
];

/** Answers that no waiting mends; the storage's 403 may be a URL that ran out. */
const REFUSALS = /Frame\.io answered (400|401|402|403|404|409|501)\b|storage answered 501/;

/** What an API asks for after its answers, in milliseconds (Frame.io's guide, rate limits). */
const ASKED_WAITS: readonly (readonly [RegExp, number])[] = [
  [/Frame\.io answered 429/, 1000],
  [/Frame\.io answered 5\d\d/, 30_000],
  [/./, 100],
];

/** Deeds after which nobody can tell when something was changed. */
const NO_TAIL: ReadonlySet<string> = new Set(["freeze", "set_clock"]);

/** Deeds after which nobody was there, or could look, when a file was begun anew. */
const NO_WATCH: ReadonlySet<string> = new Set(["freeze", "crash", "crash_at_call", "suspend"]);

/** How much later than a change a quick look sees it at most, in milliseconds, with file times of FAT. */
const LATE_MS = 5000;

export function createEventChecks(world: World): EventChecks {
  const { violate, faults, schedule, files, takes, plan: { deeds, disk } } = world;
  /** Facts on disk that nobody has been told of yet. */
  const untold = new Map<string, number>();
  /** When a part may be tried again, by the error before. */
  const notBeforeMs = new Map<string, { readonly atMs: number; readonly sinceMs: number }>();
  /** When somebody asked to finish a take. */
  const askedAtMs = new Map<string, number>();
  const add = (key: string, by: number) => void untold.set(key, (untold.get(key) ?? 0) + by);

  function checkTold({ id: _id, time: _time, takeId, ...event }: PublishedEvent): void {
    const key = `${takeId} ${JSON.stringify(event)}`;
    if ((untold.get(key) ?? 0) < 1) violate(`${event.type} is told before it is written down`);
    add(key, -1);
  }

  /** A take ends for good only where waiting helps nobody. */
  function checkFailed(message: string): void {
    const isExcused = EXCUSES.some(([fault, words]) =>
      words.test(message) && [...faults.keys()].some((name) => name.startsWith(fault))
    );
    if (!isExcused && !OWN_ENDS.test(message)) violate(`a take is given up: ${message}`);
  }

  function checkDelay(errand: string, message: string, retryInMs: number): void {
    if (REFUSALS.test(message)) violate(`what was refused is tried again: ${message}`);
    const [, leastMs] = ASKED_WAITS.find(([words]) => words.test(message))!;
    if (retryInMs < leastMs) violate(`tried again after ${retryInMs} ms: ${message}`);
    const wait = notBeforeMs.get(errand);
    const isShort = wait !== undefined && world.retriedAtMs >= wait.sinceMs; // by the operator's word
    const earlyMs = isShort ? 0 : (wait?.atMs ?? 0) - schedule.nowMs;
    if (errand !== "" && earlyMs > 0) violate(`${errand} was tried again ${earlyMs} ms too early`);
    notBeforeMs.set(errand, { atMs: schedule.nowMs + leastMs, sinceMs: schedule.nowMs });
  }

  /** The time since the recorder's last write is told as what it is, or not at all. */
  function checkTail(takeId: string, tailMs: number | null): void {
    const file = files.ofId(takes.get(takeId)?.fileId ?? "");
    // Who stood still, or whose clock is wrong, cannot tell; a look on a bad disk comes late.
    if (tailMs === null || file === undefined || deeds.some(({ do: deed }) => NO_TAIL.has(deed))) {
      return;
    }
    const { slowMs, staleMs, failing } = disk;
    const lateMs = LATE_MS + 600 * slowMs + 2 * (staleMs ?? 0) + failing.untilMs - failing.fromMs;
    // By the operator's word it is what was recorded until then.
    const lastMs = Math.min(file.changedAtMs, askedAtMs.get(takeId) ?? Infinity);
    const truthMs = schedule.nowMs - lastMs;
    if (tailMs < truthMs - lateMs) violate(`a tail of ${tailMs} ms is told, it is ${truthMs} ms`);
  }

  /** The operator's word was about what was recorded then: not about what is recorded over it since. */
  function checkWord(takeId: string): void {
    const atMs = askedAtMs.get(takeId);
    const take = takes.get(takeId);
    const isWatchful = disk.slowMs === 0 && disk.failing.share === 0 && disk.staleMs === null &&
      !deeds.some(({ do: deed }) => NO_WATCH.has(deed));
    if (atMs === undefined || take === undefined || !isWatchful) return;
    const { reopenedAtMs } = recordingAt(world, take.path);
    if ((reopenedAtMs ?? 0) > atMs) violate(`${take.path} is finished with what came after it`);
  }

  return {
    row: ({ takeId, event }) => add(`${takeId} ${event}`, 1),
    event(event) {
      switch (event.type) {
        case "take.failed":
          return checkFailed(event.message);
        case "part.delayed":
          return checkDelay(`${event.takeId} ${event.number}`, event.message, event.retryInMs);
        case "service.delayed":
          return checkDelay("", event.message, event.retryInMs);
        case "finish.asked":
          askedAtMs.set(event.takeId, schedule.nowMs);
          return checkTold(event);
        case "finish.withdrawn":
          askedAtMs.delete(event.takeId);
          return checkTold(event);
        case "take.finalized":
          checkTail(event.takeId, event.tailMs);
          checkWord(event.takeId);
          return checkTold(event);
        case "take.resumed":
        case "take.recalled":
        case "take.warned":
        case "take.suspended":
        case "recording.grown":
        case "recording.quieted":
          return;
        default:
          return checkTold(event);
      }
    },
  };
}
