import type { StoredAsset } from "./store.ts";
import type { StoredFolder, StoredProject } from "./tree_store.ts";
import { TEAM } from "./world.ts";

/** The fields of a V2 asset that is a file, as far as an uploader asks for them (V2 API, asset). Of V2's status
 * words only "created" is documented: a client should go by `upload_completed_at`. */
export function v2File(asset: StoredAsset, projectId: string | null) {
  return {
    id: asset.id,
    name: asset.name,
    type: "file",
    filetype: asset.filetype,
    filesize: asset.sizeBytes,
    parent_id: asset.parentId,
    project_id: projectId,
    status: asset.status,
    inserted_at: asset.createdAt,
    upload_completed_at: asset.completedAt,
    upload_failed_at: asset.failedAt,
    is_realtime_upload: asset.kind === "realtime",
  };
}

/** The same of a V2 asset that is a folder. */
export function v2Folder(folder: StoredFolder) {
  return {
    id: folder.id,
    name: folder.name,
    type: "folder",
    parent_id: folder.parentId,
    project_id: folder.projectId,
    inserted_at: folder.createdAt,
  };
}

/** A V2 project; new assets go into its `root_asset_id` (V2 guide, uploading assets). */
export function v2Project(project: StoredProject) {
  return {
    id: project.id,
    name: project.name,
    root_asset_id: project.rootFolderId,
    team_id: TEAM.id,
  };
}
