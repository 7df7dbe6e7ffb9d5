import { checkName } from "./create_rules.ts";
import type { NewChild } from "./new_child.ts";
import { createOrdinary, equalParts } from "./ordinary.ts";
import type { SandboxRoom } from "./room.ts";
import type { StoredFolder } from "./tree_store.ts";
import { v2File, v2Folder } from "./v2_views.ts";

/**
 * Makes what a V2 create call asks for.
 *
 * @returns The answer's JSON: `{id, name}` for a real-time upload, else the whole asset, with `upload_urls`
 * (plain strings, in order) for an ordinary upload (V2 API, create asset).
 * @throws ApiRefusal 400 where the sandbox is told to refuse the name.
 */
export function createChild(room: SandboxRoom, parent: StoredFolder, child: NewChild): unknown {
  const { store, now, creates, remotes } = room;
  const createdAt = now().toISOString();
  const parentId = parent.id;
  const whole = (id: string) => v2File(store.asset(id)!, parent.projectId);

  switch (child.is) {
    case "folder": {
      const { projectId } = parent;
      const folder = { id: crypto.randomUUID(), name: child.name, parentId, projectId, createdAt };
      store.tree.createFolder(folder);
      return v2Folder(folder);
    }
    case "realtime": {
      checkName(creates, child.asset.name, 400);
      const id = crypto.randomUUID();
      store.createAsset(id, child.asset, { parentId, kind: "realtime", createdAt });
      return { id, name: child.asset.name };
    }
    case "ordinary": {
      checkName(creates, child.name, 400);
      const file = { name: child.name, filetype: child.filetype, parentId };
      const { id, urls } = createOrdinary(room, file, equalParts(child.sizeBytes));
      return { ...whole(id), realtime_upload: null, upload_urls: urls };
    }
    case "remote": {
      checkName(creates, child.name, 400);
      const id = remotes.create(
        { name: child.name, filetype: child.filetype, parentId },
        child.sourceUrl,
      );
      return whole(id);
    }
  }
}
