import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { checkMayCreate, checkName } from "./create_rules.ts";
import { mediaTypeOf } from "./media_type.ts";
import { createOrdinary, spreadParts } from "./ordinary.ts";
import type { SandboxRoom } from "./room.ts";
import type { StoredFolder } from "./tree_store.ts";
import { readV4Data } from "./v4_body.ts";
import { v4File, v4Folder } from "./v4_views.ts";
import { ACCOUNT } from "./world.ts";

/**
 * What V4 makes in a folder: folders, local and remote uploads (V4 API). To be mounted under
 * `/accounts/:account_id/folders/:folder_id`. Throws ApiRefusal for every answer that is no success.
 */
export function v4CreateRoutes(room: SandboxRoom): Hono {
  const create = new Hono();
  const { store, creates, now, remotes } = room;

  create.post("/folders", async (c) => {
    const parent = parentOf(c.req.param("folder_id"));
    const data = await readV4Data(c.req.raw, ["name"]);
    const folder = {
      id: crypto.randomUUID(),
      name: data.name(),
      parentId: parent.id,
      projectId: parent.projectId,
      createdAt: now().toISOString(),
    };
    store.tree.createFolder(folder);
    return c.json({ data: v4Folder(folder, room) }, 201);
  });

  create.post("/files/local_upload", async (c) => {
    const { id: parentId } = parentOf(c.req.param("folder_id"));
    const data = await readV4Data(c.req.raw, ["name", "file_size"]);
    const name = data.name();
    const sizes = spreadParts(data.fileSize());
    checkName(creates, name, 422);
    const file = { name, filetype: mediaTypeOf(name), parentId };
    const { id, urls } = createOrdinary(room, file, sizes);
    const uploadUrls = urls.map((url, i) => ({ size: sizes[i], url }));
    return c.json({ data: { ...v4File(store.asset(id)!, room), upload_urls: uploadUrls } }, 201);
  });

  create.post("/files/remote_upload", async (c) => {
    const { id: parentId } = parentOf(c.req.param("folder_id"));
    const data = await readV4Data(c.req.raw, ["name", "source_url"]);
    const name = data.name();
    const sourceUrl = data.sourceUrl();
    checkName(creates, name, 422);
    const id = remotes.create({ name, filetype: mediaTypeOf(name), parentId }, sourceUrl);
    const status = `/v4/accounts/${ACCOUNT.id}/files/${id}/status`;
    return c.json({ data: v4File(store.asset(id)!, room), links: { status } }, 202);
  });

  function parentOf(id: string | undefined): StoredFolder {
    checkMayCreate(creates);
    const folder = store.tree.folder(id ?? "");
    if (folder === null) throw new ApiRefusal(404, `There is no folder ${id}`);
    return folder;
  }

  return create;
}
