/**
 * What happens in one world, as plain data: drawn from a seed (draw.ts), or written down as a scenario. A
 * plan says what the world is like; what the program makes of it is up to the program.
 */

/** One recording: who records, how much, in which rhythm, and how it ends. */
export interface RecordingPlan {
  /** Name of a recorder of `recorders/`. */
  readonly recorder: string;
  readonly mediaBytes: number;
  /** When the recorder begins, world milliseconds. */
  readonly startMs: number;
  readonly bytesPerSecond: number;
  /** Time between two writes. */
  readonly writeEveryMs: number;
  /** A pause of the recorder: nothing is written for a while. */
  readonly pauses: readonly { readonly atShare: number; readonly forMs: number }[];
  /** The recorder is killed when this share of its media is written; null for a clean stop. */
  readonly diesAtShare: number | null;
  /** Bytes are patched this long after the recorder's end; null for never. */
  readonly lateChangeMs: number | null;
  /** The recorder records once more under the same name, this long after its end; null for never. */
  readonly againMs: number | null;
  /** The command does not name it: it is added while others are uploaded, or by the next command. */
  readonly isAdded?: true;
  /** What happens around the moment that counts; nothing if left out. */
  readonly atFinal?: AtFinal;
}

/** How long after the final part was first written down something happens; null for never. */
export interface AtFinal {
  /** Counted from the first PUT of the final part instead. */
  readonly fromStart?: boolean;
  /** From then on everything is carried out, and no answer arrives, for so long. */
  readonly deafMs?: number | null;
  /** Bytes of the recording are patched. */
  readonly patchMs: number | null;
  /** Bytes are added behind its end. */
  readonly appendMs: number | null;
  /** The program crashes. */
  readonly crashMs: number | null;
}

/** What the network and the service are like for a while. */
export type WeatherKind =
  | "clear"
  /** Requests and answers get lost, connections are reset, completions come twice or late. */
  | "lossy"
  /** Nothing gets through. */
  | "down"
  /** A login page answers everything. */
  | "portal"
  /** 429 and SlowDown. */
  | "throttled"
  /** 5xx of the API and of the storage. */
  | "faulty"
  /** Answers that take for ever. */
  | "slow"
  /** Refusals that no retry mends: 400, 401, 403, 404, 409, 501. A person runs the command again. */
  | "refusing";

/** One spell of weather. */
export interface Spell {
  readonly untilMs: number;
  readonly kind: WeatherKind;
  /** Share of exchanges that are hit, 0 to 1. */
  readonly severity: number;
  readonly uplinkBytesPerSecond: number;
}

/** What is done to the program, and when. */
export type Deed =
  | { readonly atMs: number; readonly do: "crash" }
  /** A crash at the n-th call of any door from this moment on, before or after it took effect. */
  | { readonly atMs: number; readonly do: "crash_at_call"; readonly calls: number }
  /** A stop of the whole process: SIGSTOP, or a machine that sleeps (`breaks` its connections). */
  | {
    readonly atMs: number;
    readonly do: "freeze";
    readonly forMs: number;
    readonly breaks: boolean;
  }
  /** The wall clock is set. */
  | { readonly atMs: number; readonly do: "set_clock"; readonly byMs: number }
  | { readonly atMs: number; readonly do: "suspend" }
  | { readonly atMs: number; readonly do: "finish"; readonly recording: number }
  /** A pause is always followed by a resume, or the world could not end. */
  | { readonly atMs: number; readonly do: "pause" | "resume"; readonly recording: number }
  /** The take is given up; the same command, run once more, begins a new one. */
  | { readonly atMs: number; readonly do: "cancel"; readonly recording: number }
  /** Waits are cut short, failed takes go on. */
  | { readonly atMs: number; readonly do: "retry"; readonly recording: number }
  /** Its parts go before those of others. */
  | { readonly atMs: number; readonly do: "prioritise"; readonly recording: number }
  | { readonly atMs: number; readonly do: "add"; readonly recording: number }
  /** Limits of all PUTs. One of bytes is lifted again, or the world could not end in time. */
  | {
    readonly atMs: number;
    readonly do: "limit";
    readonly lanes: number;
    readonly bytesPerSecond: number | null;
  }
  /** The same command once more, while the first process lives. */
  | { readonly atMs: number; readonly do: "second_process" };

/** How the disk behaves. */
export interface DiskPlan {
  /** Longest time that one look or read takes, in milliseconds; 0 for at once. */
  readonly slowMs: number;
  readonly bytesPerSecond: number;
  /** A spell in which reads fail with this probability. */
  readonly failing: { readonly fromMs: number; readonly untilMs: number; readonly share: number };
  /** Appends to the journal that fail, by their number; `kept` ones reach the disk all the same. */
  readonly journalFaults: readonly { readonly append: number; readonly kept: boolean }[];
  /** No append succeeds between these moments. */
  readonly full: { readonly fromMs: number; readonly untilMs: number } | null;
  /** File times are cut to this. ext4 4 ms, exFAT 10 ms, FAT 2,000 ms. */
  readonly timeGrainMs: number;
  /** Looks on a network volume are up to this old; null on a disk of this machine. */
  readonly staleMs: number | null;
  /** Whether the system tells who has a file open for writing. */
  readonly tellsWriters: boolean;
  /** Whether the system tells when a folder changes. */
  readonly hints: boolean;
}

/** A paired Camera-to-Cloud device, and what its service does. */
export interface DevicePlan {
  readonly accessLifeMs: number;
  /** Calls of one kind in a window; a leaky bucket. */
  readonly limit: { readonly calls: number; readonly windowMs: number };
  /** When somebody has paused the channel, world milliseconds. */
  readonly pauses: readonly { readonly fromMs: number; readonly untilMs: number }[];
}

/** A whole world. */
export interface Plan {
  /** How the program goes in; with a developer token if left out. */
  readonly device?: DevicePlan;
  readonly recordings: readonly RecordingPlan[];
  readonly spells: readonly Spell[];
  readonly deeds: readonly Deed[];
  readonly disk: DiskPlan;
  /** How long the operator takes to run the command again, drawn between these. */
  readonly restartMs: { readonly least: number; readonly most: number };
  readonly idleMs: number;
  readonly abandonMs: number;
  readonly lanes: number;
  readonly correct: boolean;
  readonly urlLifeMs: number;
  readonly latencyMs: number;
}

/** How long a recorder records, in milliseconds from the world's beginning. */
export function durationMs(recording: RecordingPlan): number {
  const { startMs, mediaBytes, bytesPerSecond, pauses } = recording;
  return startMs + 1000 * mediaBytes / bytesPerSecond +
    pauses.reduce((sum, pause) => sum + pause.forMs, 0);
}

/** PUTs at once at most, at any time of a world. */
export function mostLanes({ lanes, deeds }: Plan): number {
  return Math.max(lanes, ...deeds.map((deed) => deed.do === "limit" ? deed.lanes : 0));
}
