import type { Chance } from "../chance.ts";
import type { Content } from "../content.ts";

/** A file under a recorder's hands. Every write sets its time. */
export interface RecorderFile extends Omit<Content, "read" | "slice"> {
  /** Gives it another name in the same folder; an older file of that name is lost. */
  rename(name: string): void;
  /** Takes its name away; it lives on under open handles. */
  unlink(): void;
}

/** What a recorder works with. */
export interface RecorderTools {
  readonly chance: Chance;
  /** The watched name. */
  readonly name: string;
  /** Creates an empty file under a name, by default the watched one; an older one is cut to nothing. */
  create(name?: string): RecorderFile;
  /** Waits in simulated time. Never resolves any more once the recorder has died. */
  wait(delayMs: number): Promise<void>;
  /** Media still to be recorded, in bytes; the plan of this take. */
  readonly mediaBytes: number;
  /** Number of the media stream that this take records. */
  readonly media: number;
  /**
   * Records media at `start`: writes it in the rhythm of this take (bursts, silences, pauses of
   * minutes), and resolves when `sizeBytes` are in the file.
   *
   * @param from Place in the media stream.
   * @param onWrite Called after each write with the bytes so far.
   */
  roll(
    file: RecorderFile,
    start: number,
    sizeBytes: number,
    from: number,
    onWrite?: (writtenBytes: number) => void,
  ): Promise<void>;
}

/** One way of recording; see containers.md's table, by whose rows they are named. */
export interface Recorder {
  readonly name: string;
  /** With the dot. */
  readonly extension: string;
  /** Whether the finished file's bytes say so. Without it silence ends the take. */
  readonly hasEndRule: boolean;
  /** Its bytes say `final` for a moment in mid-recording (containers.md §2.3). Default: false. */
  readonly looksFinalEarly?: boolean;
  /** While it records its bytes may be `undecidable`: a long silence may end it. Default: false. */
  readonly isUndecidableWhileOpen?: boolean;
  /** So once all its media are written, until it closes its header. Default: false. */
  readonly isUndecidableAtStop?: boolean;
  /** Most media that it takes, in bytes; Infinity but for formats with a small limit. */
  readonly mostMediaBytes: number;
  /** Records one take to its end, and returns when the file is closed and finished. */
  record(tools: RecorderTools): Promise<void>;
}
