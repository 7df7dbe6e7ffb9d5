import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { Config } from "../errors.ts";
import type { OperationAnswer } from "../take/operations.ts";
import type { ControlDeps } from "./deps.ts";
import { machineOf } from "./machine.ts";
import { problems, refuse, refuseUnknownTake, repeated } from "./problem.ts";
import { MAX_PATH_CHARS, newTake, operations, takeDetail, takeList, takeState } from "./schemas.ts";
import { isError } from "./timeline.ts";
import type { Operation, TakeDetail } from "./view.ts";

const id = z.string().min(1).max(MAX_PATH_CHARS);
const json = <T extends z.ZodType>(schema: T, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

const listRoute = createRoute({
  method: "get",
  path: "/api/takes",
  summary: "Every take of this run, and how the whole machine is",
  responses: { 200: json(takeList, "The takes, in the order they began."), ...problems() },
});

const oneRoute = createRoute({
  method: "get",
  path: "/api/takes/{id}",
  summary: "One take: parts, timeline, evidence of its end, errors",
  request: { params: z.object({ id }) },
  responses: { 200: json(takeDetail, "The take."), ...problems(404) },
});

const addRoute = createRoute({
  method: "post",
  path: "/api/takes",
  summary: "Watch one more recording, below a folder that the command line allows",
  request: { body: { required: true, content: { "application/json": { schema: newTake } } } },
  responses: {
    200: json(takeState, "It is watched already."),
    202: json(takeState, "It is watched from now on."),
    ...problems(400, 408, 413, 415, 422, 503),
  },
});

const operateRoute = createRoute({
  method: "post",
  path: "/api/takes/{id}/{operation}",
  summary: "Do something with a take; asking twice does no harm",
  request: { params: z.object({ id, operation: z.enum(operations) }) },
  responses: {
    200: json(takeState, "It is so already."),
    202: json(takeState, "It is done, or begun."),
    ...problems(404, 409),
  },
});

/** Adds the routes of the takes. */
export function addTakeRoutes(app: OpenAPIHono, deps: ControlDeps): void {
  const { views, redactor } = deps;

  /** Answers with what the schema of the route promises, without what must not be shown. */
  const send = <S extends 200 | 202>(c: Context, value: unknown, status: S) =>
    c.body(redactor.json(value), status, { "Content-Type": "application/json" }) as never;

  app.openapi(
    listRoute,
    (c) => send(c, { machine: machineOf(views.takes()), takes: views.takes() }, 200),
  );

  app.openapi(oneRoute, (c) => {
    const { id } = c.req.valid("param");
    const view = views.take(id);
    if (view === undefined) return refuseUnknownTake(c, id) as never;
    const timeline = deps.timeline(id);
    const detail: TakeDetail = { ...view, timeline, errors: timeline.filter(isError) };
    return send(c, detail, 200);
  });

  app.openapi(addRoute, async (c) => {
    const { path } = c.req.valid("json");
    const admitted = await deps.roots.admit(path);
    if (admitted === null) return refusePath(c, path) as never;
    const watched = views.takes().find((take) =>
      take.path === admitted &&
      !["cancelled", "failed", "finalized", "suspended"].includes(take.phase)
    );
    if (watched !== undefined) return send(c, { id: watched.id, state: watched.phase }, 200);
    try {
      const { takeId } = deps.add(admitted);
      views.refresh();
      return send(c, { id: takeId, state: views.take(takeId)?.phase ?? "waiting" }, 202);
    } catch (error) {
      if (!(error instanceof Config)) throw error;
      return refuse(c, {
        type: "urn:reeltime:not-watchable",
        title: "This recording cannot be watched",
        status: 422,
        detail: redactor.text(error.message),
        remedy: "Name a recording's file, with an extension, that no other process uploads.",
      }) as never;
    }
  });

  app.openapi(operateRoute, (c) => {
    const { id, operation } = c.req.valid("param");
    const answer = deps.operate(operation, id);
    views.refresh();
    const state = views.take(id)?.phase ?? "unknown";
    if (answer === "accepted") return send(c, { id, state }, 202);
    if (answer === "already") return send(c, { id, state }, 200);
    return (answer === "unknown"
      ? refuseUnknownTake(c, id)
      : refuseState(c, answer, operation, id, state)) as never;
  });
}

/** Why a take's state does not allow something. */
const STATES = {
  empty: {
    title: "Nothing is recorded yet",
    why: "its file is still empty",
    remedy: "Start the recorder, or stop reeltime if there is nothing to upload.",
  },
  ended: {
    title: "The take is over already",
    why: "it is over, or on its way to be",
    remedy: "Nothing to do; see GET /api/takes for how far it is.",
  },
  not_failed: {
    title: "The take has not failed",
    why: "it has not failed and waits for nothing",
    remedy: "Nothing to do; it goes on by itself.",
  },
} as const;

function refuseState(
  c: Context,
  answer: Exclude<OperationAnswer, "accepted" | "already" | "unknown">,
  operation: Operation,
  id: string,
  state: string,
): Response {
  const { title, why, remedy } = STATES[answer];
  return refuse(c, {
    type: `urn:reeltime:take-${answer.replaceAll("_", "-")}`,
    title,
    status: 409,
    detail: `Cannot ${operation} the take "${repeated(id)}": it is ${state}, and ${why}.`,
    remedy,
  }, { state });
}

/** One answer for all that lies outside, whether it exists or not, and wherever a link in it leads. */
function refusePath(c: Context, path: string): Response {
  return refuse(c, {
    type: "urn:reeltime:path-not-allowed",
    title: "That path is not allowed",
    status: 403,
    detail: `Cannot watch "${repeated(path)}": it is not an absolute path below an allowed folder.`,
    remedy: "Allowed are the folders of the recordings named with --watch, and those named with " +
      "--allow-root. Start reeltime with --allow-root DIR to allow another one.",
  });
}
