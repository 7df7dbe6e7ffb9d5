import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { listingOf, v2Page } from "./paging.ts";
import type { SandboxRoom } from "./room.ts";
import type { Child } from "./tree_store.ts";
import { v2File, v2Folder, v2Project } from "./v2_views.ts";
import { ACCOUNT, TEAM, USER } from "./world.ts";

/**
 * The V2 hierarchy, to be read: accounts, teams, projects, folders and files (V2 API). To be mounted
 * where only people come. Throws ApiRefusal for every answer that is not 200.
 */
export function treeRoutes({ store }: SandboxRoom): Hono {
  const v2 = new Hono();
  const { tree } = store;

  v2.get("/me", (c) => c.json({ ...USER, account_id: ACCOUNT.id }));

  v2.get("/accounts", (c) => {
    return v2Page(c.req.url, listingOf([{ id: ACCOUNT.id, display_name: ACCOUNT.name }]));
  });

  v2.get("/accounts/:id/teams", (c) => {
    const id = c.req.param("id");
    if (id !== ACCOUNT.id) throw new ApiRefusal(404, `There is no account ${id}`);
    return v2Page(c.req.url, listingOf([{ ...TEAM, account_id: ACCOUNT.id }]));
  });

  v2.get("/teams/:id/projects", (c) => {
    const id = c.req.param("id");
    if (id !== TEAM.id) throw new ApiRefusal(404, `There is no team ${id}`);
    return v2Page(c.req.url, listingOf(tree.projects().map(v2Project)));
  });

  v2.get("/projects/:id", (c) => {
    const project = tree.project(c.req.param("id"));
    if (project === null) throw new ApiRefusal(404, `There is no project ${c.req.param("id")}`);
    return c.json(v2Project(project));
  });

  v2.get("/assets/:id", (c) => {
    const id = c.req.param("id");
    const type = tree.folder(id) !== null ? "folder" : "file";
    return c.json(view({ type, id }));
  });

  v2.get("/assets/:id/children", (c) => {
    const id = c.req.param("id");
    if (tree.folder(id) === null) throw new ApiRefusal(404, `There is no folder ${id}`);
    const type = readType(c.req.query("type"));
    return v2Page(c.req.url, {
      count: tree.childCount(id, type),
      slice: (offset, limit) => tree.children(id, type, offset, limit).map(view),
    });
  });

  function view({ type, id }: Child) {
    if (type === "folder") return v2Folder(tree.folder(id)!);
    const asset = store.asset(id);
    if (asset === null) throw new ApiRefusal(404, `There is no asset ${id}`);
    return v2File(asset, tree.folder(asset.parentId)?.projectId ?? null);
  }

  return v2;
}

function readType(type: string | undefined): string | null {
  if (type === undefined) return null;
  if (type === "file" || type === "folder") return type;
  throw new ApiRefusal(422, `type must be file or folder: ${type.slice(0, 80)}`);
}
