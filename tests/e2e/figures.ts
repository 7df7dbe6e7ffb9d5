/** What the upload of one recording came to, by its events. Pure. */
import type { PublishedEvent } from "../../src/events.ts";

/** One line of the printed table. */
export interface Figures {
  readonly title: string;
  readonly sizeBytes: number;
  readonly endedBy: string;
  /** Parts stored when the recorder was asked to stop, or killed. */
  readonly storedAtStop: number;
  /** From the recorder's exit to the finalized take. */
  readonly tailMs: number;
  readonly again: Again;
  readonly isEqual: boolean;
}

/** Parts that went more than once, ascending, and their bytes for every time but the first. */
export interface Again {
  readonly numbers: readonly number[];
  readonly bytes: number;
}

/** The event of this type, which must have been told once. */
export function only<T extends PublishedEvent["type"]>(
  events: readonly PublishedEvent[],
  type: T,
): PublishedEvent & { type: T } {
  const found = events.filter((event) => event.type === type);
  if (found.length === 1) return found[0] as PublishedEvent & { type: T };
  throw new Error(`${type} was told ${found.length} times:\n${story(events)}`);
}

/** The last event of this type, which holds where others were told before it; one must be there. */
export function last<T extends PublishedEvent["type"]>(
  events: readonly PublishedEvent[],
  type: T,
): PublishedEvent & { type: T } {
  const found = events.findLast((event) => event.type === type);
  if (found !== undefined) return found as PublishedEvent & { type: T };
  throw new Error(`${type} was never told:\n${story(events)}`);
}

/** All that was told of a take as text, a line for each event, for messages. */
export function story(events: readonly PublishedEvent[]): string {
  return events.map(({ id: _id, takeId: _takeId, time, type, ...more }) =>
    `${time.slice(14, 23)} ${type} ${Object.values(more).join(" ")}`
  ).join("\n");
}

/** Parts that were told to be stored up to a time, wall clock in milliseconds. */
export function storedUntil(events: readonly PublishedEvent[], untilMs: number): Set<number> {
  return new Set(
    events.flatMap((event) =>
      event.type === "part.stored" && Date.parse(event.time) <= untilMs ? [event.number] : []
    ),
  );
}

/** Parts that were begun before `untilMs` and not told to be stored before `fromMs`. */
export function sendingBetween(
  events: readonly PublishedEvent[],
  fromMs: number,
  untilMs: number,
): Set<number> {
  const begun = events.flatMap((event) =>
    event.type === "part.started" && Date.parse(event.time) <= untilMs ? [event.number] : []
  );
  return new Set(begun).difference(storedUntil(events, fromMs));
}

/** Parts under way between a time, in ms, and the moment when the program saw that the media moved. */
export function sendingUntilSeen(events: readonly PublishedEvent[], fromMs: number): Set<number> {
  return sendingBetween(events, fromMs, Date.parse(only(events, "recording.shifted").time));
}

/** What went more than once. */
export function sentAgain(events: readonly PublishedEvent[]): Again {
  const sizes = new Map<number, number>();
  const times = new Map<number, number>();
  for (const event of events) {
    if (event.type === "part.planned") sizes.set(event.number, event.sizeBytes);
    if (event.type === "part.started") times.set(event.number, 1 + (times.get(event.number) ?? 0));
  }
  const numbers = [...times.keys()].filter((number) => times.get(number)! > 1);
  return {
    numbers: numbers.sort((a, b) => a - b),
    bytes: numbers.reduce((sum, number) => sum + (times.get(number)! - 1) * sizes.get(number)!, 0),
  };
}

const COLUMNS: readonly (readonly [name: string, cell: (figures: Figures) => string])[] = [
  ["container and writer", ({ title }) => title],
  ["MB", ({ sizeBytes }) => (sizeBytes / 1e6).toFixed(1)],
  ["ended by", ({ endedBy }) => endedBy],
  ["stored at stop", ({ storedAtStop }) => `${storedAtStop} parts`],
  ["finalized", ({ tailMs }) => `${(tailMs / 1000).toFixed(2)} s after exit`],
  [
    "parts re-sent",
    ({ again }) => [again.numbers.length, ...again.numbers.map((n) => `#${n}`)].join(" "),
  ],
  ["bytes re-sent", ({ again }) => String(again.bytes)],
  ["sha256", ({ isEqual }) => isEqual ? "equal" : "DIFFERENT"],
];

/** The figures of takes as a table of text, in the order given. */
export function tableOf(takes: readonly Figures[]): string {
  const columns = COLUMNS.map(([name, cell]) => {
    const cells = [name, ...takes.map(cell)];
    const width = Math.max(...cells.map((text) => text.length));
    return cells.map((text) => text.padEnd(width));
  });
  return ["", ...takes].map((_, line) => columns.map((cells) => cells[line]).join("  ").trimEnd())
    .join("\n");
}
