import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { newParts, readPartsCall } from "./bounds.ts";
import { readJsonBody } from "./json_body.ts";
import { readNewAsset } from "./new_asset.ts";
import type { SandboxRoom } from "./room.ts";
import { ROOT_FOLDER_ID, type StoredAsset } from "./store.ts";

/**
 * @param refuseAgain Whether a number that is registered already is refused even when nothing changed.
 *
 * The routes of the real-time upload (V2 API: create asset, create realtime upload parts), to be
 * mounted under `/v2`. They throw
 * ApiRefusal for every answer that is not 200.
 */
export function apiRoutes({ store, identify, urlOf }: SandboxRoom, refuseAgain: boolean): Hono {
  const api = new Hono();

  api.use("*", async (c, next) => {
    if (identify(c.req.raw).is !== "user") {
      throw new ApiRefusal(401, "These routes take a developer token");
    }
    await next();
  });

  api.post("/assets/:id/children", async (c) => {
    const parentId = c.req.param("id");
    if (parentId !== ROOT_FOLDER_ID) {
      throw new ApiRefusal(404, `There is no folder ${parentId}; the root folder is "root"`);
    }
    const asset = readNewAsset(await readJsonBody(c.req.raw));
    const id = crypto.randomUUID();
    store.createAsset(id, asset);
    return c.json({ id, name: asset.name });
  });

  api.post("/assets/:id/realtime_upload/parts", async (c) => {
    const call = readPartsCall(await readJsonBody(c.req.raw));
    // From here nothing waits, so the rules see what will still be true when the parts are registered.
    const asset = assetOf(c.req.param("id"));
    const parts = newParts(store.registered(asset.id), call, refuseAgain);
    const isEnd = parts.some((part) => part.isFinal);
    store.register(asset.id, parts, {
      totalBytes: isEnd ? call.totalBytes : null,
      name: call.assetName,
    });
    const { id: assetId, filetype } = asset;
    return c.json({
      upload_urls: call.parts.map(({ number }) => urlOf({ assetId, number, filetype })),
    });
  });

  api.get("/assets/:id", (c) => {
    const id = c.req.param("id");
    return c.json(id === ROOT_FOLDER_ID ? ROOT_FOLDER : assetView(assetOf(id)));
  });

  function assetOf(id: string): StoredAsset {
    const asset = store.asset(id);
    if (asset === null) throw new ApiRefusal(404, `There is no asset ${id}`);
    return asset;
  }

  return api;
}

const ROOT_FOLDER = { id: ROOT_FOLDER_ID, name: "Sandbox", type: "folder", parent_id: null };

/** The fields of a V2 asset that a real-time upload has (V2 API, asset). Of V2's status words only
 * "created" is documented: a client should go by `upload_completed_at`. */
function assetView(asset: StoredAsset) {
  return {
    id: asset.id,
    name: asset.name,
    type: "file",
    filetype: asset.filetype,
    filesize: asset.sizeBytes,
    parent_id: ROOT_FOLDER_ID,
    status: asset.status,
    upload_completed_at: asset.completedAt,
    is_realtime_upload: true,
  };
}
