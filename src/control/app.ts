import { OpenAPIHono } from "@hono/zod-openapi";
import { HTTPException } from "hono/http-exception";
import { Unavailable } from "../errors.ts";
import { drainBodies, wholeBodies } from "./bodies.ts";
import type { ControlDeps } from "./deps.ts";
import { addEventRoutes } from "./event_routes.ts";
import { addLoginRoutes, requireLogin, sessionCookie } from "./login.ts";
import { createMetrics } from "./metrics.ts";
import { addObserveRoutes } from "./observe_routes.ts";
import { loginAssets, pageAssets } from "./page/assets.ts";
import { refuse, refuseInvalid, repeated } from "./problem.ts";
import { hostAllowList, sameOriginOnly, secureHeaders } from "./security.ts";
import { addTakeRoutes } from "./take_routes.ts";

/** Creates the status page and the control API as a value: tests call `app.request()`, no server. */
export function createApp(deps: ControlDeps): OpenAPIHono {
  const app = new OpenAPIHono({
    // A path that does not fit is a path that nothing is served at.
    defaultHook: (result, c) => {
      if (result.success) return;
      return result.target === "param" ? c.notFound() : refuseInvalid(c, result.error);
    },
  });
  const hosts = () => deps.allowedHosts();
  app.use(drainBodies(), secureHeaders(), hostAllowList(hosts), sameOriginOnly(hosts));

  const open = new Set(loginAssets.map(({ path }) => path));
  if (deps.auth !== null) app.use(requireLogin(deps.auth, (path) => open.has(path), deps.port));
  // Behind the login, so that no stranger's body is read but a login, which has places of its own.
  for (const path of ["/login", "/api/*"]) app.use(path, wholeBodies(deps.clock));

  for (const { path, contentType, text } of pageAssets) {
    const body = text.replace("%VERSION%", () => deps.version);
    app.get(path, (c) => c.body(body, 200, { "Content-Type": contentType }));
  }
  addLoginRoutes(app, deps.auth, deps.port);
  addTakeRoutes(app, deps);
  addEventRoutes(app, deps);
  addObserveRoutes(app, deps, createMetrics(deps.events, deps.views));
  addDocument(app, deps);

  app.notFound((c) =>
    refuse(c, {
      type: "urn:reeltime:not-found",
      title: "Nothing is served there",
      status: 404,
      detail: `Cannot find ${c.req.method} ${repeated(c.req.path)}.`,
      remedy:
        "The page is at /, the takes at GET /api/takes, the events at GET /api/events; all of " +
        "it is described at GET /openapi.json.",
    })
  );

  app.onError((error, c) => {
    if (error instanceof HTTPException && (error.status === 400 || error.status === 415)) {
      const what = error.status === 400 ? "it is not JSON" : "it is not said to be JSON";
      return refuse(c, {
        type: "urn:reeltime:invalid-request",
        title: "The request is not one of this API",
        status: error.status,
        detail: `Cannot read the body of ${c.req.method} ${repeated(c.req.path)}: ${what}.`,
        remedy: "Send JSON with Content-Type: application/json, as GET /openapi.json describes it.",
      });
    }
    if (error instanceof Unavailable) { // the journal is held by another process: nothing was written
      return refuse(c, {
        type: "urn:reeltime:not-now",
        title: "Not possible at this moment",
        status: 503,
        detail: error.message,
        remedy: "Nothing was changed. Try again in a moment.",
      });
    }
    // What went wrong inside may name files and hosts: it is not told to whoever asks.
    return refuse(c, {
      type: "urn:reeltime:fault",
      title: "reeltime could not answer",
      status: 500,
      detail: `Cannot answer ${c.req.method} ${repeated(c.req.path)}: ${error.name}.`,
      remedy: "Uploads go on. Load the page again, and report this if it stays.",
    });
  });

  return app;
}

/** Adds the description of everything above, made from the schemas that requests are checked with. */
function addDocument(app: OpenAPIHono, { version, port }: ControlDeps): void {
  const token = {
    type: "http",
    scheme: "bearer",
    description: "The control token; needed where reeltime listens beyond its own machine.",
  };
  const session = () => ({
    type: "apiKey",
    in: "cookie",
    name: sessionCookie(port()), // which is known once it is served
    description: "A login made at /login.",
  });
  const about = {
    openapi: "3.1.0",
    info: {
      title: "reeltime control API",
      version,
      description:
        "What reeltime uploads, how far it is, and what can be done with it. Errors are " +
        "problem details (RFC 9457) with a remedy.",
      license: { name: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{}, { token: [] }, { session: [] }],
  };
  app.get("/openapi.json", (c) => {
    const document = app.getOpenAPI31Document(about);
    const securitySchemes = { token, session: session() };
    return c.json({ ...document, components: { ...document.components, securitySchemes } });
  });
}
