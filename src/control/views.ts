import type { Clock } from "../runtime/clock.ts";
import type { EventBus } from "../take/bus.ts";
import type { Shown } from "../take/shown.ts";
import type { DiskSpace } from "./disk_space.ts";
import type { TakeView } from "./view.ts";
import { type ViewMoment, viewOf } from "./view_of.ts";

/**
 * How long readers share what was worked out for one of them, in milliseconds: fifty takes cost about
 * 20 ms, and there may be a dozen pages that each ask every second.
 */
const SHARED_MS = 100;

/** Takes whose time of finalization is kept: more than a page shows of a long run with --stay. */
const MOST_FINALIZED = 1_000;

/** What page, API, metrics and terminal read: one source, so that they never disagree. */
export interface Views {
  /** Every take of this process, in the order a person expects them. */
  takes(): TakeView[];
  /** The same, worked out anew: for a last word, which is shared with nobody. */
  now(): TakeView[];
  take(id: string): TakeView | undefined;
  /** What was shared until now is old: an operation was accepted, and the next reader has to see it. */
  refresh(): void;
}

/**
 * The views of everything that `shown` gives at the moment they are asked for.
 *
 * @param space Room on the recordings' volumes; all recorders of a volume fill it together.
 * @param run What holds for all takes of this run.
 */
export function createViews(
  shown: () => readonly Shown[],
  space: DiskSpace,
  clock: Clock,
  events: EventBus,
  run: Pick<ViewMoment, "quiet" | "sandbox"> = {},
): Views {
  /** When takes were finalized, as far as that was in this run; those of the newest. */
  const finalizedAtMs = new Map<string, number>();
  let cached: { readonly atMs: number; readonly takes: TakeView[] } | null = null;

  function fullIn(all: readonly Shown[]): (one: Shown) => number | null {
    const rates = new Map<number, number>();
    const spaces = all.map((one) =>
      [one, isWriting(one) ? space.of(one.target.path) : null] as const
    );
    for (const [{ snapshot }, known] of spaces) {
      if (known === null) continue;
      rates.set(known.volume, (rates.get(known.volume) ?? 0) + snapshot.meter.recordedRate());
    }
    const byShown = new Map(spaces);
    return (one) => {
      const known = byShown.get(one) ?? null;
      const rate = known === null ? 0 : rates.get(known.volume)!;
      return known === null || rate <= 0 ? null : known.freeBytes / rate;
    };
  }

  function viewsOf(wanted: (one: Shown) => boolean): TakeView[] {
    const all = shown();
    const diskFullInSeconds = fullIn(all);
    const moment = { ...run, nowMs: clock.now(), monotonicMs: clock.monotonicMs() };
    return all.filter(wanted)
      .map((one) => {
        const finalizedMs = finalizedAtMs.get(one.takeId) ?? null;
        return viewOf(one, { ...moment, finalizedMs, diskFullInSeconds: diskFullInSeconds(one) });
      });
  }

  // What a person did, or waits for, shows at once.
  events.on((event) => {
    if (event.type === "take.finalized") {
      finalizedAtMs.set(event.takeId, Date.parse(event.time));
      if (finalizedAtMs.size > MOST_FINALIZED) {
        finalizedAtMs.delete(finalizedAtMs.keys().next().value!);
      }
    }
    if (!("number" in event) && event.type !== "recording.grown") cached = null;
  });

  return {
    takes() {
      const nowMs = clock.monotonicMs();
      if (cached === null || nowMs - cached.atMs >= SHARED_MS) {
        cached = { atMs: nowMs, takes: viewsOf(() => true) };
      }
      return cached.takes;
    },
    now: () => viewsOf(() => true),
    take: (id) => viewsOf(({ takeId }) => takeId === id)[0],
    refresh: () => void (cached = null),
  };
}

/** Whether the recorder still fills its volume. */
function isWriting({ snapshot: { state, sight, outcome } }: Shown): boolean {
  return outcome === null && state.finalized === null && sight?.judgement.is === "growing";
}
