import { createMeter } from "./meter.ts";
import { emptyState } from "./state.ts";
import type { TakeOutcome, TakeSnapshot } from "./outcome.ts";
import type { Target } from "./watch.ts";

/** One take, or a recording that is waited for, as the views see it. */
export interface Shown {
  readonly takeId: string;
  readonly target: Target;
  readonly snapshot: TakeSnapshot;
  /** True when nothing had to be done: it was finalized by an earlier run. */
  readonly already: boolean;
  /** Its parts go before those of others. */
  readonly prioritised?: boolean;
}

/** The snapshot of a take that is not under way. */
export function still(
  takeId: string,
  trouble: string | null,
  outcome: TakeOutcome | null,
): TakeSnapshot {
  return {
    state: emptyState(takeId),
    sight: null,
    sending: new Map(),
    isVerified: () => false,
    trouble,
    meter: createMeter(() => 0), // nothing is noted
    outcome,
    paused: false,
    cancelled: false,
  };
}
