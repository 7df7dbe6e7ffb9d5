import { Hono } from "hono";
import type { SandboxRoom } from "./room.ts";

/** The V2 hierarchy accounts, teams, projects, children; ordinary and remote uploads. To be mounted under `/v2`. */
export function treeRoutes(_room: SandboxRoom): Hono {
  return new Hono();
}
