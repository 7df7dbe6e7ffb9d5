/**
 * The recorders of the measured table (what containers rewrite, and when) that Debian's packages hold:
 * ffmpeg 5.1 and GStreamer 1.22. Each records noise at a camera's pace, which costs next to nothing.
 * Not among them: files over 1 GiB, and GStreamer's prefilled index, which failed when it was measured.
 */
import type { EndedBy } from "../../src/events.ts";
import { FFMPEG } from "./recorders_ffmpeg.ts";
import { GSTREAMER } from "./recorders_gstreamer.ts";

/** One row of the table. */
export interface Recorder {
  /** Container and kind, such as `mp4 faststart`; the writer is told beside it. */
  readonly name: string;
  readonly writer: "ffmpeg" | "gst";
  readonly extension: string;
  /** Arguments that record to a path until it is interrupted, with the sources in the working folder. */
  readonly args: (path: string) => readonly string[];
  /** How the end of a recording is known: by its bytes wherever the format has a rule for that. */
  readonly endedBy: EndedBy;
  /** How it is known when the recorder was killed; a row without it is not killed. */
  readonly killed?: EndedBy;
  /** It moves the media at its stop, to put an index in front. */
  readonly moves?: true;
  /** Its stop writes into the file behind the head, once in so many bytes. Default: nowhere. */
  readonly patchEveryBytes?: number;
  /** Least bytes to record. Default: {@linkcode LEAST_BYTES}. */
  readonly leastBytes?: number;
  /** It ends by itself, and writes everything at its end. */
  readonly allAtStop?: true;
}

/** Enough for the head and two parts that go up while the recording grows, in bytes. */
export const LEAST_BYTES = 17e6;

/** Every row. */
export const RECORDERS: readonly Recorder[] = [...FFMPEG, ...GSTREAMER];

/** Container and writer, as they are told. */
export function titleOf({ name, writer }: Recorder): string {
  return `${name}, ${writer}`;
}

/** The one recorder of this title. */
export function recorderOf(title: string): Recorder {
  return RECORDERS.find((recorder) => titleOf(recorder) === title)!;
}
