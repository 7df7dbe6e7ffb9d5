import type { ApiCall } from "./api.ts";
import { field, idIn, linkField, textField } from "./answer.ts";
import { readV4Status } from "./asset_status.ts";
import type { AssetRoute } from "./route.ts";
import { brokenAsset, noFurtherUrl, uploadFailed, wholeParts, wholeSize } from "./whole_file.ts";

/** Largest file: 5 TB, decimal (V4 API, local upload: `file_size`). The real-time route takes 5 TiB. */
const V4_MOST = { bytes: 5_000_000_000_000, words: "5 TB (5,000,000,000,000 bytes) on this route" };

/** A folder of a V4 account. */
export interface V4Folder {
  readonly accountId: string;
  readonly folderId: string;
}

/**
 * Finished files through the V4 API (How to: Upload, local upload). The service decides into which
 * parts the file is cut and which Content-Type the PUTs carry. The create call has no idempotency: it
 * is made once, and whoever calls decides whether to make it again.
 */
export function v4Route(call: ApiCall, { accountId, folderId }: V4Folder): AssetRoute {
  const account = `/v4/accounts/${encodeURIComponent(accountId)}`;
  return {
    takes: "finished",

    async createAsset(asset, signal) {
      const doing = `create the asset in folder ${folderId}`;
      const sizeBytes = wholeSize(asset, V4_MOST);
      const answer = await call({
        method: "POST",
        path: `${account}/folders/${encodeURIComponent(folderId)}/files/local_upload`,
        body: { data: { name: asset.name, file_size: sizeBytes } },
        doing,
        signal,
      });
      const data = field(answer, "data");
      const id = idIn(data, doing);
      const filetype = textField(data, "media_type");
      if (filetype === null) throw brokenAsset(doing, "no media_type");
      const urls = field(data, "upload_urls");
      const given = Array.isArray(urls) ? urls : [];
      const viewUrl = linkField(data, "view_url");
      return {
        id,
        name: textField(data, "name") ?? asset.name,
        filetype,
        parts: wholeParts(
          given.map((entry) => ({ sizeBytes: field(entry, "size"), url: field(entry, "url") })),
          sizeBytes,
          doing,
        ),
        ...(viewUrl === null ? {} : { viewUrl }),
      };
    },

    registerParts: noFurtherUrl,

    async readAsset(assetId, signal) {
      const path = `${account}/files/${encodeURIComponent(assetId)}/status`;
      const { is } = await readV4Status(call, path, assetId, signal);
      if (is === "failed") throw uploadFailed(assetId);
      return { complete: is === "complete" };
    },
  };
}
