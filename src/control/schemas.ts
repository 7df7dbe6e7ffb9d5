/**
 * What goes over the wire, as zod schemas: requests are checked with them, and the OpenAPI document is
 * made from them. What each answer means is told in view.ts; `satisfies` keeps the two the same.
 */
import { z } from "@hono/zod-openapi";
import type { EndedBy } from "../events.ts";
import { LEAST_BYTES_PER_SECOND, MOST_BYTES_PER_SECOND, MOST_LANES } from "../transfer/limits.ts";
import type {
  FinishedTake,
  MachineView,
  Operation,
  StripRun,
  TakeDetail,
  TakePhase,
  TakeView,
  TimelineEntry,
} from "./view.ts";

/** Longest path that is looked at, in characters: Linux's PATH_MAX (limits.h). */
export const MAX_PATH_CHARS = 4096;

/** What a person may do with a take. */
export const operations = [
  "finish",
  "pause",
  "resume",
  "cancel",
  "retry",
  "prioritise",
] as const satisfies readonly Operation[];

const phases = [
  "waiting",
  "recording",
  "quiet",
  "verifying",
  "finalizing",
  "finalized",
  "paused",
  "suspended",
  "cancelled",
  "failed",
] as const satisfies readonly TakePhase[];

const enders = [
  "operator",
  "container",
  "idle",
  "writer_gone",
  "abandoned",
  "deleted",
] as const satisfies readonly EndedBy[];

const bytes = z.number().int().min(0);
const seconds = z.number();
const time = z.iso.datetime();
const text = z.string();
const count = z.number().int().min(0);

/** JSON has no undefined, so both mean the same; the document's generator knows only `optional`. */
function mayBeAbsent<T extends z.ZodType>(schema: T): z.ZodExactOptional<T> {
  return schema.optional() as unknown as z.ZodExactOptional<T>;
}

const stripRun = z.object({
  from: z.number().int().min(1),
  to: z.number().int().min(1),
  state: z.enum(["registered", "sending", "stored", "verified", "changed"]),
  sizeBytes: bytes,
  resent: mayBeAbsent(z.literal(true)),
}).openapi("PartRun") satisfies z.ZodType<StripRun>;

const view = {
  id: text,
  name: text,
  path: text,
  phase: z.enum(phases),
  words: text,
  sandbox: z.boolean(),
  assetId: text.nullable(),
  assetUrl: text.nullable(),
  formerAssets: z.array(z.object({ assetId: text, reason: text })),
  recordedBytes: bytes,
  storedBytes: bytes,
  verifiedBytes: bytes,
  resentBytes: bytes,
  rateBytesPerSecond: z.number(),
  rateTrend: z.array(z.number()),
  recordRateBytesPerSecond: z.number(),
  behindSeconds: seconds.nullable(),
  doneInSeconds: seconds.nullable(),
  playableAt: time.nullable(),
  diskFullInSeconds: seconds.nullable(),
  endedBy: z.enum(enders).nullable(),
  endedByWords: text.nullable(),
  finishedByRecorder: z.boolean().nullable(),
  tailSeconds: seconds.nullable(),
  verified: z.boolean(),
  problem: text.nullable(),
  canFinish: z.boolean(),
  prioritised: z.boolean(),
  operations: z.array(z.enum(operations)),
  partCount: count,
  resentPartCount: count,
  strip: z.array(stripRun),
};

const timelineEntry = z.object({
  id: z.number().int().nullable(),
  time,
  type: text,
  words: text,
}).openapi("TimelineEntry") satisfies z.ZodType<TimelineEntry>;

/** One take. */
export const takeView = z.object(view).openapi("Take") satisfies z.ZodType<TakeView>;

/** One take with what happened to it. */
export const takeDetail = z.object({
  ...view,
  timeline: z.array(timelineEntry),
  errors: z.array(timelineEntry),
}).openapi("TakeDetail") satisfies z.ZodType<TakeDetail>;

/** The whole machine. */
export const machineView = z.object({
  tone: z.enum(["green", "amber", "red"]),
  word: z.enum(["Ready", "Live", "Safe", "Test", "Watch", "Act"]),
  why: text,
  sandbox: z.boolean(),
  takeId: text.nullable(),
  behindSeconds: seconds.nullable(),
  rateBytesPerSecond: z.number(),
  diskFullInSeconds: seconds.nullable(),
}).openapi("Machine") satisfies z.ZodType<MachineView>;

/** Every take of this process. */
export const takeList = z.object({ machine: machineView, takes: z.array(takeView) })
  .openapi("Takes");

/** The takes that came to their end. */
export const history = z.object({
  takes: z.array(
    z.object({
      id: text,
      name: text,
      assetId: text.nullable(),
      assetUrl: text.nullable(),
      finalizedAt: time,
      sizeBytes: bytes,
      tailSeconds: seconds.nullable(),
      endedBy: z.enum(enders).nullable(),
      endedByWords: text.nullable(),
      finishedByRecorder: z.boolean().nullable(),
      verified: z.boolean(),
      completed: z.boolean(),
      proof: text,
    }).openapi("FinishedTake") satisfies z.ZodType<FinishedTake>,
  ),
}).openapi("History");

/** Body of `POST /api/takes`. */
export const newTake = z.strictObject({
  path: text.min(1).max(MAX_PATH_CHARS),
}).openapi("NewTake");

/** What a request led to: the take, and the state that it is in now. */
export const takeState = z.object({ id: text, state: text }).openapi("TakeState");

/** Live limits of all takes together. */
export const limits = z.object({
  bytesPerSecond: z.number().nullable(),
  lanes: z.number().int(),
}).openapi("Limits");

/** Body of `PATCH /api/limits`: what is left out stays. `null` lifts the limit. */
export const limitsChange = z.strictObject({
  bytesPerSecond: mayBeAbsent(
    z.number().int().min(LEAST_BYTES_PER_SECOND).max(MOST_BYTES_PER_SECOND).nullable(),
  ),
  lanes: mayBeAbsent(z.number().int().min(1).max(MOST_LANES)),
}).openapi("LimitsChange");

/** Whether reeltime answers, and how it is. */
export const health = z.object({
  status: z.literal("ok"),
  version: text,
  startedAt: time,
  uptimeSeconds: seconds,
  machine: machineView,
}).openapi("Health");

/** RFC 9457 problem details; further members such as `state` may stand beside these. */
export const problem = z.looseObject({
  type: text,
  title: text,
  status: z.number().int(),
  detail: text,
  remedy: text,
}).openapi("Problem");
