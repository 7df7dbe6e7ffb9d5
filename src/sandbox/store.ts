import { join } from "@std/path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { StateFailure } from "../errors.ts";
import type { DeclaredPart, Registered } from "./bounds.ts";
import type { NewAsset } from "./new_asset.ts";
import { prepareTables } from "./schema.ts";
import { openTree, type TreeStore } from "./tree_store.ts";
import { ROOT_FOLDER_ID } from "./world.ts";

/** How an asset's bytes come in: parts declared while it grows; parts that are all known from the start; or
 * fetched from an address by the sandbox itself. */
export type AssetKind = "realtime" | "ordinary" | "remote";

/** Where and when an asset comes to be. */
export interface Birth {
  /** A folder's id. */
  readonly parentId: string;
  readonly kind: AssetKind;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** An asset as the store knows it. */
export interface StoredAsset extends Birth {
  readonly id: string;
  readonly name: string;
  readonly filetype: string;
  /** `created` before the first part is registered (real-time) or stored (others), `complete` once the file
   * is assembled, `failed` where a remote upload came to nothing. */
  readonly status: "created" | "uploading" | "complete" | "failed";
  /** Size of the whole file in bytes; null until the final part is registered. */
  readonly sizeBytes: number | null;
  /** Hexadecimal SHA-256 of the assembled file; null before, and where the parts' bytes are not kept. */
  readonly sha256: string | null;
  /** ISO 8601; null until complete. */
  readonly completedAt: string | null;
  /** ISO 8601; null unless a remote upload failed. */
  readonly failedAt: string | null;
}

/** A registered part and what became of it. */
export interface StoredPart extends DeclaredPart {
  /** ISO 8601 of the last PUT that was stored; null before the first. */
  readonly storedAt: string | null;
  /** PUTs answered 200. */
  readonly putCount: number;
}

/** What the sandbox knows, on disk when a verb returns. Everything is synchronous: what is read and what
 * is written in one turn of the event loop belongs together. */
export interface Store {
  /** Projects and folders. */
  readonly tree: TreeStore;
  /** @param birth Default: a real-time upload in the root folder, now. */
  createAsset(id: string, asset: NewAsset, birth?: Partial<Birth>): void;
  asset(id: string): StoredAsset | null;
  /** All assets, oldest first. */
  assets(): StoredAsset[];
  part(assetId: string, number: number): StoredPart | null;
  /** All parts of an asset, by number. */
  parts(assetId: string): StoredPart[];
  /** What the rules of the parts call ask for. */
  registered(assetId: string): Registered;
  /**
   * Registers parts together, or none of them.
   *
   * @param change `totalBytes` with the final part; `name` to replace a default name.
   */
  register(
    assetId: string,
    parts: readonly DeclaredPart[],
    change: { readonly totalBytes: number | null; readonly name: string | null },
  ): void;
  /** Counts one stored PUT. */
  recordPut(assetId: string, number: number, storedAt: string): void;
  /** True once the final part is registered and every registered part is stored: nothing may change any
   * more. */
  isSealed(assetId: string): boolean;
  /** Assets that are sealed but not complete. */
  unassembled(): string[];
  /** @param sha256 Null where the parts' bytes are not kept. */
  complete(assetId: string, sha256: string | null, completedAt: string): void;
  /** Gives a remote upload up. */
  fail(assetId: string, failedAt: string): void;
  /** Remote uploads whose bytes are neither all here nor given up. */
  unfetched(): string[];
  close(): void;
}

const ASSET_ROWS = `
  SELECT id, name, filetype, size_bytes, sha256, completed_at, parent_id, kind, created_at, failed_at,
    EXISTS (
      SELECT 1 FROM parts WHERE asset_id = id AND (kind = 'realtime' OR stored_at IS NOT NULL)
    ) AS has_parts
  FROM assets`;

const SEALED = `
  size_bytes IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM parts WHERE asset_id = id AND stored_at IS NULL)`;

/**
 * Opens the store in `dir`, which one process at a time may do.
 *
 * @throws StateFailure if another process has it open or the disk does not permit.
 */
export function openStore(dir: string): Store {
  const path = join(dir, "sandbox.sqlite");
  const db = openDatabase(path);
  const insertAsset = db.prepare(
    "INSERT INTO assets (id, name, has_default_name, filetype, parent_id, kind, created_at) " +
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
  );
  const oneAsset = db.prepare(`${ASSET_ROWS} WHERE id = ?`);
  const allAssets = db.prepare(`${ASSET_ROWS} ORDER BY created`);
  const onePart = db.prepare("SELECT * FROM parts WHERE asset_id = ? AND number = ?");
  const allParts = db.prepare("SELECT * FROM parts WHERE asset_id = ? ORDER BY number");
  const sums = db.prepare(
    "SELECT COALESCE(SUM(size_bytes), 0) AS sum_bytes, COALESCE(MAX(number), 0) AS highest " +
      "FROM parts WHERE asset_id = ?",
  );
  const insertPart = db.prepare(
    "INSERT INTO parts (asset_id, number, size_bytes, is_final) VALUES (?, ?, ?, ?)",
  );
  const setSize = db.prepare("UPDATE assets SET size_bytes = ? WHERE id = ?");
  const setName = db.prepare(
    "UPDATE assets SET name = ?, has_default_name = 0 WHERE id = ? AND has_default_name = 1",
  );
  const countPut = db.prepare(
    "UPDATE parts SET stored_at = ?, put_count = put_count + 1 WHERE asset_id = ? AND number = ?",
  );
  const sealed = db.prepare(`SELECT 1 FROM assets WHERE id = ? AND ${SEALED}`);
  const allUnassembled = db.prepare(
    `SELECT id FROM assets WHERE completed_at IS NULL AND ${SEALED} ORDER BY created`,
  );
  const setFailed = db.prepare("UPDATE assets SET failed_at = ? WHERE id = ?");
  const allUnfetched = db.prepare(
    "SELECT id FROM assets WHERE kind = 'remote' AND completed_at IS NULL AND failed_at IS NULL " +
      `AND NOT (${SEALED})`,
  );
  const setComplete = db.prepare("UPDATE assets SET sha256 = ?, completed_at = ? WHERE id = ?");

  const asset = (id: string) => {
    const row = oneAsset.get(id);
    return row === undefined ? null : assetOf(row);
  };
  const part = (assetId: string, number: number) => {
    const row = onePart.get(assetId, number);
    return row === undefined ? null : partOf(row);
  };

  return {
    tree: openTree(db),
    createAsset(id, { name, hasDefaultName, filetype }, birth = {}) {
      const { parentId = ROOT_FOLDER_ID, kind = "realtime" } = birth;
      const createdAt = birth.createdAt ?? new Date().toISOString();
      insertAsset.run(id, name, hasDefaultName ? 1 : 0, filetype, parentId, kind, createdAt);
    },
    asset,
    assets: () => allAssets.all().map(assetOf),
    part,
    parts: (assetId) => allParts.all(assetId).map(partOf),
    registered(assetId) {
      const row = sums.get(assetId)!;
      return {
        find: (number) => part(assetId, number),
        sumBytes: row.sum_bytes as number,
        highestNumber: row.highest as number,
        totalBytes: asset(assetId)?.sizeBytes ?? null,
      };
    },
    register(assetId, parts, { totalBytes, name }) {
      db.exec("BEGIN IMMEDIATE");
      try {
        for (const { number, sizeBytes, isFinal } of parts) {
          insertPart.run(assetId, number, sizeBytes, isFinal ? 1 : 0);
        }
        if (totalBytes !== null) setSize.run(totalBytes, assetId);
        if (name !== null) setName.run(name, assetId);
        db.exec("COMMIT");
      } catch (error) {
        db.exec("ROLLBACK");
        throw error;
      }
    },
    recordPut: (assetId, number, storedAt) => void countPut.run(storedAt, assetId, number),
    isSealed: (assetId) => sealed.get(assetId) !== undefined,
    unassembled: () => allUnassembled.all().map((row) => row.id as string),
    complete: (assetId, sha256, completedAt) => void setComplete.run(sha256, completedAt, assetId),
    fail: (assetId, failedAt) => void setFailed.run(failedAt, assetId),
    unfetched: () => allUnfetched.all().map((row) => row.id as string),
    close: () => db.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  try {
    // Made by us first: takes are their owner's, and SQLite would open it to everyone.
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    const db = new DatabaseSync(path);
    try {
      // The exclusive lock, which the system gives up when this process dies, keeps a second sandbox out.
      db.exec("PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;");
      db.exec("PRAGMA synchronous = FULL;");
      prepareTables(db);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    const reason = /locked/.test((error as Error).message)
      ? "another sandbox uses this folder. Stop it, or name another folder"
      : (error as Error).message;
    throw new StateFailure(`Cannot open ${path}: ${reason}.`, { cause: error });
  }
}

type Row = Record<string, SQLOutputValue>;

function assetOf(row: Row): StoredAsset {
  const completedAt = row.completed_at as string | null;
  const failedAt = row.failed_at as string | null;
  return {
    id: row.id as string,
    name: row.name as string,
    filetype: row.filetype as string,
    status: statusOf(completedAt, failedAt, row.has_parts === 1),
    sizeBytes: row.size_bytes as number | null,
    sha256: row.sha256 as string | null,
    completedAt,
    failedAt,
    parentId: row.parent_id as string,
    kind: row.kind as AssetKind,
    createdAt: row.created_at as string,
  };
}

function statusOf(
  completedAt: string | null,
  failedAt: string | null,
  hasParts: boolean,
): StoredAsset["status"] {
  if (completedAt !== null) return "complete";
  if (failedAt !== null) return "failed";
  return hasParts ? "uploading" : "created";
}

function partOf(row: Row): StoredPart {
  return {
    number: row.number as number,
    sizeBytes: row.size_bytes as number,
    isFinal: row.is_final === 1,
    storedAt: row.stored_at as string | null,
    putCount: row.put_count as number,
  };
}
