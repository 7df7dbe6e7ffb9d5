import { StateFailure } from "../../src/errors.ts";
import type { EventStore, NewRow, StoredRow } from "../../src/runtime/event_store.ts";
import type { RecordingLock } from "../../src/runtime/lock.ts";
import type { Life } from "./life.ts";
import type { DiskPlan } from "./plan.ts";

/** A state folder: what every process with it shares. */
export interface StateFolder {
  /** Rows that have reached the disk. */
  readonly rows: StoredRow[];
  /** Appends so far. */
  appends: number;
  readonly locks: Map<string, Life>;
  /** Files of secrets, by name. */
  readonly files: Map<string, unknown>;
}

/** An empty state folder. */
export function emptyStateFolder(): StateFolder {
  return { rows: [], appends: 0, locks: new Map(), files: new Map() };
}

/**
 * The journal of a simulated process. An append is on disk when it returns; a process that dies in it
 * has written all of its rows or none.
 */
export function twinStore(
  life: Life,
  folder: StateFolder,
  plan: DiskPlan,
  onRow: (row: NewRow) => void,
  tally: (fault: string) => void,
): EventStore {
  function fail(fault: string): never {
    tally(`journal: ${fault}`);
    throw new StateFailure(`Cannot write the journal: ${fault}. Free space there`);
  }

  function write(rows: readonly NewRow[]): void {
    for (const row of rows) {
      const { forgets, ...stored } = row;
      if (forgets !== null) forget(folder.rows, row.takeId, forgets);
      folder.rows.push(stored);
      onRow(row);
    }
  }

  return {
    append: (rows) =>
      life.passNow(() => {
        const number = ++folder.appends;
        const { nowMs } = life.schedule;
        if (plan.full !== null && nowMs >= plan.full.fromMs && nowMs < plan.full.untilMs) {
          fail("disk full");
        }
        const fault = plan.journalFaults.find((fault) => fault.append === number);
        if (fault !== undefined && !fault.kept) fail("write error");
        write(rows);
        if (fault !== undefined) fail("error after the write");
      }),
    read: (takeId) => life.passNow(() => folder.rows.filter((row) => row.takeId === takeId)),
    forgetUrlsOf(origin) {
      for (const [i, row] of folder.rows.entries()) {
        if (row.url?.startsWith(origin)) folder.rows[i] = { ...row, url: null };
      }
    },
    takesOf: (path) =>
      life.passNow(() =>
        folder.rows.filter(({ event }) => JSON.parse(event).path === path).reverse()
      ),
    close() {},
  };
}

function forget(rows: StoredRow[], takeId: string, which: number | "all"): void {
  for (const [i, row] of rows.entries()) {
    if (row.url === null || row.takeId !== takeId) continue;
    if (which === "all" || row.part === which) rows[i] = { ...row, url: null };
  }
}

/** Locks of a state folder; a dead process holds none. */
export function twinLock(life: Life, folder: StateFolder): (path: string) => RecordingLock | null {
  return (path) => {
    const holder = folder.locks.get(path);
    if (holder !== undefined && !holder.isDead) return null;
    folder.locks.set(path, life);
    return { release: () => void (folder.locks.get(path) === life && folder.locks.delete(path)) };
  };
}
