import type { EndedBy } from "../events.ts";

/** Where a take stands, as one word for programs; `words` says it to people. */
export type TakePhase =
  | "waiting" // the file is not there, or still empty
  | "recording" // it grows and is being sent
  | "quiet" // no change for --idle, but its bytes say that the take goes on
  | "verifying" // it ended; the rest is sent and every stored part is read again
  | "finalizing" // the final part is on its way
  | "finalized" // the final part and the total are in
  | "paused" // by a person: nothing is registered or sent until it is resumed
  | "suspended" // interrupted by a person; resumable
  | "cancelled" // given up by a person; what is stored stays incomplete in Frame.io
  | "failed";

/** What a person may do with a take; each is a POST to `/api/takes/:id/<operation>`. */
export type Operation = "finish" | "pause" | "resume" | "cancel" | "retry" | "prioritise";

/** State of one part on the strip. */
export type StripState = "registered" | "sending" | "stored" | "verified" | "changed";

/** One run of equal neighbours on the part strip: parts `from`..`to`, both included. */
export interface StripRun {
  readonly from: number;
  readonly to: number;
  readonly state: StripState;
  readonly sizeBytes: number;
  /** True where each of them was sent more than once; absent where none was. */
  readonly resent?: true;
}

/** Everything a person or a program is told of one take. The page, the API and the terminal read only this. */
export interface TakeView {
  readonly id: string;
  /** The recording's name, as a person calls it. */
  readonly name: string;
  /** Absolute path of the recording. */
  readonly path: string;
  readonly phase: TakePhase;
  /** The phase in plain words, with what is being waited for and the remedy if there is one. */
  readonly words: string;
  /** True where it goes to the sandbox in this process, and nothing to Frame.io. */
  readonly sandbox: boolean;
  /** Id of the asset in Frame.io, once it exists. */
  readonly assetId: string | null;
  /** Where a person sees the asset, as the API said it; null where it did not: it is never composed. */
  readonly assetUrl: string | null;
  /** Assets that an earlier try left behind, with the reason. */
  readonly formerAssets: readonly { readonly assetId: string; readonly reason: string }[];
  /** Bytes of the recording on disk. */
  readonly recordedBytes: number;
  /** Bytes that the storage has acknowledged. Never more than was recorded. */
  readonly storedBytes: number;
  /** Bytes read again after the end and found equal. */
  readonly verifiedBytes: number;
  /** Bytes that were sent more than once, retries and restarts included. */
  readonly resentBytes: number;
  /** Bytes a second that went out over the last 20 s, those of parts on their way included. */
  readonly rateBytesPerSecond: number;
  /**
   * Bytes a second that went out over the last 2 minutes, oldest first, one figure for every 3 s: for a
   * small chart. Empty where nothing was noted, or the take is over.
   */
  readonly rateTrend: readonly number[];
  /** Bytes a second that the recorder wrote over the last few seconds. */
  readonly recordRateBytesPerSecond: number;
  /**
   * Seconds since the recording had the size that is stored now; null while nothing is known, and where
   * the recorder writes nothing and only what waits for the take's end is missing.
   */
  readonly behindSeconds: number | null;
  /** Estimated seconds until done, or null where nothing can be said. */
  readonly doneInSeconds: number | null;
  /**
   * ISO 8601: when the last byte was in, or is expected to be. While it is recorded: if the recorder
   * stopped now. Null where nothing can be said, as while it is paused, and for a take that an earlier
   * run finalized. Frame.io's own processing comes on top.
   */
  readonly playableAt: string | null;
  /** Seconds until the recording's volume is full at the rate of all its recorders; null if unknown. */
  readonly diskFullInSeconds: number | null;
  readonly endedBy: EndedBy | null;
  /** The evidence behind `endedBy`, in words; null while the take goes on. */
  readonly endedByWords: string | null;
  /** Whether the recorder finished its file; null while that is not known. */
  readonly finishedByRecorder: boolean | null;
  /** Seconds from the recording's last change to finalization; null before, or where nobody saw it. */
  readonly tailSeconds: number | null;
  /** True once every byte was read again after the end and equals what is stored. */
  readonly verified: boolean;
  /** What stands in the way right now, with the remedy; null when nothing does. */
  readonly problem: string | null;
  /** Whether finish would be accepted now. */
  readonly canFinish: boolean;
  /** Whether its parts go before those of other takes. */
  readonly prioritised: boolean;
  /** What would be accepted now, `finish` included. */
  readonly operations: readonly Operation[];
  readonly partCount: number;
  /** Parts that were sent more than once. */
  readonly resentPartCount: number;
  readonly strip: readonly StripRun[];
}

/** How the whole machine is, for a glance from across the cart. */
export interface MachineView {
  /** Green: leave it alone. Amber: keep an eye on it. Red: a person is needed now. */
  readonly tone: "green" | "amber" | "red";
  /** One word for the tone: what a person reads first. */
  readonly word: "Ready" | "Live" | "Safe" | "Test" | "Watch" | "Act";
  /** Why, in one sentence, with the take's name where one take is the reason. */
  readonly why: string;
  /** True where takes go to the sandbox in this process: none is in Frame.io, however it went. */
  readonly sandbox: boolean;
  /** The take behind the reason; null where it is none or all of them. */
  readonly takeId: string | null;
  /** Seconds behind the recorder of the take that is furthest behind; null where none tells. */
  readonly behindSeconds: number | null;
  /** Bytes a second that went out over the last 20 s, all takes together. */
  readonly rateBytesPerSecond: number;
  /** Seconds until the first recording volume is full; null where nothing can be said. */
  readonly diskFullInSeconds: number | null;
}

/** One thing that happened to a take, told to people. */
export interface TimelineEntry {
  /** The event's number in `GET /api/events`; null for what happened before this run. */
  readonly id: number | null;
  /** ISO 8601. */
  readonly time: string;
  readonly type: string;
  readonly words: string;
}

/** What `GET /api/takes/:id` tells beyond the take's view. */
export interface TakeDetail extends TakeView {
  /** Oldest first; the newest two hundred. Parts that simply go through are not on it. */
  readonly timeline: readonly TimelineEntry[];
  /** What went wrong, oldest first: those of the timeline that are errors or delays. */
  readonly errors: readonly TimelineEntry[];
}

/** A take that came to its end, in this run or an earlier one. */
export interface FinishedTake {
  readonly id: string;
  readonly name: string;
  readonly assetId: string | null;
  readonly assetUrl: string | null;
  /** ISO 8601: when the final part and the total were in. */
  readonly finalizedAt: string;
  readonly sizeBytes: number;
  /** Seconds from the recording's last change to finalization; null where nobody saw that change. */
  readonly tailSeconds: number | null;
  readonly endedBy: EndedBy | null;
  readonly endedByWords: string | null;
  /** Whether the recorder finished its file; null where that is not known. Where false it may not play. */
  readonly finishedByRecorder: boolean | null;
  /** True once every byte was read again after the end and equals what is stored. */
  readonly verified: boolean;
  /** True once the service read back as complete. */
  readonly completed: boolean;
  /** The proof in words, and the mark of a recorder that never finished its file. */
  readonly proof: string;
}
