import { Unavailable } from "../errors.ts";
import type { ApiCall } from "./api.ts";
import type { AssetRoute } from "./route.ts";

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
      const id = field(answer, "id");
      if (typeof id !== "string" || id === "") throw oddAnswer("create the asset", "no id");
      const givenName = field(answer, "name");
      return { id, name: typeof givenName === "string" ? givenName : name, filetype, parts: null };
    },

    async registerParts(assetId, parts, totalBytes, signal) {
      const numbers = parts.length === 1
        ? `part ${parts[0]!.number}`
        : `parts ${parts[0]?.number}–${parts.at(-1)?.number}`;
      const answer = await call({
        method: "POST",
        path: `/v2/assets/${encodeURIComponent(assetId)}/realtime_upload/parts`,
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
    },

    async readAsset(assetId, signal) {
      const answer = await call({
        method: "GET",
        path: `/v2/assets/${encodeURIComponent(assetId)}`,
        doing: `read asset ${assetId}`,
        signal,
      });
      return { complete: typeof field(answer, "upload_completed_at") === "string" };
    },
  };
}

function field(answer: unknown, name: string): unknown {
  return typeof answer === "object" && answer !== null
    ? (answer as Record<string, unknown>)[name]
    : undefined;
}

function isWebUrl(value: unknown): boolean {
  return typeof value === "string" && /^https?:\/\//.test(value) && URL.canParse(value);
}

/** JSON of another shape is most likely a box in between; the next answer may be the real one. */
function oddAnswer(doing: string, what: string): Unavailable {
  return new Unavailable(`Cannot ${doing}: the answer holds ${what}`, "api_fault");
}
