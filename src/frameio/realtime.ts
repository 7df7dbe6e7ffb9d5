import type { ApiCall } from "./api.ts";
import { field, idIn, isWebUrl, oddAnswer, textField } from "./answer.ts";
import type { AssetRoute } from "./route.ts";
import { uploadFailed } from "./whole_file.ts";

/**
 * Real-time upload on the user-token route (V2 API, Camera to Cloud: How to upload in real time).
 *
 * @param folderId Folder or root asset that new assets are created in.
 */
export function userRoute(call: ApiCall, folderId: string): AssetRoute {
  return {
    takes: "growing",

    async createAsset({ name, filetype }, signal) {
      const answer = await call({
        method: "POST",
        path: `/v2/assets/${encodeURIComponent(folderId)}/children`,
        body: { type: "file", name, filetype, is_realtime_upload: true },
        doing: `create the asset in folder ${folderId}`,
        signal,
      });
      const id = idIn(answer, "create the asset");
      return { id, name: textField(answer, "name") ?? name, filetype, parts: null };
    },

    registerParts: partsCall(call, "/v2/assets"),

    async readAsset(assetId, signal) {
      const answer = await call({
        method: "GET",
        path: `/v2/assets/${encodeURIComponent(assetId)}`,
        doing: `read asset ${assetId}`,
        signal,
      });
      if (textField(answer, "upload_failed_at") !== null) throw uploadFailed(assetId);
      return { complete: textField(answer, "upload_completed_at") !== null };
    },
  };
}

/**
 * The call that declares parts and gives their URLs, the same on both real-time routes (V2 API, create
 * realtime upload parts).
 *
 * @param assets Path of the route's assets, without a slash at the end.
 */
export function partsCall(call: ApiCall, assets: string): AssetRoute["registerParts"] {
  return async (assetId, parts, totalBytes, signal) => {
    const numbers = parts.length === 1
      ? `part ${parts[0]!.number}`
      : `parts ${parts[0]?.number}–${parts.at(-1)?.number}`;
    const answer = await call({
      method: "POST",
      path: `${assets}/${encodeURIComponent(assetId)}/realtime_upload/parts`,
      body: {
        parts: parts.map((part) => ({
          number: part.number,
          size: part.sizeBytes,
          is_final: part.isFinal,
        })),
        ...(totalBytes === null ? {} : { asset_filesize: totalBytes }),
      },
      doing: `register ${numbers} of asset ${assetId}`,
      signal,
    });
    const urls = field(answer, "upload_urls");
    if (!Array.isArray(urls) || urls.length !== parts.length || !urls.every(isWebUrl)) {
      throw oddAnswer(`register ${numbers}`, `not ${parts.length} upload URLs`);
    }
    return parts.map((part, i) => ({ part, url: urls[i] as string }));
  };
}
