import { Rejected } from "../errors.ts";
import type { ApiCall } from "./api.ts";
import { dataIn, field, idIn, linkField, textField } from "./answer.ts";
import { searchFor } from "./hierarchy.ts";
import { accountIds } from "./v4_hierarchy.ts";

/** What the service says of an upload. */
export interface UploadStatus {
  readonly id: string;
  readonly name: string | null;
  /** `waiting`: nothing has arrived yet, as far as the service tells. */
  readonly is: "complete" | "failed" | "under_way" | "waiting";
  /** Moments in ISO 8601 as the service gives them, or null. */
  readonly startedAt: string | null;
  readonly completedAt: string | null;
  readonly failedAt: string | null;
  /** Where a person sees it, as the service says. */
  readonly viewUrl: string | null;
}

/** Asks for the status of an asset; throws Rejected where the service does not know it. */
export type ReadStatus = (assetId: string, signal: AbortSignal) => Promise<UploadStatus>;

/**
 * Statuses by the V4 API (files, show and upload status).
 *
 * @param accountId Where the account is known; otherwise every account of the token is asked.
 */
export function v4Status(call: ApiCall, accountId: string | null): ReadStatus {
  return async (assetId, signal) => {
    const search = searchFor(assetId, "file");
    for (const account of await accountIds(call, accountId, signal)) {
      const path = `/v4/accounts/${encodeURIComponent(account)}/files/${
        encodeURIComponent(assetId)
      }`;
      const doing = `read asset ${assetId}`;
      const data = await search.attempt(async () =>
        dataIn(await call({ method: "GET", path, doing, signal }), doing)
      );
      if (data === null) continue;
      const status = await readV4Status(call, `${path}/status`, assetId, signal);
      return { ...status, name: textField(data, "name"), viewUrl: linkField(data, "view_url") };
    }
    throw search.failure();
  };
}

/**
 * What a V4 status link gives; it has no name and no link.
 *
 * @throws Rejected, TokenExpired or Unavailable, as the API answers.
 */
export async function readV4Status(
  call: ApiCall,
  path: string,
  assetId: string,
  signal: AbortSignal,
): Promise<UploadStatus> {
  const doing = `read the upload status of asset ${assetId}`;
  const data = dataIn(await call({ method: "GET", path, doing, signal }), doing);
  const startedAt = textField(data, "uploaded_at");
  const isComplete = field(data, "upload_complete") === true;
  return {
    id: textField(data, "id") ?? assetId,
    name: null,
    is: field(data, "upload_failed") === true
      ? "failed"
      : isComplete
      ? "complete"
      : startedAt === null
      ? "waiting"
      : "under_way",
    startedAt,
    completedAt: textField(data, "upload_completed_at"),
    failedAt: null,
    viewUrl: null,
  };
}

/** Statuses by the V2 API, read from the asset itself (V2 API, asset). */
export function v2Status(call: ApiCall): ReadStatus {
  return async (assetId, signal) => {
    const doing = `read asset ${assetId}`;
    const path = `/v2/assets/${encodeURIComponent(assetId)}`;
    const answer = await call({ method: "GET", path, doing, signal });
    if (field(answer, "type") === "folder") {
      throw new Rejected(`Cannot tell an upload's status: ${assetId} is a folder`, 0);
    }
    const completedAt = textField(answer, "upload_completed_at");
    const failedAt = textField(answer, "upload_failed_at");
    return {
      id: idIn(answer, doing),
      name: textField(answer, "name"),
      is: failedAt !== null ? "failed" : completedAt !== null ? "complete" : "under_way",
      startedAt: textField(answer, "uploaded_at"),
      completedAt,
      failedAt,
      viewUrl: linkField(answer, "view_url"),
    };
  };
}

/** The status in words. */
export function statusWords(status: UploadStatus): string {
  const at = (moment: string | null) => moment === null ? "" : ` since ${moment}`;
  switch (status.is) {
    case "complete":
      return `complete: Frame.io has every byte${at(status.completedAt)}`;
    case "failed":
      return `failed${at(status.failedAt)}: delete it in Frame.io and upload the file again`;
    case "under_way":
      return `not complete: its upload is under way${at(status.startedAt)}`;
    case "waiting":
      return "not complete: Frame.io has created it, and its upload has not begun";
  }
}
