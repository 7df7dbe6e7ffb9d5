import type { PublishedEvent } from "../events.ts";
import type { EventBus } from "../take/bus.ts";
import { wordsOfEvent } from "./event_words.ts";
import type { TimelineEntry } from "./view.ts";

/** Entries kept of one take: a page of them, and the evening's last troubles. */
export const MOST_ENTRIES = 200;

/** Takes whose entries are kept; the one that was quiet longest goes first. */
export const MOST_TAKES = 200;

/** Types of events that tell of something going wrong. */
const ERRORS: ReadonlySet<string> = new Set([
  "part.delayed",
  "service.delayed",
  "take.warned",
  "take.failed",
  "asset.abandoned",
  "recording.changed_after_final",
]);

/** What happened to each take, in words, as far back as memory is kept. */
export interface Timeline {
  /** Oldest first. */
  of(takeId: string): readonly TimelineEntry[];
}

/** Listens to the bus for as long as the process lives. Names and messages in it are plain text. */
export function createTimeline(events: EventBus): Timeline {
  const takes = new Map<string, TimelineEntry[]>();
  events.on((event) => {
    const words = wordsOfEvent(event);
    if (words === null) return;
    const entries = takes.get(event.takeId) ?? [];
    entries.push(entryOf(event, words));
    if (entries.length > MOST_ENTRIES) entries.shift();
    takes.delete(event.takeId); // the one that moved last stands last
    takes.set(event.takeId, entries);
    if (takes.size > MOST_TAKES) takes.delete(takes.keys().next().value!);
  });
  return { of: (takeId) => takes.get(takeId) ?? [] };
}

/** Whether an entry tells of something going wrong. */
export function isError({ type }: TimelineEntry): boolean {
  return ERRORS.has(type);
}

function entryOf({ id, time, type }: PublishedEvent, words: string): TimelineEntry {
  return { id, time, type, words };
}
