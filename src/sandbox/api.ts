import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { createChild } from "./create_child.ts";
import { checkMayCreate } from "./create_rules.ts";
import { readJsonBody } from "./json_body.ts";
import { readNewChild } from "./new_child.ts";
import { answerPartsCall } from "./parts_call.ts";
import type { SandboxRoom } from "./room.ts";
import { treeRoutes } from "./tree.ts";
import type { StoredFolder } from "./tree_store.ts";
import { ROOT_FOLDER_ID } from "./world.ts";

/**
 * The V2 API of a person with a developer token: what {@linkcode treeRoutes} shows, and the calls that make
 * folders, assets and parts of a real-time upload (V2 API: create asset, create realtime upload parts). To be
 * mounted under `/v2`. The routes throw ApiRefusal for every answer that is not 200.
 *
 * @param refuseAgain Whether a number that is registered already is refused even when nothing changed.
 */
export function apiRoutes(room: SandboxRoom, refuseAgain: boolean): Hono {
  const { store, identify, creates } = room;
  const api = new Hono();

  api.use("*", async (c, next) => {
    if (identify(c.req.raw).is !== "user") {
      throw new ApiRefusal(401, "These routes take a developer token");
    }
    await next();
  });

  api.route("/", treeRoutes(room));

  api.post("/assets/:id/children", async (c) => {
    checkMayCreate(creates);
    const parent = folderOf(c.req.param("id"));
    const child = readNewChild(await readJsonBody(c.req.raw));
    return c.json(createChild(room, parent, child));
  });

  api.post("/assets/:id/realtime_upload/parts", async (c) => {
    return c.json(await answerPartsCall(room, c.req.raw, c.req.param("id"), refuseAgain));
  });

  function folderOf(id: string): StoredFolder {
    const folder = store.tree.folder(id);
    if (folder !== null) return folder;
    const project = store.tree.project(id);
    throw new ApiRefusal(
      404,
      project === null
        ? `There is no folder ${id}; a root folder is "${ROOT_FOLDER_ID}"`
        : `${id} is a project; its root folder is "${project.rootFolderId}"`,
    );
  }

  return api;
}
