import { Hono } from "hono";
import type { SandboxRoom } from "./room.ts";

/** Device pairing and its tokens (C2C, E.4), and tokens shaped as Adobe IMS gives them (E.3). To be mounted under `/`. */
export function authRoutes(_room: SandboxRoom): Hono {
  return new Hono();
}
