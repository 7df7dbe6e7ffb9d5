import { Hono } from "hono";
import { ApiRefusal, asRefusal } from "./api_refusal.ts";
import type { SandboxRoom } from "./room.ts";
import { v4BrowseRoutes } from "./v4_browse.ts";
import { v4CreateRoutes } from "./v4_create.ts";
import { v4ErrorResponse } from "./v4_refusal.ts";
import { ACCOUNT } from "./world.ts";

/**
 * The V4 API, as far as an uploader needs it. To be mounted under `/v4`. Every refusal is answered in V4's error
 * shape. It takes tokens of Adobe IMS, and developer tokens where `identify` lets them be used here.
 */
export function v4Routes(room: SandboxRoom): Hono {
  const v4 = new Hono();
  v4.onError((error) => v4ErrorResponse(asRefusal(error)));

  v4.use("*", async (c, next) => {
    if (room.identify(c.req.raw).is === "device") {
      throw new ApiRefusal(401, "These routes do not take the token of a device");
    }
    await next();
  });

  v4.use("/accounts/:account_id/*", async (c, next) => {
    const id = c.req.param("account_id");
    if (id !== ACCOUNT.id) throw new ApiRefusal(404, `There is no account ${id}`);
    await next();
  });

  v4.route("/", v4BrowseRoutes(room));
  v4.route("/accounts/:account_id/folders/:folder_id", v4CreateRoutes(room));

  v4.all("*", (c) => {
    throw new ApiRefusal(404, `There is no ${c.req.method} ${c.req.path}`);
  });
  return v4;
}
