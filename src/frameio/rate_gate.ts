/** Keeps calls within the service's rate limits, so that 429 is rare. */
export interface RateGate {
  /**
   * Resolves when a call of this kind may go.
   *
   * @param kind Calls of one kind share a limit: method and path without ids.
   * @throws The signal's reason when it was aborted.
   */
  enter(kind: string, signal: AbortSignal): Promise<void>;
  /** Learns from an answer. */
  learn(kind: string, status: number, headers: Headers): void;
}

/** Lets everything through. */
export const openGate: RateGate = { enter: () => Promise.resolve(), learn() {} };
