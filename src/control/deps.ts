import type { Clock } from "../runtime/clock.ts";
import type { EventBus } from "../take/bus.ts";
import type { OperationAnswer } from "../take/operations.ts";
import type { LiveLimits } from "../transfer/limits.ts";
import type { Auth } from "./auth.ts";
import type { Redactor } from "./redact.ts";
import type { Roots } from "./roots.ts";
import type { FinishedTake, Operation, TimelineEntry } from "./view.ts";
import type { Views } from "./views.ts";

/** What the control API needs to know and may do. */
export interface ControlDeps {
  readonly views: Views;
  /** What happened to a take, oldest first. */
  timeline(takeId: string): readonly TimelineEntry[];
  /** Takes that came to their end, newest first, of earlier runs too. */
  history(): readonly FinishedTake[];
  /** Does with a take what a person asks for. */
  operate(operation: Operation, takeId: string): OperationAnswer;
  /**
   * Watches one more recording, at a path that {@linkcode ControlDeps.roots} has admitted.
   *
   * @throws Config if it cannot be watched.
   */
  add(path: string): { readonly takeId: string };
  readonly roots: Roots;
  readonly limits: LiveLimits;
  readonly events: EventBus;
  /**
   * The `host:port` values accepted in the Host header, asked on every request; `*:port` stands for any
   * address written as numbers, and a name without a port for that of a proxy in front.
   */
  allowedHosts(): readonly string[];
  /** The port that it is served at, asked on every request. */
  port(): number;
  /** Null where only this machine can reach the server. */
  readonly auth: Auth | null;
  readonly redactor: Redactor;
  /** reeltime's version, shown at the foot of the page. */
  readonly version: string;
  /** Ends the event streams. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
}
