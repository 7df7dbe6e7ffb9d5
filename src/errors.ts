/**
 * The errors of reeltime: one class for each remedy, so that a catch clause says what it will do.
 * A message states what could not be done, with the value at hand, and names the way out. No message
 * ever holds a token or a presigned URL.
 */

/** What was slow or missing when something was {@linkcode Unavailable}; decides how long to wait. */
export type Outage =
  /** No connection, no answer, an answer cut short, or an answer of some box in between. */
  | "network"
  /** HTTP 429 of the API. */
  | "rate_limit"
  /** HTTP 5xx of the API, which asks for waits of 30 s and more (V4 guide, rate limits). */
  | "api_fault"
  /** S3 asked to slow down or failed in passing (Amazon S3, List of error codes). */
  | "storage"
  /**
   * The recording could not be read: a network volume or a drive that is away for a moment. Or another
   * process holds the journal for a moment.
   */
  | "disk"
  /** Somebody paused this device's channel in Frame.io (Camera to Cloud: 409 Channel Paused). */
  | "paused";

/** It will work later: wait, then try the same thing again. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /**
   * @param outage What was out of reach; the retry policy reads it.
   * @param options `retryAfterMs`: what the other side asked us to wait. `notCarriedOut`: the request
   * certainly had no effect, because nobody took it.
   */
  constructor(
    message: string,
    readonly outage: Outage,
    options: ErrorOptions & { retryAfterMs?: number | undefined; notCarriedOut?: boolean } = {},
  ) {
    super(message, options);
    this.retryAfterMs = options.retryAfterMs;
    this.notCarriedOut = options.notCarriedOut ?? false;
  }
  /** Whether the request certainly had no effect; false where its answer may just be lost. */
  readonly notCarriedOut: boolean;
  /** Milliseconds the other side asked us to wait, or undefined. */
  readonly retryAfterMs: number | undefined;
}

/** The presigned URL is no longer accepted: register the same part again for a fresh one. */
export class UrlExpired extends Error {
  override readonly name = "UrlExpired";
}

/** The API refused the token: get another one. */
export class TokenExpired extends Error {
  override readonly name = "TokenExpired";
}

/** The file under our hands is not what it was: look again, then plan again. */
export class RecordingChanged extends Error {
  override readonly name = "RecordingChanged";
}

/** The service said no and will say no again: stop this take. */
export class Rejected extends Error {
  override readonly name = "Rejected";
  /**
   * @param status The HTTP status of the refusal.
   * @param options `about`: what the service names as wrong, pointers into the request and its words.
   */
  constructor(
    message: string,
    readonly status: number,
    options: ErrorOptions & { about?: readonly string[] } = {},
  ) {
    super(message, options);
    this.about = options.about ?? [];
  }
  /** What the service names as wrong, pointers into the request and its words; without secrets. */
  readonly about: readonly string[];
}

/** The service has given an upload up: delete its asset there and upload the file again. */
export class UploadFailed extends Rejected {}

/** A bound of the service is passed (empty file, over 5 TiB): stop this take. */
export class Limit extends Error {
  override readonly name = "Limit";
}

/** This machine cannot keep the journal (disk full, no permission): stop before anything is lost. */
export class StateFailure extends Error {
  override readonly name = "StateFailure";
}

/** The command line, the environment or a file says something that cannot be run: exit status 2. */
export class Config extends Error {
  override readonly name = "Config";
}
