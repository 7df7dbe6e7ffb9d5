import type { DatabaseSync, SQLOutputValue } from "node:sqlite";

/** A project: in a team (V2) or a workspace (V4), with one root folder. */
export interface StoredProject {
  readonly id: string;
  readonly name: string;
  readonly rootFolderId: string;
}

/** A folder; a project's root folder has no parent. */
export interface StoredFolder {
  readonly id: string;
  readonly name: string;
  readonly parentId: string | null;
  readonly projectId: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** What a folder holds: another folder, or an asset, by id. */
export interface Child {
  readonly type: ChildType;
  readonly id: string;
}

/** The two types of children. */
export type ChildType = "folder" | "file";

/** Projects and folders, and what lies in a folder. */
export interface TreeStore {
  /** In the order they were made. */
  projects(): StoredProject[];
  project(id: string): StoredProject | null;
  folder(id: string): StoredFolder | null;
  createFolder(folder: StoredFolder): void;
  /**
   * A stretch of a folder's children: folders first, then files, each in the order they were made.
   *
   * @param type Only these; null for all.
   */
  children(parentId: string, type: string | null, offset: number, limit: number): Child[];
  /** How many children {@linkcode children} has in all. */
  childCount(parentId: string, type: string | null): number;
}

const CHILDREN = `
  FROM (
    SELECT 0 AS rank, created, 'folder' AS type, id FROM folders WHERE parent_id = ?1
    UNION ALL SELECT 1, created, 'file', id FROM assets WHERE parent_id = ?1
  ) WHERE ?2 IS NULL OR type = ?2`;

/** The part of the store that knows places. */
export function openTree(db: DatabaseSync): TreeStore {
  const allProjects = db.prepare("SELECT * FROM projects ORDER BY created");
  const oneProject = db.prepare("SELECT * FROM projects WHERE id = ?");
  const oneFolder = db.prepare("SELECT * FROM folders WHERE id = ?");
  const insertFolder = db.prepare(
    "INSERT INTO folders (id, name, parent_id, project_id, created_at) VALUES (?, ?, ?, ?, ?)",
  );
  const someChildren = db.prepare(
    `SELECT type, id ${CHILDREN} ORDER BY rank, created LIMIT ?3 OFFSET ?4`,
  );
  const countChildren = db.prepare(`SELECT COUNT(*) AS count ${CHILDREN}`);

  return {
    projects: () => allProjects.all().map(projectOf),
    project(id) {
      const row = oneProject.get(id);
      return row === undefined ? null : projectOf(row);
    },
    folder(id) {
      const row = oneFolder.get(id);
      return row === undefined ? null : folderOf(row);
    },
    createFolder: ({ id, name, parentId, projectId, createdAt }) =>
      void insertFolder.run(id, name, parentId, projectId, createdAt),
    children: (parentId, type, offset, limit) =>
      someChildren.all(parentId, type, limit, offset).map((row) => ({
        type: row.type as ChildType,
        id: row.id as string,
      })),
    childCount: (parentId, type) => countChildren.get(parentId, type)!.count as number,
  };
}

type Row = Record<string, SQLOutputValue>;

function projectOf(row: Row): StoredProject {
  return {
    id: row.id as string,
    name: row.name as string,
    rootFolderId: row.root_folder_id as string,
  };
}

function folderOf(row: Row): StoredFolder {
  return {
    id: row.id as string,
    name: row.name as string,
    parentId: row.parent_id as string | null,
    projectId: row.project_id as string,
    createdAt: row.created_at as string,
  };
}
