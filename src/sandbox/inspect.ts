import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { assembledFile } from "./assemble.ts";
import type { PartFiles } from "./parts_on_disk.ts";
import type { Store, StoredAsset } from "./store.ts";

/**
 * What Frame.io has no call for: every asset with its parts, and the assembled files. To be mounted
 * under `/sandbox`; needs no token. Throws ApiRefusal for every answer that is not 200.
 */
export function inspectRoutes(store: Store, parts: PartFiles): Hono {
  const inspect = new Hono();

  inspect.get("/assets", (c) => {
    return c.json({ assets: store.assets().map((asset) => assetView(store, asset)) });
  });

  inspect.get("/assets/:id/file", (c) => {
    const id = c.req.param("id");
    const asset = store.asset(id);
    if (asset === null) throw new ApiRefusal(404, `There is no asset ${id}`);
    if (asset.status !== "complete") {
      throw new ApiRefusal(409, `The file of asset ${id} is not complete: ${asset.status}`);
    }
    if (asset.sha256 === null) {
      throw new ApiRefusal(404, `The bytes of asset ${id} were digested and not kept`);
    }
    return new Response(assembledFile(store, parts, id), {
      headers: { "content-type": asset.filetype, "content-length": String(asset.sizeBytes) },
    });
  });

  return inspect;
}

function assetView(store: Store, asset: StoredAsset) {
  return {
    id: asset.id,
    name: asset.name,
    kind: asset.kind,
    parent: asset.parentId,
    mediaType: asset.filetype,
    status: asset.status,
    size: asset.sizeBytes,
    sha256: asset.sha256,
    parts: store.parts(asset.id).map(({ number, sizeBytes, storedAt, putCount }) => ({
      number,
      size: sizeBytes,
      storedAt,
      putCount,
    })),
  };
}
