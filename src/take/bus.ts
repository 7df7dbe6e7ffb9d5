import type { PublishedEvent, TakeEvent } from "../events.ts";
import type { Clock } from "../runtime/clock.ts";

/**
 * Events that the bus keeps for readers that come back. A take of 10,000 parts tells about three events
 * a part, so this is the last few minutes of the busiest take, in a few MiB.
 */
export const RING_EVENTS = 4096;

/**
 * Ids that one millisecond of wall clock makes room for. The first id of a process is its starting time
 * times this, so ids rise across restarts even when the earlier process told a burst of events and died
 * at once. The product stays a safe integer until the year 2255.
 */
const IDS_PER_MS = 1000;

/** Stands where events are missing: the reader should read the takes anew, then go on from here. */
export interface Gap {
  readonly type: "events.missed";
  /** The id before the oldest event that is still held; resuming after it misses nothing more. */
  readonly id: number;
  /** The id that the reader asked for: of an earlier process, or too long ago. */
  readonly afterId: number;
  /** ISO 8601. */
  readonly time: string;
}

/** Options of {@linkcode createEventBus}. */
export interface BusOptions {
  /** Events kept for readers that come back. Default: {@linkcode RING_EVENTS}. */
  readonly ringEvents?: number;
  /** Told of what a listener threw; must not throw itself. Default: nothing. */
  readonly onListenerError?: (error: unknown) => void;
}

/** How to read along; see {@linkcode EventBus.subscribe}. */
export interface SubscribeOptions {
  /** The last id the reader has seen. Default: the newest, so only what comes from now on is told. */
  readonly afterId?: number;
  /** Ends the reading without an error. */
  readonly signal: AbortSignal;
}

/** Numbers what happens to the takes and tells everyone who looks on. Nothing here waits for a reader. */
export interface EventBus {
  /** Numbers, times and keeps the event, then tells listeners and subscribers. Never throws. */
  publish(takeId: string, event: TakeEvent): PublishedEvent;
  /**
   * The events after `id` that are still held, oldest first. `missed` says that `id` is of another
   * process or fell out of the ring, so what is returned is not all that happened since.
   */
  since(id: number): { readonly events: PublishedEvent[]; readonly missed: boolean };
  /**
   * Every event after `afterId`, oldest first, then each new one; a {@linkcode Gap} first when some are
   * no longer held. A subscriber is only a place in the ring: one too slow to be served from there is
   * dropped (its iterator ends), and comes back with its last id to be told of the gap.
   */
  subscribe(options: SubscribeOptions): AsyncIterable<PublishedEvent | Gap>;
  /**
   * Calls `listener` with each new event, in order, within {@linkcode EventBus.publish}.
   * @returns Ends the listening.
   */
  on(listener: (event: PublishedEvent) => void): () => void;
}

/**
 * Creates the bus of one process.
 *
 * @param clock Times the events; its wall clock also gives the first id (see {@linkcode Gap}).
 */
export function createEventBus(clock: Clock, options: BusOptions = {}): EventBus {
  const ringEvents = options.ringEvents ?? RING_EVENTS;
  const firstId = Math.trunc(clock.now()) * IDS_PER_MS + 1;
  let lastId = firstId - 1;
  let toldId = lastId;
  let telling = false;
  const ring: PublishedEvent[] = [];
  const listeners = new Set<(event: PublishedEvent) => void>();
  const sleepers = new Set<() => void>();

  const at = (id: number) => ring[(id - firstId) % ringEvents]!;
  const oldestId = () => Math.max(firstId, lastId - ringEvents + 1);
  const isHeldAfter = (id: number) => Number.isInteger(id) && id >= oldestId() - 1 && id <= lastId;

  /** Tells listeners in order of ids, also when one of them publishes while it is being told. */
  function tellListeners(): void {
    if (telling) return;
    telling = true;
    while (toldId < lastId) {
      const event = at(++toldId);
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          options.onListenerError?.(error);
        }
      }
    }
    telling = false;
  }

  /** Resolves at the next event or at the signal's end, whichever comes first. */
  function newsOrEnd(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        sleepers.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      sleepers.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  async function* follow(afterId: number, signal: AbortSignal) {
    let seenId = afterId;
    if (!isHeldAfter(afterId)) {
      seenId = oldestId() - 1;
      const time = new Date(clock.now()).toISOString();
      yield { type: "events.missed", id: seenId, afterId, time } satisfies Gap;
    }
    while (!signal.aborted) {
      if (!isHeldAfter(seenId)) return;
      if (seenId < lastId) yield at(++seenId);
      else await newsOrEnd(signal);
    }
  }

  return {
    publish(takeId, event) {
      const id = lastId + 1;
      const published = { id, time: new Date(clock.now()).toISOString(), takeId, ...event };
      ring[(id - firstId) % ringEvents] = published;
      lastId = id;
      tellListeners();
      for (const wake of [...sleepers]) wake();
      return published;
    },
    since(id) {
      const missed = !isHeldAfter(id);
      const fromId = missed ? oldestId() : id + 1;
      const events = Array.from({ length: lastId - fromId + 1 }, (_, index) => at(fromId + index));
      return { events, missed };
    },
    subscribe({ afterId = lastId, signal }) {
      return follow(afterId, signal);
    },
    on(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
