import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import type { ControlDeps } from "./deps.ts";
import { eventStream } from "./event_stream.ts";
import { machineOf } from "./machine.ts";
import { problems, refuse } from "./problem.ts";

/**
 * Event streams open at once: a page holds one only while someone looks at it. Each costs about 0.2 MiB
 * (platform notes: 200 clients in 100 MiB).
 */
export const MAX_EVENT_CLIENTS = 256;

const id = z.string().max(64).optional();

const eventsRoute = createRoute({
  method: "get",
  path: "/api/events",
  summary: "What happens, as server-sent events; every event has a number",
  description:
    "Without a number only what comes from now on is told. With the last number that was " +
    "seen (Last-Event-ID, or since) the stream goes on after it; where events are no longer held, an " +
    "event of type events.missed comes first: read GET /api/takes then. When reeltime ends, the last " +
    "event is of type ended, without a number: its data are those of GET /api/takes, as it left them. " +
    "A reader that takes nothing for 30 s is dropped.",
  request: {
    query: z.object({ since: id }),
    headers: z.object({ "last-event-id": id }),
  },
  responses: {
    200: {
      description: "Events: id, event (the type) and data (JSON).",
      content: { "text/event-stream": { schema: z.string() } },
    },
    ...problems(503),
  },
});

/** Adds the event stream. It is described for the document and served beside the schemas. */
export function addEventRoutes(app: OpenAPIHono, deps: ControlDeps): void {
  const { events, clock, signal, redactor, views } = deps;
  let clients = 0;
  let leftJson: string | undefined;

  /** How everything was left; worked out once for all readers. */
  function left(): string {
    if (leftJson === undefined) {
      const takes = views.now();
      leftJson = redactor.json({ machine: machineOf(takes), takes });
    }
    return leftJson;
  }

  app.openAPIRegistry.registerPath(eventsRoute);
  app.get("/api/events", (c) => {
    if (clients >= MAX_EVENT_CLIENTS) {
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
    clients++;
    const onEnd = () => clients--;
    const body = eventStream({ events, clock, signal, left, onEnd, redactor, ...resumePoint(c) });
    return c.body(body, 200, headers);
  });
}

/** The last id the reader has seen. What is no id is of no run of ours: the reader is told of a gap. */
function resumePoint(c: Context): { afterId?: number } {
  const asked = c.req.header("Last-Event-ID") || c.req.query("since");
  if (!asked) return {};
  return { afterId: /^\d{1,16}$/.test(asked) ? Number(asked) : -1 };
}
