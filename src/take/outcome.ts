import type { Meter } from "./meter.ts";
import type { Sight } from "./sight.ts";
import type { TakeState } from "./state.ts";

/** How a take came out. */
export type TakeOutcome =
  | { readonly is: "done" }
  /** Interrupted by a person; the same command goes on. */
  | { readonly is: "suspended" }
  /** Given up by a person; the same command begins a new take. */
  | { readonly is: "cancelled" }
  | {
    readonly is: "failed";
    readonly message: string;
    /** The recording was changed after it had been finalized: its asset holds the earlier bytes. */
    readonly changedLate: boolean;
  };

/** Everything that the views are made of. */
export interface TakeSnapshot {
  readonly state: TakeState;
  readonly sight: Sight | null;
  /** Bytes handed to the connection, by part that is under way. */
  readonly sending: ReadonlyMap<number, number>;
  readonly isVerified: (partNumber: number) => boolean;
  /** What stands in the way, or null. */
  readonly trouble: string | null;
  readonly meter: Meter;
  readonly outcome: TakeOutcome | null;
  /** By the operator's word nothing is registered or sent. */
  readonly paused: boolean;
  /** Given up by the operator. */
  readonly cancelled: boolean;
}
