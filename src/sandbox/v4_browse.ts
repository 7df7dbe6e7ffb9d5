import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { type Listing, listingOf, MOST_V4_PAGE_SIZE, v4Page } from "./paging.ts";
import type { SandboxRoom } from "./room.ts";
import type { StoredAsset } from "./store.ts";
import type { Child } from "./tree_store.ts";
import {
  V4_ACCOUNT,
  V4_USER,
  V4_WORKSPACE,
  v4File,
  v4Folder,
  v4Project,
  v4Status,
} from "./v4_views.ts";

/**
 * What V4 shows: the user, accounts, workspaces, projects, folders, files and the status of an upload (V4 API).
 * To be mounted under `/`. Throws ApiRefusal for every answer that is not 200.
 */
export function v4BrowseRoutes(room: SandboxRoom): Hono {
  const browse = new Hono();
  const { store } = room;
  const { tree } = store;
  const { assets, others } = MOST_V4_PAGE_SIZE;

  browse.get("/me", (c) => c.json({ data: V4_USER }));

  browse.get("/accounts", (c) => v4Page(c.req.url, listingOf([V4_ACCOUNT]), others));

  browse.get("/accounts/:account_id/workspaces", (c) => {
    return v4Page(c.req.url, listingOf([V4_WORKSPACE]), others);
  });

  browse.get("/accounts/:account_id/workspaces/:id/projects", (c) => {
    const id = c.req.param("id");
    if (id !== V4_WORKSPACE.id) throw new ApiRefusal(404, `There is no workspace ${id}`);
    return v4Page(c.req.url, projects(), others);
  });

  browse.get("/accounts/:account_id/projects", (c) => v4Page(c.req.url, projects(), others));

  browse.get("/accounts/:account_id/projects/:id", (c) => {
    const project = tree.project(c.req.param("id"));
    if (project === null) throw new ApiRefusal(404, `There is no project ${c.req.param("id")}`);
    return c.json({ data: v4Project(project, room) });
  });

  browse.get("/accounts/:account_id/folders/:id", (c) => {
    const folder = tree.folder(c.req.param("id"));
    if (folder === null) throw new ApiRefusal(404, `There is no folder ${c.req.param("id")}`);
    return c.json({ data: v4Folder(folder, room) });
  });

  browse.get("/accounts/:account_id/folders/:id/children", (c) => {
    return v4Page(c.req.url, within(c.req.param("id"), readType(c.req.query("type"))), assets);
  });

  browse.get("/accounts/:account_id/folders/:id/folders", (c) => {
    return v4Page(c.req.url, within(c.req.param("id"), "folder"), assets);
  });

  browse.get("/accounts/:account_id/folders/:id/files", (c) => {
    return v4Page(c.req.url, within(c.req.param("id"), "file"), assets);
  });

  browse.get("/accounts/:account_id/files/:id", (c) => {
    return c.json({ data: v4File(fileOf(c.req.param("id")), room) });
  });

  browse.get("/accounts/:account_id/files/:id/status", (c) => {
    return c.json({ data: v4Status(fileOf(c.req.param("id"))) });
  });

  function projects(): Listing<unknown> {
    return listingOf(tree.projects().map((project) => v4Project(project, room)));
  }

  function within(folderId: string, type: string | null): Listing<unknown> {
    if (tree.folder(folderId) === null) {
      throw new ApiRefusal(404, `There is no folder ${folderId}`);
    }
    return {
      count: tree.childCount(folderId, type),
      slice: (offset, limit) => tree.children(folderId, type, offset, limit).map(view),
    };
  }

  function view({ type, id }: Child) {
    return type === "folder" ? v4Folder(tree.folder(id)!, room) : v4File(fileOf(id), room);
  }

  function fileOf(id: string): StoredAsset {
    const asset = store.asset(id);
    if (asset === null) throw new ApiRefusal(404, `There is no file ${id}`);
    return asset;
  }

  return browse;
}

/** The sandbox has no version stacks: asking for them gives an empty list. */
function readType(type: string | undefined): string | null {
  if (type === undefined) return null;
  if (type === "file" || type === "folder" || type === "version_stack") return type;
  throw new ApiRefusal(422, `type must be file, folder or version_stack: ${type.slice(0, 80)}`, {
    pointer: "/type",
  });
}
