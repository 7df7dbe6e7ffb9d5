import type { DurableEvent } from "../events.ts";
import type { Clock } from "../runtime/clock.ts";
import type { EventStore, NewRow } from "../runtime/event_store.ts";

/** A presigned URL with the moment it came, wall clock in milliseconds since 1970. */
export interface KeptUrl {
  readonly url: string;
  readonly receivedAtMs: number;
}

/** A fact to write down; `url` beside a `part.registered`. */
export interface Entry {
  readonly event: DurableEvent;
  readonly url?: string;
}

/** What the journal remembers of one take. */
export interface Replay {
  readonly events: readonly DurableEvent[];
  /** URLs of parts that were registered and not yet stored, by part number. */
  readonly urls: ReadonlyMap<number, KeptUrl>;
}

/** A take that the journal knows under a path. */
export interface PastTake {
  readonly id: string;
  /** The file that it was begun with, as `FileFacts.fileId` tells it from others. */
  readonly fileId: string;
}

/** The durable memory of takes. */
export interface Journal {
  /**
   * Writes facts down, all or none; they are on disk when it returns. A part that is stored loses its
   * URL in the same stroke, a take that leaves its asset or is cancelled loses all of them.
   *
   * @throws StateFailure if they cannot be kept.
   */
  append(takeId: string, entries: readonly Entry[]): void;
  replay(takeId: string): Replay;
  /** Takes of the recording at this path, newest first. */
  takesOf(path: string): PastTake[];
}

/** Which kept URLs lose their use with a fact. */
function forgets(event: DurableEvent): NewRow["forgets"] {
  if (event.type === "part.stored") return event.number;
  const endsAsset = event.type === "asset.abandoned" || event.type === "take.cancelled";
  return endsAsset ? "all" : null;
}

/** The journal over an event store. */
export function openJournal(store: EventStore, clock: Clock): Journal {
  return {
    append(takeId, entries) {
      const rows = entries.map(({ event, url }) => ({
        takeId,
        atMs: clock.now(),
        event: JSON.stringify(event),
        part: "number" in event ? event.number : null,
        url: url ?? null,
        forgets: forgets(event),
      }));
      store.append(rows);
    },
    replay(takeId) {
      const urls = new Map<number, KeptUrl>();
      const events = store.read(takeId).map((row) => {
        if (row.part !== null && row.url !== null) {
          urls.set(row.part, { url: row.url, receivedAtMs: row.atMs });
        }
        return JSON.parse(row.event) as DurableEvent;
      });
      return { events, urls };
    },
    takesOf: (path) =>
      store.takesOf(path).map(({ takeId, event }) => ({
        id: takeId,
        fileId: (JSON.parse(event) as DurableEvent & { type: "take.started" }).fileId,
      })),
  };
}
