import type { SandboxRoom } from "./room.ts";
import type { StoredAsset } from "./store.ts";
import type { StoredFolder, StoredProject } from "./tree_store.ts";
import { ACCOUNT, TEAM, USER, WORLD_CREATED_AT } from "./world.ts";

/** Times of what never changes. */
const FIXED = { created_at: WORLD_CREATED_AT, updated_at: WORLD_CREATED_AT } as const;

/** Whom the token belongs to (V4 API, User). */
export const V4_USER = { ...USER, active: true, avatar_url: null } as const;

/** The one account (V4 API, Account). */
export const V4_ACCOUNT = {
  id: ACCOUNT.id,
  display_name: ACCOUNT.name,
  roles: ["member"],
  storage_limit: null,
  storage_usage: 0,
  ...FIXED,
} as const;

/** The one workspace (V4 API, Workspace). */
export const V4_WORKSPACE = { ...TEAM, account_id: ACCOUNT.id, ...FIXED } as const;

/** A project (V4 API, Project); new files go into its `root_folder_id`. */
export function v4Project({ id, name, rootFolderId }: StoredProject, { baseUrl }: SandboxRoom) {
  return {
    id,
    name,
    description: null,
    root_folder_id: rootFolderId,
    workspace_id: TEAM.id,
    restricted: false,
    status: "active",
    storage: 0,
    view_url: `${baseUrl()}/sandbox/assets`,
    ...FIXED,
  };
}

/** A folder (V4 API, Folder). */
export function v4Folder(folder: StoredFolder, { baseUrl }: SandboxRoom) {
  return {
    id: folder.id,
    name: folder.name,
    type: "folder",
    parent_id: folder.parentId,
    project_id: folder.projectId,
    cover_file_id: null,
    created_at: folder.createdAt,
    updated_at: folder.createdAt,
    view_url: `${baseUrl()}/sandbox/assets`,
  };
}

/** A file (V4 API, File). The sandbox transcodes nothing, so its status ends at `uploaded`. A size that nobody
 * knows yet is 0: the field is a whole number always. `view_url` opens the file itself. */
export function v4File(asset: StoredAsset, { baseUrl, store }: SandboxRoom) {
  return {
    id: asset.id,
    name: asset.name,
    type: "file",
    status: asset.status === "complete" ? "uploaded" : "created",
    file_size: asset.sizeBytes ?? 0,
    media_type: asset.filetype,
    parent_id: asset.parentId,
    project_id: store.tree.folder(asset.parentId)!.projectId,
    created_at: asset.createdAt,
    updated_at: asset.completedAt ?? asset.createdAt,
    view_url: `${baseUrl()}/sandbox/assets/${asset.id}/file`,
  };
}

/** How far a file's upload is (V4 API, FileUploadStatus). `uploaded_at` is when it began. */
export function v4Status(asset: StoredAsset) {
  return {
    id: asset.id,
    filetype: asset.filetype,
    uploaded_at: asset.status === "created" ? null : asset.createdAt,
    upload_completed_at: asset.completedAt,
    upload_complete: asset.status === "complete",
    upload_failed: asset.status === "failed",
  };
}
