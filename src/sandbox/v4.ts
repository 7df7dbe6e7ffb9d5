import { Hono } from "hono";
import type { SandboxRoom } from "./room.ts";

/** The V4 API browsing, local and remote upload, status. To be mounted under `/v4`. */
export function v4Routes(_room: SandboxRoom): Hono {
  return new Hono();
}
