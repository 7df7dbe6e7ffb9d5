import type { ApiCall } from "./api.ts";
import { field, idIn, linkField, textField, v4Path } from "./answer.ts";
import { readV4Status, type UploadStatus, v2Status } from "./asset_status.ts";
import type { V4Folder } from "./v4_route.ts";

/** A file that Frame.io fetches by itself. */
export interface RemoteFile {
  /** Often a secret of its own: only its host is ever shown. */
  readonly url: string;
  readonly name: string;
}

/** A remote upload that the service has taken on. */
export interface RemoteAsset {
  readonly id: string;
  readonly name: string;
  /** Where a person sees it, as the service says; null where it does not. */
  readonly viewUrl: string | null;
}

/** A remote upload, and what its status is read with. */
export interface RemoteTaken {
  readonly asset: RemoteAsset;
  readonly status: (signal: AbortSignal) => Promise<UploadStatus>;
}

/** A way to have a file fetched. */
export interface RemoteRoute {
  /** What the service takes this way, in words, or null where no bound is documented. */
  readonly most: string | null;
  /** Asks once for it. */
  create(file: RemoteFile, signal: AbortSignal): Promise<RemoteTaken>;
}

/** Remote uploads of the V4 API, at most 50 GB each (How to: Upload, remote upload). */
export function v4Remote(call: ApiCall, { accountId, folderId }: V4Folder): RemoteRoute {
  const account = `/v4/accounts/${encodeURIComponent(accountId)}`;
  return {
    most: "50 GB",
    async create({ url, name }, signal) {
      const doing = `have Frame.io fetch ${name} into folder ${folderId}`;
      const answer = await call({
        method: "POST",
        path: `${account}/folders/${encodeURIComponent(folderId)}/files/remote_upload`,
        body: { data: { name, source_url: url } },
        doing,
        signal,
      });
      const data = field(answer, "data");
      const id = idIn(data, doing);
      const path = v4Path(field(field(answer, "links"), "status")) ??
        `${account}/files/${encodeURIComponent(id)}/status`;
      return {
        asset: assetOf(data, id, name),
        status: (signal) => readV4Status(call, path, id, signal),
      };
    },
  };
}

/** Remote uploads of the V2 API: an asset with `source.url` (V2 API, create asset). */
export function v2Remote(call: ApiCall, folderId: string): RemoteRoute {
  const read = v2Status(call);
  return {
    most: null,
    async create({ url, name }, signal) {
      const doing = `have Frame.io fetch ${name} into folder ${folderId}`;
      const answer = await call({
        method: "POST",
        path: `/v2/assets/${encodeURIComponent(folderId)}/children`,
        body: { type: "file", name, source: { url } },
        doing,
        signal,
      });
      const id = idIn(answer, doing);
      return {
        asset: assetOf(answer, id, name),
        status: (signal) => read(id, signal),
      };
    },
  };
}

function assetOf(json: unknown, id: string, name: string): RemoteAsset {
  return { id, name: textField(json, "name") ?? name, viewUrl: linkField(json, "view_url") };
}
