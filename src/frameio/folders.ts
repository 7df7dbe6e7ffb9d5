import type { ApiCall, ApiExchange } from "./api.ts";
import { field, idIn } from "./answer.ts";
import { childOf, type Place, placeOf } from "./hierarchy.ts";
import { type Page, v2Pages, v4Pages } from "./pages.ts";

/** The folders of one API: how they are listed and made. */
export interface Folders {
  /** What lies directly in a folder; may hold other things than folders. */
  list(parentId: string, signal: AbortSignal): AsyncIterable<Page>;
  /** Reads an entry of that list. */
  read(json: unknown): Place | null;
  /** Makes a folder and gives its id. */
  create(parentId: string, name: string, signal: AbortSignal): Promise<string>;
}

/** Folders of a V4 account (V4 API, folders). */
export function v4Folders(call: ApiCall, accountId: string): Folders {
  const pathOf = (parentId: string) =>
    `/v4/accounts/${encodeURIComponent(accountId)}/folders/${encodeURIComponent(parentId)}/folders`;
  return {
    list: (parentId, signal) =>
      v4Pages(call, { path: pathOf(parentId), doing: "list the folders", signal }),
    read: (json) => placeOf(json, "folder"), // this list holds nothing else
    async create(parentId, name, signal) {
      const doing = `create the folder ${name}`;
      const body = { data: { name } };
      const answer = await call({ method: "POST", path: pathOf(parentId), body, doing, signal });
      return idIn(field(answer, "data"), doing);
    },
  };
}

/** Folders of the V2 API: children of type `folder` (V2 API, create asset). */
export function v2Folders(exchange: ApiExchange): Folders {
  const pathOf = (parentId: string) => `/v2/assets/${encodeURIComponent(parentId)}/children`;
  return {
    list: (parentId, signal) =>
      v2Pages(exchange, { path: pathOf(parentId), doing: "list the folders", signal }),
    read: childOf,
    async create(parentId, name, signal) {
      const doing = `create the folder ${name}`;
      const body = { type: "folder", name };
      const { json } = await exchange({
        method: "POST",
        path: pathOf(parentId),
        body,
        doing,
        signal,
      });
      return idIn(json, doing);
    },
  };
}
