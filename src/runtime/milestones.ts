import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { JOURNAL_FILE } from "./event_store.ts";

/** A fact of a take that is not of one of its parts. */
export interface Milestone {
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  /** The event as JSON; never holds a URL. */
  readonly event: string;
}

/** Reads the journal for people: the few facts of each take beside its thousands of parts. */
export interface Milestones {
  /** Ids of the newest takes, newest first. */
  recent(most: number): string[];
  /** A take's facts in their order; at most {@linkcode MOST_MILESTONES}. */
  of(takeId: string): Milestone[];
  close(): void;
}

/** Facts read of one take: a usual one has about ten, one whose asset is asked for in vain has more. */
export const MOST_MILESTONES = 500;

/**
 * Opens the journal of a state folder for reading, beside the store that writes it: nothing here can
 * change it, and a reader does not hold up a writer (SQLite, write-ahead logging). Open the store first.
 */
export function openMilestones(stateFolder: string): Milestones {
  const db = new DatabaseSync(join(stateFolder, JOURNAL_FILE), { readOnly: true });
  db.exec("PRAGMA busy_timeout = 1000; PRAGMA cache_size = -256");
  const takes = db.prepare(
    "SELECT take FROM events WHERE path IS NOT NULL ORDER BY seq DESC LIMIT ?",
  );
  const facts = db.prepare(
    `SELECT at_ms AS atMs, event FROM events INDEXED BY milestones
     WHERE take = ? AND part IS NULL
       AND event NOT LIKE '{"type":"asset.requested"%' AND event NOT LIKE '{"type":"asset.missed"%'
     ORDER BY seq LIMIT ${MOST_MILESTONES}`,
  );
  return {
    recent: (most) => takes.all(most).map((row) => String(row.take)),
    of: (takeId) => facts.all(takeId) as unknown as Milestone[],
    close: () => db.close(),
  };
}
