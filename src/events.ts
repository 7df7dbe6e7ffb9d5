/**
 * What happened to a take, as facts in the past tense. One union serves the journal, the event stream,
 * `--json` and the page. A presigned URL is never part of an event: it goes beside it, into the
 * journal's URL column.
 */

import type { Outage } from "./errors.ts";

/** Where assets go. */
export interface Destination {
  /** The API's base, or `sandbox` for the embedded one. */
  readonly service: string;
  /** The folder as it was named; empty for a device. */
  readonly place: string;
}

/** Why a recording counts as over. */
export type EndedBy =
  /** A person pressed finish. */
  | "operator"
  /** The container's own bytes say `final`, twice, with unchanged size and time. */
  | "container"
  /** No end rule in the format, and quiet for `--idle`. */
  | "idle"
  /** The container still says `open`, but no process has the file open for writing any more. */
  | "writer_gone"
  /** The container still says `open`, and nothing happened for `--abandon`. */
  | "abandoned"
  /** The file was deleted before its recorder finished it; its bytes were read through our handle. */
  | "deleted";

/** Facts that the journal keeps; a take is rebuilt from these alone. */
export type DurableEvent =
  | {
    readonly type: "take.started";
    /** The recording's absolute path. */
    readonly path: string;
    /** Name of the asset to create. */
    readonly name: string;
    /** MIME type, sent at creation and with every PUT. */
    readonly filetype: string;
    /** Tells this recording from another one under the same path. */
    readonly fileId: string;
  }
  /** Written before the create call, so that a lost answer is known as such. */
  | { readonly type: "asset.requested" }
  /** The create call certainly did not arrive: nothing was created. */
  | { readonly type: "asset.missed" }
  | {
    readonly type: "asset.created";
    readonly assetId: string;
    readonly name: string;
    /** What PUTs carry as Content-Type, where the service has chosen it. */
    readonly filetype?: string;
    /** The way in: an asset is known only where it was created. */
    readonly route?: string;
    readonly destination?: Destination;
    /** Where a person sees it, as the service says; no secret. */
    readonly viewUrl?: string;
  }
  /** The asset cannot be completed; a second one takes over. */
  | { readonly type: "asset.abandoned"; readonly assetId: string; readonly reason: string }
  /** Size of part 1, fixed before part 2 is registered. */
  | {
    readonly type: "head.fixed";
    readonly headBytes: number;
    /** Offset of the first media byte, or null where the format is unknown. */
    readonly mediaStart: number | null;
  }
  /**
   * The recorder has put an index in front and moved all media behind it. The head part takes the
   * inserted bytes in; every other part keeps its number, its size and what is stored of it.
   */
  | {
    readonly type: "recording.shifted";
    readonly byBytes: number;
    /** Offset of the first media byte from now on. */
    readonly mediaStart: number;
  }
  /**
   * Written before a part is registered: from here on its number, size and flag never change, because
   * the service may know them even if its answer was lost.
   */
  | {
    readonly type: "part.planned";
    readonly number: number;
    readonly sizeBytes: number;
    readonly isFinal: boolean;
    /** Size of the whole file; only with the final part. */
    readonly totalBytes?: number;
  }
  /** The service knows the part; its presigned URL lies beside this event. */
  | { readonly type: "part.registered"; readonly number: number }
  /**
   * A PUT of this part begins; tells after a crash what may have been sent already. Of the final part
   * the digest of its bytes is written down before: once it is in, the asset cannot be mended, so a lost
   * answer must not leave open what was sent.
   */
  | {
    readonly type: "part.started";
    readonly number: number;
    readonly digest?: string;
    /** With `digest`: the file's time just before it was read. */
    readonly modifiedMs?: number;
  }
  /** The storage acknowledged it. The digest is of the bytes sent, XXH128 in 32 hex digits. */
  | { readonly type: "part.stored"; readonly number: number; readonly digest: string }
  /** The recording holds other bytes than were stored: the part goes again. */
  | { readonly type: "part.changed"; readonly number: number }
  /** A person ended the take; only the first `sizeBytes` belong to it. */
  | { readonly type: "finish.asked"; readonly sizeBytes: number }
  /**
   * Its recorder moved all media meanwhile, so it is at its stop: the take ends with the recording. Or it
   * was cut to fewer bytes than were asked for: what lies there now is another recording.
   */
  | { readonly type: "finish.withdrawn"; readonly cutToBytes?: number }
  | {
    readonly type: "recording.ended";
    readonly by: EndedBy;
    readonly sizeBytes: number;
    /** False where the bytes say that the recorder never finished its file. */
    readonly finishedByRecorder: boolean;
  }
  /** The final part and the total are in. */
  | {
    readonly type: "take.finalized";
    readonly sizeBytes: number;
    readonly modifiedMs: number;
    /** Milliseconds from the recording's last change to this moment; null where nobody saw that change. */
    readonly tailMs: number | null;
  }
  /** Every stored byte was read again after the end and still equals the file. */
  | { readonly type: "take.verified" }
  /** The recording holds other bytes than were finalized; the same command uploads it as a new asset. */
  | { readonly type: "recording.changed_after_final"; readonly sizeBytes: number }
  /** The service reads back as complete. */
  | { readonly type: "asset.completed" }
  /** Nothing is registered or sent until further notice, also not by a later process. */
  | { readonly type: "take.paused"; readonly by: "operator" }
  | { readonly type: "take.unpaused"; readonly by: "operator" }
  /** Given up for good: what is stored stays in an asset that is never complete. */
  | { readonly type: "take.cancelled"; readonly by: "operator" };

/** Facts for people and programs that look on; the journal does not need them. */
export type PassingEvent =
  | {
    readonly type: "take.resumed";
    readonly name: string;
    readonly assetId: string | null;
    readonly storedBytes: number;
  }
  /** The recording was finalized by an earlier run and is unchanged: nothing is left to do. */
  | { readonly type: "take.recalled"; readonly assetId: string; readonly sizeBytes: number }
  /** Growth, at most once a second per take. */
  | {
    readonly type: "recording.grown";
    readonly sizeBytes: number;
    readonly verdict: "open" | "final" | "undecidable";
  }
  /** Size or time unchanged for `--idle`, and the bytes say that the take goes on. */
  | { readonly type: "recording.quieted"; readonly quietMs: number }
  | {
    readonly type: "part.delayed";
    readonly number: number;
    readonly message: string;
    readonly retryInMs: number;
    /** What was out of reach. */
    readonly cause?: Outage;
  }
  | {
    readonly type: "service.delayed";
    readonly message: string;
    readonly retryInMs: number;
    readonly cause?: Outage;
  }
  | { readonly type: "take.warned"; readonly message: string }
  | { readonly type: "take.suspended"; readonly message: string }
  | { readonly type: "take.failed"; readonly message: string };

/** Everything that can be told of a take. */
export type TakeEvent = DurableEvent | PassingEvent;

/** A {@linkcode TakeEvent} as it was published: numbered, timed, with its take. */
export type PublishedEvent = TakeEvent & {
  /** Rises by one with each event of this process; usable as SSE's Last-Event-ID. */
  readonly id: number;
  /** ISO 8601. */
  readonly time: string;
  readonly takeId: string;
};
