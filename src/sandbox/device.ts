import { Hono } from "hono";
import type { SandboxRoom } from "./room.ts";

/** Camera-to-Cloud devices assets, real-time parts, heartbeat. To be mounted under `/v2/devices`. */
export function deviceRoutes(_room: SandboxRoom): Hono {
  return new Hono();
}
