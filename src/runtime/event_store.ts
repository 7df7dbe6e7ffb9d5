import { DatabaseSync } from "node:sqlite";
import { join } from "@std/path";
import { StateFailure } from "../errors.ts";

/** One line of the journal. */
export interface StoredRow {
  readonly takeId: string;
  /** Wall clock, milliseconds since 1970. */
  readonly atMs: number;
  /** The event as JSON; never holds a URL. */
  readonly event: string;
  /** The part that the presigned URL beside it is for, or null. */
  readonly part: number | null;
  /** A presigned URL, kept only until its part is stored. */
  readonly url: string | null;
}

/** A line to add. */
export interface NewRow extends StoredRow {
  /** Kept URLs of the take that lose their use with it: one part's, all so far, or none. */
  readonly forgets: number | "all" | null;
}

/**
 * The door to durable memory: an append-only list of rows, and a column of secrets that is emptied.
 * When append returns, the rows have reached the disk.
 */
export interface EventStore {
  /**
   * Adds rows in their order, each with its forgetting, all or nothing.
   *
   * @throws StateFailure if it cannot be made durable (disk full, no permission).
   */
  append(rows: readonly NewRow[]): void;
  /** Every row of a take, in the order of its events. */
  read(takeId: string): StoredRow[];
  /** Forgets every URL that begins with `origin`: the server it led to is gone for good. */
  forgetUrlsOf(origin: string): void;
  /** The first row of each take that names this recording in it, newest first. */
  takesOf(path: string): Pick<StoredRow, "takeId" | "event">[];
  /** Never throws: what was appended is on disk already. */
  close(): void;
}

/** Name of the journal in the state folder. */
export const JOURNAL_FILE = "journal.sqlite";

/**
 * Opens the journal of a state folder on SQLite: write-ahead log, synchronous FULL, overwritten
 * deletes (a forgotten URL leaves no trace in the pages), readable by its owner only.
 *
 * @throws StateFailure if it cannot be opened.
 */
export function openEventStore(stateFolder: string): EventStore {
  const path = join(stateFolder, JOURNAL_FILE);
  return guarded(path, () => {
    // Created by us first, so that no moment exists in which others may read it.
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    if (Deno.build.os !== "windows") Deno.chmodSync(path, 0o600);
    const db = new DatabaseSync(path);
    // First of all: two processes may create the journal in the same moment.
    db.exec(`PRAGMA busy_timeout = 5000;
      PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA cache_size = -256;
      CREATE TABLE IF NOT EXISTS events (
        seq INTEGER PRIMARY KEY, take TEXT NOT NULL, at_ms INTEGER NOT NULL, event TEXT NOT NULL,
        part INTEGER, url TEXT, path TEXT GENERATED ALWAYS AS (json_extract(event, '$.path')) VIRTUAL
      ) STRICT;
      CREATE INDEX IF NOT EXISTS events_of_take ON events (take, seq);
      CREATE INDEX IF NOT EXISTS kept_urls ON events (take, part) WHERE url IS NOT NULL;
      CREATE INDEX IF NOT EXISTS takes_of_path ON events (path) WHERE path IS NOT NULL;
      CREATE INDEX IF NOT EXISTS milestones ON events (take, seq) WHERE part IS NULL;`);
    return storeOn(db, path);
  });
}

function storeOn(db: DatabaseSync, path: string): EventStore {
  const insert = db.prepare(
    "INSERT INTO events (take, at_ms, event, part, url) VALUES (?, ?, ?, ?, ?)",
  );
  const forgetOne = db.prepare(
    "UPDATE events SET url = NULL WHERE take = ? AND part = ? AND url IS NOT NULL",
  );
  const forgetAll = db.prepare("UPDATE events SET url = NULL WHERE take = ? AND url IS NOT NULL");
  const forgetOrigin = db.prepare("UPDATE events SET url = NULL WHERE substr(url, 1, ?) = ?");
  const select = db.prepare(
    "SELECT take AS takeId, at_ms AS atMs, event, part, url FROM events WHERE take = ? ORDER BY seq",
  );
  const takes = db.prepare(
    "SELECT take AS takeId, event FROM events WHERE path = ? ORDER BY seq DESC",
  );
  return {
    append: (rows) =>
      guarded(path, () => {
        db.exec("BEGIN IMMEDIATE");
        try {
          for (const { takeId, atMs, event, part, url, forgets } of rows) {
            if (forgets === "all") forgetAll.run(takeId);
            else if (forgets !== null) forgetOne.run(takeId, forgets);
            insert.run(takeId, atMs, event, part, url);
          }
          db.exec("COMMIT");
        } catch (error) {
          rollBack(db);
          throw error;
        }
      }),
    read: (takeId) => guarded(path, () => select.all(takeId) as unknown as StoredRow[]),
    forgetUrlsOf: (origin) =>
      guarded(path, () => {
        forgetOrigin.run(origin.length, origin);
      }),
    takesOf: (recording) =>
      guarded(path, () => takes.all(recording) as unknown as Pick<StoredRow, "takeId" | "event">[]),
    close() {
      try {
        // Empties the write-ahead log, and with it what was forgotten.
        db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch {
        // On a full disk the log stays; what it holds is safe there, and the next process empties it.
      } finally {
        db.close();
      }
    },
  };
}

function rollBack(db: DatabaseSync): void {
  try {
    db.exec("ROLLBACK");
  } catch {
    // SQLite has already rolled back by itself, as it does when the disk is full.
  }
}

function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StateFailure) throw error;
    const message = (error as Error).message;
    throw new StateFailure(`Cannot write the journal ${path}: ${message}. ${remedyFor(message)}`, {
      cause: error,
    });
  }
}

function remedyFor(message: string): string {
  if (/not a database|malformed/i.test(message)) { // before "disk": SQLite speaks of a disk image
    return "It is damaged: move it away, or name another folder with --state.";
  }
  if (/full|disk/i.test(message)) {
    return "Free space there, or name another folder with --state, then run the same command again.";
  }
  if (/locked|busy/i.test(message)) {
    return "Another process holds it: stop that one, or name another folder with --state.";
  }
  return "Check its permissions, or name another folder with --state.";
}
