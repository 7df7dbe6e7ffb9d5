import { MAX_FILE_BYTES } from "../parts/limits.ts";
import type { ApiCall } from "./api.ts";
import { field, idIn, textField } from "./answer.ts";
import { v2Status } from "./asset_status.ts";
import type { AssetRoute, CreatedAsset, NewAsset } from "./route.ts";
import { noFurtherUrl, uploadFailed, wholeParts, wholeSize } from "./whole_file.ts";

/** Documented for real-time uploads only; taken for ordinary ones as well. */
export const V2_MOST = { bytes: MAX_FILE_BYTES, words: "5 TiB" };

/**
 * Finished files through the V2 API with a user token (V2 guide, uploading assets).
 *
 * @param folderId Folder or root asset that new assets are created in.
 */
export function v2FinishedRoute(call: ApiCall, folderId: string): AssetRoute {
  return {
    takes: "finished",

    async createAsset(asset, signal) {
      const doing = `create the asset in folder ${folderId}`;
      const sizeBytes = wholeSize(asset, V2_MOST);
      const answer = await call({
        method: "POST",
        path: `/v2/assets/${encodeURIComponent(folderId)}/children`,
        body: { type: "file", name: asset.name, filetype: asset.filetype, filesize: sizeBytes },
        doing,
        signal,
      });
      return createdWhole(answer, asset, sizeBytes, doing);
    },

    registerParts: noFurtherUrl,

    async readAsset(assetId, signal) {
      const { is } = await v2Status(call)(assetId, signal);
      if (is === "failed") throw uploadFailed(assetId);
      return { complete: is === "complete" };
    },
  };
}

/**
 * What V2 answers to the create of an ordinary upload, by a user's token or a device's.
 *
 * @throws Unavailable if the URLs do not hold the file.
 */
export function createdWhole(
  answer: unknown,
  asset: NewAsset,
  sizeBytes: number,
  doing: string,
): CreatedAsset {
  const urls = field(answer, "upload_urls");
  return {
    id: idIn(answer, doing),
    name: textField(answer, "name") ?? asset.name,
    filetype: textField(answer, "filetype") ?? asset.filetype,
    parts: wholeParts(evenly(sizeBytes, Array.isArray(urls) ? urls : []), sizeBytes, doing),
  };
}

/** Each URL takes ceil(filesize / URLs) bytes, the last one what is left (V2 guide, uploading assets). */
function evenly(sizeBytes: number, urls: readonly unknown[]) {
  const eachBytes = Math.ceil(sizeBytes / urls.length);
  return urls.map((url, i) => ({ sizeBytes: Math.min(eachBytes, sizeBytes - i * eachBytes), url }));
}
