import { join } from "@std/path";
import { DatabaseSync, type SQLOutputValue } from "node:sqlite";
import { StateFailure } from "../errors.ts";

/** A device that asked to be paired and waits for a person. */
export interface Pairing {
  readonly deviceCode: string;
  /** Six digits that a person types into Frame.io. */
  readonly userCode: string;
  readonly clientId: string;
  /** The scope `offline` was asked for: a refresh token comes with the access token. */
  readonly isOffline: boolean;
  readonly endsAtMs: number;
  /** Shortest time between two polls; grows with every `slow_down`. */
  readonly intervalMs: number;
  /** The last poll, or null before the first. */
  readonly polledAtMs: number | null;
  readonly isApproved: boolean;
}

/** A token pair that was given out. */
export interface GivenTokens {
  readonly access: string;
  /** Null where none came with it, or where it was used. */
  readonly refresh: string | null;
  readonly kind: "device" | "ims";
  readonly clientId: string;
  readonly accessEndsAtMs: number;
  readonly refreshEndsAtMs: number;
}

/** What Adobe's sign-in page sends back with the browser. */
export interface ImsCode {
  readonly code: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** SHA-256 of the verifier, base64url; null for a client that has a secret. */
  readonly challenge: string | null;
  readonly isOffline: boolean;
  readonly endsAtMs: number;
}

/** Codes and tokens, on disk when a verb returns. */
export interface AuthStore {
  /** Adds a pairing, or puts a changed one in its place. */
  putPairing(pairing: Pairing): void;
  pairing(by: { readonly deviceCode: string } | { readonly userCode: string }): Pairing | null;
  removePairing(deviceCode: string): void;
  addTokens(tokens: GivenTokens): void;
  byAccess(access: string): GivenTokens | null;
  byRefresh(refresh: string): GivenTokens | null;
  /** The refresh token was used; the access token stays. */
  spendRefresh(refresh: string): void;
  removeTokens(access: string): void;
  /** Ends every access token now. */
  expireAccess(nowMs: number): void;
  addCode(code: ImsCode): void;
  /** Gives a code once. */
  takeCode(code: string): ImsCode | null;
  /** Forgets what ended long enough ago that nobody will ask why. */
  purge(nowMs: number): void;
  close(): void;
}

/** How long an ended code or token is remembered, in milliseconds: its owner is told that it ended. */
const MEMORY_MS = 60 * 60 * 1000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS pairings (
    deviceCode TEXT PRIMARY KEY, userCode TEXT NOT NULL, clientId TEXT NOT NULL,
    isOffline INTEGER NOT NULL, endsAtMs INTEGER NOT NULL, intervalMs INTEGER NOT NULL,
    polledAtMs INTEGER, isApproved INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS tokens (
    access TEXT PRIMARY KEY, refresh TEXT UNIQUE, kind TEXT NOT NULL, clientId TEXT NOT NULL,
    accessEndsAtMs INTEGER NOT NULL, refreshEndsAtMs INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY, clientId TEXT NOT NULL, redirectUri TEXT NOT NULL, challenge TEXT,
    isOffline INTEGER NOT NULL, endsAtMs INTEGER NOT NULL
  ) STRICT;
`;

/**
 * Opens the store in the sandbox's folder; tokens outlive a restart.
 *
 * @throws StateFailure if the disk does not permit.
 */
export function openAuthStore(dir: string): AuthStore {
  const db = openDatabase(join(dir, "auth.sqlite"));
  const putPairing = db.prepare("INSERT OR REPLACE INTO pairings VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
  const byDeviceCode = db.prepare("SELECT * FROM pairings WHERE deviceCode = ?");
  const byUserCode = db.prepare(
    "SELECT * FROM pairings WHERE userCode = ? ORDER BY endsAtMs DESC LIMIT 1",
  );
  const removePairing = db.prepare("DELETE FROM pairings WHERE deviceCode = ?");
  const addTokens = db.prepare("INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?)");
  const byAccess = db.prepare("SELECT * FROM tokens WHERE access = ?");
  const byRefresh = db.prepare("SELECT * FROM tokens WHERE refresh = ?");
  const spendRefresh = db.prepare("UPDATE tokens SET refresh = NULL WHERE refresh = ?");
  const removeTokens = db.prepare("DELETE FROM tokens WHERE access = ?");
  const expireAccess = db.prepare("UPDATE tokens SET accessEndsAtMs = MIN(accessEndsAtMs, ?)");
  const addCode = db.prepare("INSERT INTO codes VALUES (?, ?, ?, ?, ?, ?)");
  const takeCode = db.prepare("DELETE FROM codes WHERE code = ? RETURNING *");
  const purges = [
    "DELETE FROM pairings WHERE endsAtMs < ?",
    "DELETE FROM codes WHERE endsAtMs < ?",
    "DELETE FROM tokens WHERE MAX(accessEndsAtMs, refreshEndsAtMs) < ?",
  ].map((sql) => db.prepare(sql));

  return {
    putPairing: (p) =>
      void putPairing.run(
        ...[p.deviceCode, p.userCode, p.clientId, Number(p.isOffline), p.endsAtMs],
        ...[p.intervalMs, p.polledAtMs, Number(p.isApproved)],
      ),
    pairing: (by) =>
      rowOf<Pairing>(
        "deviceCode" in by ? byDeviceCode.get(by.deviceCode) : byUserCode.get(by.userCode),
      ),
    removePairing: (deviceCode) => void removePairing.run(deviceCode),
    addTokens: (t) =>
      void addTokens.run(
        ...[t.access, t.refresh, t.kind, t.clientId, t.accessEndsAtMs, t.refreshEndsAtMs],
      ),
    byAccess: (access) => rowOf<GivenTokens>(byAccess.get(access)),
    byRefresh: (refresh) => rowOf<GivenTokens>(byRefresh.get(refresh)),
    spendRefresh: (refresh) => void spendRefresh.run(refresh),
    removeTokens: (access) => void removeTokens.run(access),
    expireAccess: (nowMs) => void expireAccess.run(nowMs),
    addCode: (c) =>
      void addCode.run(
        ...[c.code, c.clientId, c.redirectUri, c.challenge, Number(c.isOffline), c.endsAtMs],
      ),
    takeCode: (code) => rowOf<ImsCode>(takeCode.get(code)),
    purge(nowMs) {
      for (const purge of purges) purge.run(nowMs - MEMORY_MS);
    },
    close: () => db.close(),
  };
}

function openDatabase(path: string): DatabaseSync {
  try {
    // Made by us first, as the sandbox's other files: SQLite would open it to everyone.
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    const db = new DatabaseSync(path);
    db.exec("PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
    db.exec(SCHEMA);
    return db;
  } catch (error) {
    throw new StateFailure(`Cannot open ${path}: ${(error as Error).message}.`, { cause: error });
  }
}

/** A row with its columns as they are called above; numbers of the two flags become booleans. */
function rowOf<T>(row: Record<string, SQLOutputValue> | undefined): T | null {
  if (row === undefined) return null;
  const flags = ["isOffline", "isApproved"].filter((name) => name in row);
  return { ...row, ...Object.fromEntries(flags.map((name) => [name, row[name] === 1])) } as T;
}
