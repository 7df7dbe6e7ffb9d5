import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { ControlDeps } from "./deps.ts";
import { machineOf } from "./machine.ts";
import { type Metrics, METRICS_TYPE } from "./metrics.ts";
import { problems } from "./problem.ts";
import { health, history, limits, limitsChange } from "./schemas.ts";

const readLimits = createRoute({
  method: "get",
  path: "/api/limits",
  summary: "Bandwidth and parallel PUTs of all takes together",
  responses: {
    200: { description: "The limits.", content: { "application/json": { schema: limits } } },
    ...problems(),
  },
});

const changeLimits = createRoute({
  method: "patch",
  path: "/api/limits",
  summary: "Change the limits; they hold at once",
  request: { body: { required: true, content: { "application/json": { schema: limitsChange } } } },
  responses: {
    200: {
      description: "The limits as they hold now.",
      content: { "application/json": { schema: limits } },
    },
    ...problems(400, 408, 413, 415, 422, 503),
  },
});

const readHealth = createRoute({
  method: "get",
  path: "/api/health",
  summary: "Whether reeltime answers, and how the machine is",
  responses: {
    200: { description: "It answers.", content: { "application/json": { schema: health } } },
    ...problems(),
  },
});

const readHistory = createRoute({
  method: "get",
  path: "/api/history",
  summary: "Takes that came to their end, newest first, of earlier runs too",
  responses: {
    200: {
      description: "At most 200 takes.",
      content: { "application/json": { schema: history } },
    },
    ...problems(),
  },
});

const readMetrics = createRoute({
  method: "get",
  path: "/metrics",
  summary: "Figures in Prometheus' text format",
  responses: {
    200: { description: "Figures.", content: { "text/plain": { schema: z.string() } } },
    ...problems(),
  },
});

/** Adds what tells of the machine, and the one thing of it that can be set: its limits. */
export function addObserveRoutes(app: OpenAPIHono, deps: ControlDeps, metrics: Metrics): void {
  const { views, clock, redactor } = deps;
  const startedAtMs = clock.now();
  const started = clock.monotonicMs();

  app.openapi(readLimits, (c) => c.json(deps.limits.current(), 200));
  app.openapi(changeLimits, (c) => c.json(deps.limits.set(c.req.valid("json")), 200));

  app.openapi(readHealth, (c) => {
    const answer = {
      status: "ok",
      version: deps.version,
      startedAt: new Date(startedAtMs).toISOString(),
      uptimeSeconds: (clock.monotonicMs() - started) / 1000,
      machine: machineOf(views.takes()),
    };
    return c.body(redactor.json(answer), 200, { "Content-Type": "application/json" }) as never;
  });

  app.openapi(readHistory, (c) => {
    const answer = redactor.json({ takes: deps.history() });
    return c.body(answer, 200, { "Content-Type": "application/json" }) as never;
  });

  app.openapi(
    readMetrics,
    async (c) => c.body(await metrics.text(), 200, { "Content-Type": METRICS_TYPE }) as never,
  );
}
