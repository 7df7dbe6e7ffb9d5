import type { DatabaseSync } from "node:sqlite";
import { FOLDERS, PROJECTS, WORLD_CREATED_AT } from "./world.ts";

const TABLES = `
  CREATE TABLE IF NOT EXISTS projects (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    root_folder_id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS folders (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    parent_id TEXT,
    project_id TEXT NOT NULL,
    created_at TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS assets (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    has_default_name INTEGER NOT NULL,
    filetype TEXT NOT NULL,
    size_bytes INTEGER,
    sha256 TEXT,
    completed_at TEXT
  ) STRICT;
  CREATE TABLE IF NOT EXISTS parts (
    asset_id TEXT NOT NULL REFERENCES assets (id),
    number INTEGER NOT NULL,
    size_bytes INTEGER NOT NULL,
    is_final INTEGER NOT NULL,
    stored_at TEXT,
    put_count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (asset_id, number)
  ) STRICT, WITHOUT ROWID;
`;

/** Columns that came after the first version; what that version stored are real-time uploads in "root". */
const LATER_COLUMNS = {
  parent_id: "TEXT NOT NULL DEFAULT 'root'",
  kind: "TEXT NOT NULL DEFAULT 'realtime'",
  created_at: `TEXT NOT NULL DEFAULT '${WORLD_CREATED_AT}'`,
  failed_at: "TEXT",
} as const;

const INDEXES = `
  CREATE INDEX IF NOT EXISTS assets_by_parent ON assets (parent_id);
  CREATE INDEX IF NOT EXISTS folders_by_parent ON folders (parent_id);
`;

/** Brings a new or an older database to the present tables, with the fixed world in them. */
export function prepareTables(db: DatabaseSync): void {
  db.exec("BEGIN IMMEDIATE");
  try {
    db.exec(TABLES);
    const present = db.prepare("PRAGMA table_info(assets)").all().map((row) => row.name);
    for (const [name, type] of Object.entries(LATER_COLUMNS)) {
      if (!present.includes(name)) db.exec(`ALTER TABLE assets ADD COLUMN ${name} ${type}`);
    }
    db.exec(INDEXES);
    seed(db);
    db.exec("COMMIT");
  } catch (error) {
    db.exec("ROLLBACK");
    throw error;
  }
}

function seed(db: DatabaseSync): void {
  const project = db.prepare(
    "INSERT OR IGNORE INTO projects (id, name, root_folder_id) VALUES (?, ?, ?)",
  );
  for (const { id, name, rootFolderId } of PROJECTS) project.run(id, name, rootFolderId);
  const folder = db.prepare(
    "INSERT OR IGNORE INTO folders (id, name, parent_id, project_id, created_at) " +
      "VALUES (?, ?, ?, ?, ?)",
  );
  for (const { id, name, parentId, projectId } of FOLDERS) {
    folder.run(id, name, parentId, projectId, WORLD_CREATED_AT);
  }
}
