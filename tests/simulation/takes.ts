import type { DurableEvent, EndedBy } from "../../src/events.ts";
import type { NewRow } from "../../src/runtime/event_store.ts";

/** What the journal's rows say of one take, read on their own: not by the program's replay. */
export interface KnownTake {
  readonly id: string;
  readonly path: string;
  readonly fileId: string;
  assetId: string | null;
  /** Create calls of which no answer is written down. */
  unansweredCreates: number;
  readonly formerAssets: { readonly assetId: string; readonly reason: string }[];
  planned: Map<number, { readonly sizeBytes: number; readonly isFinal: boolean }>;
  registered: Set<number>;
  started: Set<number>;
  /** Digests of the parts that are stored and not known to have changed. */
  stored: Map<number, string>;
  /** Parts that are stored, or were. */
  storedOnce: Set<number>;
  finishAskedBytes: number | null;
  ended:
    | { readonly by: EndedBy; readonly finishedByRecorder: boolean; readonly atMs: number }
    | null;
  finalized:
    | { readonly sizeBytes: number; readonly modifiedMs: number; readonly atMs: number }
    | null;
  verified: boolean;
  /** When the operator paused it, world milliseconds; null while it is not paused. */
  pausedAtMs: number | null;
  /** When the operator gave it up, world milliseconds. */
  cancelledAtMs: number | null;
}

/** Adds a row to what is known. @returns Its take, and what it says. */
export function know(
  takes: Map<string, KnownTake>,
  row: NewRow,
  nowMs: number,
): { readonly take: KnownTake; readonly event: DurableEvent } {
  const event = JSON.parse(row.event) as DurableEvent;
  if (event.type === "take.started") {
    takes.set(row.takeId, freshTake(row.takeId, event.path, event.fileId));
  }
  const take = takes.get(row.takeId)!;
  switch (event.type) {
    case "asset.requested":
      take.unansweredCreates++;
      break;
    case "asset.missed":
      take.unansweredCreates--;
      break;
    case "asset.created":
      take.unansweredCreates--;
      take.assetId = event.assetId;
      break;
    case "asset.abandoned":
      take.formerAssets.push(event);
      Object.assign(take, freshParts(), { assetId: null, ended: null });
      break;
    case "part.planned":
      take.planned.set(event.number, event);
      break;
    case "part.registered":
      take.registered.add(event.number);
      break;
    case "part.started":
      take.started.add(event.number);
      break;
    case "part.stored":
      take.stored.set(event.number, event.digest);
      take.storedOnce.add(event.number);
      break;
    case "part.changed":
      take.stored.delete(event.number);
      break;
    case "finish.asked":
      take.finishAskedBytes = event.sizeBytes;
      break;
    case "finish.withdrawn":
      take.finishAskedBytes = null;
      break;
    case "recording.ended":
      take.ended = { ...event, atMs: nowMs };
      break;
    case "take.finalized":
      take.finalized = { ...event, atMs: nowMs };
      break;
    case "take.verified":
      take.verified = true;
      break;
    case "take.paused":
      take.pausedAtMs = nowMs;
      break;
    case "take.unpaused":
      take.pausedAtMs = null;
      break;
    case "take.cancelled":
      take.cancelledAtMs = nowMs;
      break;
  }
  return { take, event };
}

/** The newest take of the recording at a path. */
export function newestOf(takes: ReadonlyMap<string, KnownTake>, path: string) {
  return [...takes.values()].filter((take) => take.path === path).at(-1);
}

/** Whether a take waits for its operator. */
export function isHalted({ pausedAtMs, cancelledAtMs, verified }: KnownTake): boolean {
  return pausedAtMs !== null && cancelledAtMs === null && !verified;
}

function freshTake(id: string, path: string, fileId: string): KnownTake {
  return {
    ...{ id, path, fileId, assetId: null, unansweredCreates: 0, formerAssets: [], ...freshParts() },
    ...{ finishAskedBytes: null, ended: null, finalized: null, verified: false },
    ...{ pausedAtMs: null, cancelledAtMs: null },
  };
}

function freshParts(): Pick<
  KnownTake,
  "planned" | "registered" | "started" | "stored" | "storedOnce"
> {
  return {
    ...{ planned: new Map(), registered: new Set(), started: new Set() },
    ...{ stored: new Map(), storedOnce: new Set() },
  };
}
