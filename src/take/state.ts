import type { Destination, DurableEvent, EndedBy } from "../events.ts";
import { HEAD_NUMBER, type Part } from "../parts/plan.ts";
import type { ByteRange } from "../recording/range.ts";

/** A part of a take and how far it has come. */
export interface TakePart extends Part {
  /**
   * `planned`: about to be registered, or its answer was lost. `registered`: the service knows it.
   * `stored`: acknowledged. `changed`: stored, but the recording holds other bytes by now.
   */
  readonly at: "planned" | "registered" | "stored" | "changed";
  /** Digest of the bytes that are stored; null while none are. */
  readonly digest: string | null;
  /** PUTs begun so far. */
  readonly starts: number;
  /** Of the final part: what each PUT of it began with; null where that was not the same. */
  readonly startedAs: StartedAs | null;
}

/** What is known of bytes before they go. */
export interface StartedAs {
  /** XXH128, 32 hex digits. */
  readonly digest: string;
  /** The file's time just before they were read: only while it stays did nothing else go. */
  readonly modifiedMs: number;
}

/** A take as its durable events tell it. Only {@linkcode apply} writes here. */
export interface TakeState {
  readonly id: string;
  path: string;
  name: string;
  filetype: string;
  fileId: string;
  /** `requested`: a create call was begun and its answer is not known. */
  asset: { readonly at: "none" | "requested" } | {
    readonly at: "created";
    readonly id: string;
    /** The way in that it was created through; null in journals that do not tell. */
    readonly route: string | null;
    /** Where a person sees it, as the service said; absent where it did not. */
    readonly viewUrl?: string;
  };
  /** Where its asset was created; null while there is none, and in journals that do not tell. */
  destination: Destination | null;
  /** Assets left behind, with the reason. */
  formerAssets: { readonly assetId: string; readonly reason: string }[];
  head: { readonly bytes: number; readonly mediaStart: number | null } | null;
  parts: Map<number, TakePart>;
  /** Size of the whole file as planned with the final part. */
  totalBytes: number | null;
  /** Bytes that belong to the take by the operator's word. */
  finishAskedBytes: number | null;
  ended: { readonly by: EndedBy; readonly finishedByRecorder: boolean } | null;
  finalized:
    | { readonly sizeBytes: number; readonly modifiedMs: number; readonly tailMs: number | null }
    | null;
  verified: boolean;
  /** The recording was seen to hold other bytes than its asset. */
  changedLate: boolean;
  completed: boolean;
  /** By the operator's word nothing is registered or sent. */
  paused: boolean;
  /** Given up by the operator: the same recording is a new take from now on. */
  cancelled: boolean;
  /** Bytes of the parts whose PUT was begun more than once, each time but the first. */
  resentBytes: number;
}

/** A take of which nothing is known yet. */
export function emptyState(id: string): TakeState {
  return {
    id,
    path: "",
    name: "",
    filetype: "",
    fileId: "",
    asset: { at: "none" },
    destination: null,
    formerAssets: [],
    head: null,
    parts: new Map(),
    totalBytes: null,
    finishAskedBytes: null,
    ended: null,
    finalized: null,
    verified: false,
    changedLate: false,
    completed: false,
    paused: false,
    cancelled: false,
    resentBytes: 0,
  };
}

/** Adds one fact to the state. Live events and replayed ones take the same way. */
export function apply(state: TakeState, event: DurableEvent): void {
  switch (event.type) {
    case "take.started":
      state.path = event.path;
      state.name = event.name;
      state.filetype = event.filetype;
      state.fileId = event.fileId;
      break;
    case "asset.requested":
      state.asset = { at: "requested" };
      break;
    case "asset.missed":
      state.asset = { at: "none" };
      break;
    case "asset.created":
      state.asset = {
        at: "created",
        id: event.assetId,
        route: event.route ?? null,
        ...(event.viewUrl === undefined ? {} : { viewUrl: event.viewUrl }),
      };
      state.filetype = event.filetype ?? state.filetype;
      state.destination = event.destination ?? null;
      break;
    case "asset.abandoned":
      state.formerAssets.push({ assetId: event.assetId, reason: event.reason });
      // Whatever went into it goes once more.
      for (const part of state.parts.values()) {
        if (part.starts > 0) state.resentBytes += part.sizeBytes;
      }
      state.asset = { at: "none" };
      state.head = null;
      state.parts = new Map();
      state.totalBytes = null;
      state.ended = null;
      break;
    case "head.fixed":
      state.head = { bytes: event.headBytes, mediaStart: event.mediaStart };
      break;
    case "recording.shifted":
      if (state.head === null) throw new RangeError(`Take ${state.id} has no head to grow`);
      state.head = { bytes: state.head.bytes + event.byBytes, mediaStart: event.mediaStart };
      break;
    case "part.planned":
      state.parts.set(event.number, {
        number: event.number,
        sizeBytes: event.sizeBytes,
        isFinal: event.isFinal,
        at: "planned",
        digest: null,
        starts: 0,
        startedAs: null,
      });
      if (event.totalBytes !== undefined) state.totalBytes = event.totalBytes;
      break;
    case "part.registered": {
      const part = partOf(state, event.number);
      if (part.at === "planned") state.parts.set(part.number, { ...part, at: "registered" });
      break;
    }
    case "part.started": {
      const part = partOf(state, event.number);
      if (part.starts > 0) state.resentBytes += part.sizeBytes;
      const { digest, modifiedMs } = event;
      const isSame = part.starts === 0 ||
        (part.startedAs?.digest === digest && part.startedAs?.modifiedMs === modifiedMs);
      const startedAs = isSame && digest !== undefined && modifiedMs !== undefined
        ? { digest, modifiedMs }
        : null;
      state.parts.set(part.number, { ...part, starts: part.starts + 1, startedAs });
      break;
    }
    case "part.stored": {
      const part = partOf(state, event.number);
      state.parts.set(part.number, { ...part, at: "stored", digest: event.digest });
      break;
    }
    case "part.changed":
      state.parts.set(event.number, { ...partOf(state, event.number), at: "changed" });
      break;
    case "finish.asked":
      state.finishAskedBytes = event.sizeBytes;
      break;
    case "finish.withdrawn":
      state.finishAskedBytes = null;
      state.ended = null;
      break;
    case "recording.ended":
      state.ended = { by: event.by, finishedByRecorder: event.finishedByRecorder };
      break;
    case "take.finalized":
      state.finalized = event;
      break;
    case "take.verified":
      state.verified = true;
      break;
    case "recording.changed_after_final":
      state.changedLate = true;
      break;
    case "asset.completed":
      state.completed = true;
      break;
    case "take.paused":
      state.paused = true;
      break;
    case "take.unpaused":
      state.paused = false;
      break;
    case "take.cancelled":
      state.cancelled = true;
      break;
  }
}

/** The state that a journal's events add up to. */
export function replayState(id: string, events: readonly DurableEvent[]): TakeState {
  const state = emptyState(id);
  for (const event of events) apply(state, event);
  return state;
}

/** A part that is known to be there. */
export function partOf(state: TakeState, number: number): TakePart {
  const part = state.parts.get(number);
  if (part === undefined) throw new RangeError(`Take ${state.id} has no part ${number}`);
  return part;
}

/**
 * Where a part lies in the recording: behind all lower numbers. Part 1 counts with the head's size
 * even while it is not registered.
 */
export function rangeOf(state: TakeState, number: number): ByteRange {
  const part = partOf(state, number);
  let start = 0;
  for (let lower = HEAD_NUMBER; lower < number; lower++) start += sizeOf(state, lower);
  return { start, end: start + part.sizeBytes };
}

/** The first free number and where its part begins; number 2 at the head's end to start with. */
export function nextPart(state: TakeState): { number: number; offsetBytes: number } {
  let offsetBytes = state.head?.bytes ?? 0;
  let number = HEAD_NUMBER + 1;
  for (; state.parts.has(number); number++) offsetBytes += partOf(state, number).sizeBytes;
  return { number, offsetBytes };
}

/**
 * Whether the final part may have reached the storage: from its first PUT on nobody can tell before it
 * is asked, and an asset whose final part is in completes by itself.
 */
export function mayBeComplete(state: TakeState): boolean {
  if (state.finalized !== null) return true;
  for (const part of state.parts.values()) if (part.isFinal && part.starts > 0) return true;
  return false;
}

/** Bytes that the storage has acknowledged and that still equal the recording, as far as is known. */
export function storedBytes(state: TakeState): number {
  let bytes = 0;
  for (const part of state.parts.values()) if (part.at === "stored") bytes += part.sizeBytes;
  return bytes;
}

function sizeOf(state: TakeState, number: number): number {
  if (number === HEAD_NUMBER && state.head !== null) return state.head.bytes;
  return partOf(state, number).sizeBytes;
}
