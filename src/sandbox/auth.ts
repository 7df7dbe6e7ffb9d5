import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import type { AuthStore } from "./auth_store.ts";
import { deviceTokenRoutes } from "./device_tokens.ts";
import { imsRoutes } from "./ims_tokens.ts";
import { readJsonBody } from "./json_body.ts";
import type { SandboxRoom } from "./room.ts";

/**
 * Everything that gives out tokens, and two levers without a token: what a person does in Frame.io, and
 * the end of every token at once. To be mounted under `/`.
 */
export function authRoutes(room: SandboxRoom, store: AuthStore): Hono {
  const routes = new Hono();
  routes.route("/v2", deviceTokenRoutes(room, store));
  routes.route("/ims", imsRoutes(room, store));

  routes.post("/sandbox/pairing/approve", async (c) => {
    const body = await readJsonBody(c.req.raw) as { user_code?: unknown } | null;
    const userCode = String(body?.user_code);
    const pairing = store.pairing({ userCode });
    if (pairing === null || pairing.endsAtMs <= room.now().getTime()) {
      throw new ApiRefusal(404, `No device waits for the code ${userCode}`);
    }
    store.putPairing({ ...pairing, isApproved: true });
    return c.json({});
  });

  routes.post("/sandbox/tokens/expire", (c) => {
    store.expireAccess(room.now().getTime());
    return c.json({});
  });

  return routes;
}
