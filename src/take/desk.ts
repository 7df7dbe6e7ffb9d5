import type { Destination, DurableEvent, PassingEvent } from "../events.ts";
import type { AssetRoute } from "../frameio/route.ts";
import { needsRenewal } from "../frameio/url_life.ts";
import type { Entry, Journal, KeptUrl } from "../journal/journal.ts";
import type { QuietPolicy } from "../recording/settle.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Disk, FileFacts, RecordingSource } from "../runtime/disk.ts";
import type { Random } from "../runtime/random.ts";
import type { RangeDigest } from "../runtime/range_digest.ts";
import type { Lanes } from "../transfer/lanes.ts";
import type { EventBus } from "./bus.ts";
import type { Sight } from "./sight.ts";
import { apply, type TakeState } from "./state.ts";

/** What every take of this process works with. */
export interface TakeRoom {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly digests: RangeDigest;
  readonly api: AssetRoute;
  /** Name of that way in, as `--route` has it. */
  readonly routeName: string;
  /** Where assets go; a take that was finalized elsewhere is not finalized here. */
  readonly destination?: Destination;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly lanes: Lanes;
  readonly quiet: QuietPolicy;
}

/**
 * What lies on the desk of one take: what the journal knows (`state`), and what only this process
 * knows. The errands of a take work on it; only record() changes what is remembered.
 */
export interface Desk {
  readonly room: TakeRoom;
  readonly source: RecordingSource;
  readonly state: TakeState;
  /** Presigned URLs by part number, those of stored parts included: a changed part uses its own again. */
  readonly urls: Map<number, KeptUrl>;
  /** Bytes handed to the connection, by part that is under way. */
  readonly sending: Map<number, number>;
  /** All bytes that were handed to connections, those that went once more included. */
  handedBytes: number;
  /** When this process was told to finish the take, monotonic milliseconds, or null. */
  finishAskedAtMs: number | null;
  /** What the recording was like when a part was read again and found equal, by part number. */
  readonly verifiedAt: Map<number, string>;
  /** The newest look that succeeded, or null before the first one. */
  sight: Sight | null;
  /** Why the service gives no more URLs for this asset, once it has refused one. */
  refusal: string | null;
  /** Whether that has happened in this process already. */
  urlsRanOut: boolean;
  /** Writes facts down, then believes them, then tells them. */
  record(...entries: readonly Entry[]): void;
  /** Records one fact. */
  fact(event: DurableEvent): void;
  /** Tells what need not be remembered. */
  publish(event: PassingEvent): void;
}

/** Lays out the desk of a take. */
export function createDesk(
  room: TakeRoom,
  source: RecordingSource,
  state: TakeState,
  keptUrls: ReadonlyMap<number, KeptUrl>,
): Desk {
  const record = (...entries: readonly Entry[]) => {
    room.journal.append(state.id, entries);
    for (const { event } of entries) {
      apply(state, event);
      room.bus.publish(state.id, event);
    }
  };
  return {
    room,
    source,
    state,
    urls: new Map(keptUrls),
    sending: new Map(),
    handedBytes: 0,
    finishAskedAtMs: null,
    verifiedAt: new Map(),
    sight: null,
    refusal: null,
    urlsRanOut: false,
    record,
    fact: (event) => record({ event }),
    publish: (event) => void room.bus.publish(state.id, event),
  };
}

/**
 * What the recording is like now: a verification holds only as long as this stays. By the operator's
 * word the take is a fixed run of bytes, whatever the recorder goes on to do behind it.
 */
export function stamp({ state, sight }: Desk): string {
  if (state.finishAskedBytes !== null) return "operator";
  return sight === null ? "" : stampOf(sight.facts);
}

/** Tells one state of a recording from the next by its size and time. */
export function stampOf({ sizeBytes, modifiedMs }: FileFacts): string {
  return `${sizeBytes}:${modifiedMs}`;
}

/** Bytes of the parts that were read again since the recording last changed. */
export function verifiedBytes(desk: Desk): number {
  let bytes = 0;
  const now = stamp(desk);
  for (const [number, at] of desk.verifiedAt) {
    if (at === now) bytes += desk.state.parts.get(number)?.sizeBytes ?? 0;
  }
  return bytes;
}

/** Whether a presigned URL is at hand that can still be used. */
export function hasUrl({ urls, room }: Desk, partNumber: number): boolean {
  const kept = urls.get(partNumber);
  return kept !== undefined && !needsRenewal(kept.url, kept.receivedAtMs, room.clock.now());
}

/** The id of the take's asset, where it is known to exist. */
export function assetId({ state }: Desk): string {
  if (state.asset.at !== "created") throw new RangeError(`Take ${state.id} has no asset`);
  return state.asset.id;
}
