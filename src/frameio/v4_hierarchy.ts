import type { ApiCall } from "./api.ts";
import { dataIn, oddAnswer } from "./answer.ts";
import {
  childOf,
  type Hierarchy,
  type Place,
  placeOf,
  readEntries,
  searchFor,
} from "./hierarchy.ts";
import { v4Pages } from "./pages.ts";
import type { V4Folder } from "./v4_route.ts";

/** Accounts, workspaces, projects, folders and files of the V4 API. */
export function v4Hierarchy(call: ApiCall): Hierarchy {
  const list = (path: string, read: (json: unknown) => Place | null, signal: AbortSignal) =>
    readEntries(v4Pages(call, { path, doing: "list what lies there", signal }), read);
  const workspacesOf = (accountId: string, signal: AbortSignal) =>
    list(`${accountPath(accountId)}/workspaces`, (json) => placeOf(json, "workspace"), signal);

  return {
    async browse(id, signal) {
      const accounts = await accountsOf(call, signal);
      if (id === null) return { place: null, ...accounts };
      const account = accounts.entries.find((place) => place.id === id);
      if (account !== undefined) {
        return { place: account, ...await workspacesOf(id, signal) };
      }
      const search = searchFor(id, "account, workspace, project or folder");
      for (const { id: accountId } of accounts.entries) {
        const base = accountPath(accountId);
        const place = await search.attempt(() => folderOrProject(call, accountId, id, signal));
        if (place !== null && place.uploadTo !== null) {
          const children = `${base}/folders/${encodeURIComponent(place.uploadTo)}/children`;
          return { place, ...await list(children, childOf, signal) };
        }
        const workspaces = await search.attempt(() => workspacesOf(accountId, signal));
        const workspace = workspaces?.entries.find((place) => place.id === id);
        if (workspace === undefined) continue;
        const projects = `${base}/workspaces/${encodeURIComponent(id)}/projects`;
        const level = await list(projects, (json) => placeOf(json, "project"), signal);
        return { place: workspace, ...level };
      }
      throw search.failure();
    },
  };
}

/**
 * The account that a folder lies in, since the V4 API asks for both. A project's id gives its root
 * folder.
 *
 * @param accountId Where the account is known; otherwise every account of the token is asked.
 * @throws Rejected if no account has it.
 */
export async function findV4Folder(
  call: ApiCall,
  id: string,
  accountId: string | null,
  signal: AbortSignal,
): Promise<V4Folder> {
  const search = searchFor(id, "folder or project");
  for (const account of await accountIds(call, accountId, signal)) {
    const place = await search.attempt(() => folderOrProject(call, account, id, signal));
    if (place !== null && place.uploadTo !== null) {
      return { accountId: account, folderId: place.uploadTo };
    }
  }
  throw search.failure();
}

/** The accounts to ask for something of which only the id is known. */
export async function accountIds(
  call: ApiCall,
  accountId: string | null,
  signal: AbortSignal,
): Promise<string[]> {
  if (accountId !== null) return [accountId];
  return (await accountsOf(call, signal)).entries.map((place) => place.id);
}

function accountsOf(call: ApiCall, signal: AbortSignal) {
  const pages = v4Pages(call, { path: "/v4/accounts", doing: "list the accounts", signal });
  return readEntries(pages, (json) => placeOf(json, "account"));
}

function accountPath(id: string): string {
  return `/v4/accounts/${encodeURIComponent(id)}`;
}

async function folderOrProject(
  call: ApiCall,
  accountId: string,
  id: string,
  signal: AbortSignal,
): Promise<Place | null> {
  const search = searchFor(id, "folder or project");
  for (const kind of ["folder", "project"]) {
    const doing = `look into ${kind} ${id}`;
    const path = `${accountPath(accountId)}/${kind}s/${encodeURIComponent(id)}`;
    const data = await search.attempt(async () =>
      dataIn(await call({ method: "GET", path, doing, signal }), doing)
    );
    if (data === null) continue;
    const place = placeOf(data, kind);
    if (place === null) throw oddAnswer(doing, "no id");
    return place;
  }
  throw search.failure();
}
