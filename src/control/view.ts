import type { EndedBy } from "../events.ts";

/** Where a take stands, as one word for programs; `words` says it to people. */
export type TakePhase =
  | "waiting" // the file is not there, or still empty
  | "recording" // it grows and is being sent
  | "quiet" // no change for --idle, but its bytes say that the take goes on
  | "verifying" // it ended; the rest is sent and every stored part is read again
  | "finalizing" // the final part is on its way
  | "finalized" // the final part and the total are in
  | "suspended" // interrupted by a person; resumable
  | "failed";

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
  /** Acknowledged bytes a second over the last few seconds. */
  readonly rateBytesPerSecond: number;
  /**
   * Acknowledged bytes a second over the last 2 minutes, oldest first, one figure for every 3 s: for a
   * small chart. Empty where nothing was noted, or the take is over.
   */
  readonly rateTrend: readonly number[];
  /** Seconds since the recording had the size that is stored now; null while nothing is known. */
  readonly behindSeconds: number | null;
  /** Estimated seconds until done, or null where nothing can be said. */
  readonly doneInSeconds: number | null;
  readonly endedBy: EndedBy | null;
  /** False once it is known that the recorder never finished its file. */
  readonly finishedByRecorder: boolean;
  /** Seconds from the recording's last change to finalization; null before. */
  readonly tailSeconds: number | null;
  /** True once every byte was read again after the end and equals what is stored. */
  readonly verified: boolean;
  /** What stands in the way right now, with the remedy; null when nothing does. */
  readonly problem: string | null;
  /** Whether finish would be accepted now. */
  readonly canFinish: boolean;
  readonly partCount: number;
  /** Parts that were sent more than once. */
  readonly resentPartCount: number;
  readonly strip: readonly StripRun[];
}
