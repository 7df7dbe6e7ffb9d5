import type { ApiExchange } from "./api.ts";
import { oddAnswer } from "./answer.ts";
import {
  childOf,
  type Hierarchy,
  type Level,
  type Place,
  placeOf,
  readEntries,
  type Search,
  searchFor,
} from "./hierarchy.ts";
import { v2Pages } from "./pages.ts";

/** Accounts, teams, projects, folders and files of the V2 API. */
export function v2Hierarchy(exchange: ApiExchange): Hierarchy {
  const list = (path: string, read: (json: unknown) => Place | null, signal: AbortSignal) =>
    readEntries(v2Pages(exchange, { path, doing: "list what lies there", signal }), read);
  const accountsOf = (signal: AbortSignal) =>
    list("/v2/accounts", (json) => placeOf(json, "account"), signal);
  const teamsOf = (accountId: string, signal: AbortSignal) => {
    const path = `/v2/accounts/${encodeURIComponent(accountId)}/teams`;
    return list(path, (json) => placeOf(json, "team"), signal);
  };

  /** A folder, or a project by way of its root asset. */
  async function inside(kind: "folder" | "project", id: string, signal: AbortSignal) {
    const doing = `look into ${kind} ${id}`;
    const at = kind === "folder" ? "assets" : "projects";
    const path = `/v2/${at}/${encodeURIComponent(id)}`;
    const { json } = await exchange({ method: "GET", path, doing, signal });
    const place = kind === "folder" ? childOf(json) : placeOf(json, kind);
    if (place === null) throw oddAnswer(doing, "no id");
    if (place.uploadTo === null) return { place, entries: [], isAll: true };
    const children = `/v2/assets/${encodeURIComponent(place.uploadTo)}/children`;
    return { place, ...await list(children, childOf, signal) };
  }

  /** An account, or a team in one of them; an account that refuses does not end the search. */
  async function underTheTop(
    id: string,
    search: Search,
    signal: AbortSignal,
  ): Promise<Level | null> {
    const accounts = await accountsOf(signal);
    const account = accounts.entries.find((place) => place.id === id);
    if (account !== undefined) return { place: account, ...await teamsOf(id, signal) };
    for (const { id: accountId } of accounts.entries) {
      const teams = await search.attempt(() => teamsOf(accountId, signal));
      const team = teams?.entries.find((place) => place.id === id);
      if (team === undefined) continue;
      const projects = `/v2/teams/${encodeURIComponent(id)}/projects`;
      return { place: team, ...await list(projects, (json) => placeOf(json, "project"), signal) };
    }
    return null;
  }

  return {
    async browse(id, signal) {
      if (id === null) return { place: null, ...await accountsOf(signal) };
      const search = searchFor(id, "account, team, project or folder");
      const level = await search.attempt(() => inside("folder", id, signal)) ??
        await search.attempt(() => inside("project", id, signal)) ??
        await search.attempt(() => underTheTop(id, search, signal));
      if (level === null) throw search.failure();
      return level;
    },
  };
}
