import { Config } from "../errors.ts";
import type { Clock } from "../runtime/clock.ts";
import { createLanes, type Lanes } from "./lanes.ts";
import { createPace, type Pace } from "./pace.ts";

/** What all PUTs of this process together may take. */
export interface TransferLimits {
  /** Bytes handed to connections each second; null for no limit. */
  readonly bytesPerSecond: number | null;
  /** PUTs at once, 1 to {@linkcode MOST_LANES}. */
  readonly lanes: number;
}

/** Limits that can be changed while PUTs run, shared by all takes. */
export interface LiveLimits {
  current(): TransferLimits;
  /**
   * Changes what is named, within 100 ms. Lanes that are taken away end with the PUTs that run in them.
   *
   * @returns The limits as they are from now on.
   * @throws Config if a value is out of range; nothing is changed then.
   */
  set(change: Partial<TransferLimits>): TransferLimits;
}

/** Limits together with what they act on. */
export interface LimitedTransfer extends LiveLimits {
  /** For the takes. */
  readonly lanes: Lanes;
  /** For the door that hands bytes to connections. */
  readonly pace: Pace;
}

/** PUTs at once at most; a handful fill any uplink, and each holds a connection and 2 MiB of buffers. */
export const MOST_LANES = 32;

/**
 * The lowest limit, in bytes a second. Below it 32 lanes would leave a connection without a byte for so
 * long that S3 closes it (400 RequestTimeout after some 20 s).
 */
export const LEAST_BYTES_PER_SECOND = 64 * 1024;

/** The highest limit, in bytes a second: what is more is no limit. */
export const MOST_BYTES_PER_SECOND = 10_000_000_000;

/**
 * Limits of one process.
 *
 * @throws Config if a value is out of range.
 */
export function createLiveLimits(clock: Clock, initial: TransferLimits): LimitedTransfer {
  let limits = checked(initial);
  const lanes = createLanes(limits.lanes);
  const pace = createPace(clock, limits.bytesPerSecond);
  return {
    lanes,
    pace: pace.grant,
    current: () => limits,
    set(change) {
      limits = checked({ ...limits, ...change });
      lanes.resize(limits.lanes);
      pace.set(limits.bytesPerSecond);
      return limits;
    },
  };
}

function checked({ bytesPerSecond, lanes }: TransferLimits): TransferLimits {
  if (!Number.isInteger(lanes) || lanes < 1 || lanes > MOST_LANES) {
    throw new Config(`Cannot use ${lanes} lanes: give a whole number from 1 to ${MOST_LANES}`);
  }
  const isFit = bytesPerSecond === null ||
    (bytesPerSecond >= LEAST_BYTES_PER_SECOND && bytesPerSecond <= MOST_BYTES_PER_SECOND);
  if (!isFit) {
    throw new Config(
      `Cannot limit the upload to ${bytesPerSecond} bytes a second: give ${LEAST_BYTES_PER_SECOND} to ` +
        `${MOST_BYTES_PER_SECOND}, or null for no limit`,
    );
  }
  return Object.freeze({ bytesPerSecond, lanes });
}
