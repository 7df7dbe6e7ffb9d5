/** Where the token of each call comes from. Tokens end and are renewed while a take goes on. */
export interface Tokens {
  /**
   * A token that is good for now; renewed ahead of its end, once for all who ask at the same time.
   *
   * @throws TokenExpired if there is none and none can be had without a person.
   * @throws Unavailable if it has to be renewed and the service that does it is out of reach.
   */
  current(signal: AbortSignal): Promise<string>;
  /**
   * The service refused this token (401).
   *
   * @returns Whether current() gives another one now.
   */
  refused(token: string, signal: AbortSignal): Promise<boolean>;
  /** What a person can do when no token is accepted; a whole sentence without its full stop. */
  readonly remedy: string;
}

/** A token that never ends, or that nobody here can renew: a developer token. */
export function fixedToken(token: string): Tokens {
  return {
    current: () => Promise.resolve(token),
    refused: () => Promise.resolve(false),
    remedy: "Put a valid token into FRAMEIO_TOKEN or the file named with --token-file, then run " +
      "the same command again",
  };
}
