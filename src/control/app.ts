import { type Context, Hono } from "hono";
import type { Clock } from "../runtime/clock.ts";
import type { EventBus } from "../take/bus.ts";
import { eventStream } from "./event_stream.ts";
import { pageAssets } from "./page/assets.ts";
import { refuse } from "./problem.ts";
import { hostAllowList, sameOriginWrites, secureHeaders, smallBodies } from "./security.ts";
import type { TakeView } from "./view.ts";

/** Event streams open at once; a page holds one only while someone looks at it. */
export const MAX_EVENT_CLIENTS = 64;

/** What became of a wish to finish a take. */
export type FinishAnswer =
  /** The take ends at its present size. */
  | "accepted"
  /** There is no such take. */
  | "unknown"
  /** It is over already, or on its way to be. */
  | "ended"
  /** Nothing is recorded yet, and an empty file cannot become an asset. */
  | "empty";

/** What the control API needs to know and may do. */
export interface ControlDeps {
  /** Every take of this process, in the order a person expects them. */
  takes(): readonly TakeView[];
  take(id: string): TakeView | undefined;
  /** Ends a take at the size it has now. */
  finish(id: string): FinishAnswer;
  readonly events: EventBus;
  /** The `host:port` values accepted in the Host header; asked on every request. */
  allowedHosts(): readonly string[];
  /** reeltime's version, shown at the foot of the page. */
  readonly version: string;
  /** Ends the event streams. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}

/** Creates the status page and the control API as a value: tests call `app.request()`, no server. */
export function createApp(deps: ControlDeps): Hono {
  const app = new Hono();
  let eventClients = 0;

  app.use(
    secureHeaders(),
    hostAllowList(() => deps.allowedHosts()),
    sameOriginWrites(() => deps.allowedHosts()),
    smallBodies(),
  );

  for (const { path, contentType, text } of pageAssets) {
    const body = text.replace("%VERSION%", () => deps.version);
    app.get(path, (c) => c.body(body, 200, { "Content-Type": contentType }));
  }

  app.get("/api/takes", (c) => c.json({ takes: deps.takes() }));

  app.get("/api/takes/:id", (c) => {
    const id = c.req.param("id");
    const view = deps.take(id);
    return view ? c.json(view) : refuseUnknownTake(c, id);
  });

  app.post("/api/takes/:id/finish", (c) => {
    const id = c.req.param("id");
    const answer = deps.finish(id);
    const state = deps.take(id)?.phase ?? "unknown";
    if (answer === "accepted") return c.json({ id, state }, 202);
    if (answer === "unknown") return refuseUnknownTake(c, id);
    if (answer === "empty") {
      return refuse(c, {
        type: "urn:reeltime:take-empty",
        title: "Nothing is recorded yet",
        status: 409,
        detail: `Cannot finish the take "${id}": it is ${state}, and its file is still empty.`,
        remedy: "Start the recorder, or stop reeltime if there is nothing to upload.",
      }, { state });
    }
    return refuse(c, {
      type: "urn:reeltime:take-ended",
      title: "The take is over already",
      status: 409,
      detail: `Cannot finish the take "${id}": it is ${state}.`,
      remedy: "Nothing to do; see GET /api/takes for how far it is.",
    }, { state });
  });

  app.get("/api/events", (c) => {
    if (eventClients >= MAX_EVENT_CLIENTS) {
      return refuse(c, {
        type: "urn:reeltime:too-many-readers",
        title: "Too many event streams are open",
        status: 503,
        detail: `Cannot open another event stream: ${MAX_EVENT_CLIENTS} are open.`,
        remedy: "Close a status page somewhere, or read GET /api/takes every second or two.",
      });
    }
    const headers = { "Content-Type": "text/event-stream" };
    if (c.req.method === "HEAD") return c.body(null, 200, headers);
    eventClients++;
    const { events, clock, signal } = deps;
    const onEnd = () => eventClients--;
    const body = eventStream({ events, clock, signal, onEnd, ...resumePoint(c) });
    return c.body(body, 200, headers);
  });

  app.notFound((c) =>
    refuse(c, {
      type: "urn:reeltime:not-found",
      title: "Nothing is served there",
      status: 404,
      detail: `Cannot find ${c.req.method} ${c.req.path}.`,
      remedy: "The page is at /, the takes at GET /api/takes, the events at GET /api/events.",
    })
  );

  app.onError((error, c) =>
    refuse(c, {
      type: "urn:reeltime:fault",
      title: "reeltime could not answer",
      status: 500,
      detail: `Cannot answer ${c.req.method} ${c.req.path}: ${error.message}`,
      remedy: "Uploads go on. Load the page again, and report this if it stays.",
    })
  );

  return app;
}

function refuseUnknownTake(c: Context, id: string): Response {
  return refuse(c, {
    type: "urn:reeltime:take-unknown",
    title: "There is no such take",
    status: 404,
    detail: `Cannot find the take "${id}".`,
    remedy: "See GET /api/takes for the takes of this run and their ids.",
  });
}

/** The last id the reader has seen. What is no id is of no run of ours: the reader is told of a gap. */
function resumePoint(c: Context): { afterId?: number } {
  const asked = c.req.header("Last-Event-ID") || c.req.query("since");
  if (!asked) return {};
  return { afterId: /^\d{1,16}$/.test(asked) ? Number(asked) : -1 };
}
