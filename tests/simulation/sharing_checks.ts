/** What takes that share lanes and an uplink are promised: enough for everybody, and never too much. */
import type { Lanes } from "../../src/transfer/lanes.ts";
import type { LimitedTransfer, TransferLimits } from "../../src/transfer/limits.ts";
import type { Pace } from "../../src/transfer/pace.ts";
import type { World } from "./world.ts";

/** Of nine lanes that come free the prioritised take gets eight, while others wait (transfer/lanes.ts). */
const MOST_OUT_OF_TURN = 8;

/** What may be handed over beyond the rate, in seconds of it, and in bytes (transfer/pace.ts). */
const BURST_SECONDS = 0.04;
const LEAST_BURST_BYTES = 4096;

/** The limits of one process, watched while they are used. */
export interface WatchedSharing {
  readonly lanes: Lanes;
  readonly pace: Pace;
  /** Lanes in use at this moment. */
  busy(): number;
  set(limits: TransferLimits): void;
}

/** Hands on what is asked of limits and looks at what they give. It takes no turn of its own. */
export function watchSharing(world: World, limits: LimitedTransfer): WatchedSharing {
  const { violate, schedule } = world;
  const { lanes } = limits;
  /** In the order of asking. */
  const waiting = new Set<{ readonly takeId: string | undefined; readonly askedAtMs: number }>();
  let most = limits.current().lanes;
  let busy = 0;
  /** Lanes that the prioritised take was given in a row, and those of them while somebody waited longer. */
  let inARow = 0;
  let outOfTurn = 0;
  let firstSinceMs = 0;
  let rate = { sinceMs: 0, bytes: 0, bytesPerSecond: limits.current().bytesPerSecond };

  function enters(takeId: string | undefined, hasWaitedLongest: boolean): void {
    if (++busy > most) violate(`${busy} PUTs in ${most} lanes`);
    const first = lanes.prioritised();
    if (first === null) return;
    if (takeId === first) {
      inARow++;
      outOfTurn = hasWaitedLongest ? 0 : outOfTurn + 1;
      if (outOfTurn > MOST_OUT_OF_TURN) violate(`${outOfTurn} lanes out of turn, others wait`);
      return;
    }
    const hasWaited = firstSinceMs < schedule.nowMs &&
      waiting.values().some((one) => one.takeId === first && one.askedAtMs < schedule.nowMs);
    if (hasWaited && inARow < MOST_OUT_OF_TURN) {
      violate(`after ${inARow} lanes of the prioritised take another one gets a lane`);
    }
    inARow = outOfTurn = 0;
  }

  function granted(bytes: number): number {
    const { sinceMs, bytesPerSecond } = rate;
    if (bytesPerSecond === null) return bytes;
    rate.bytes += bytes;
    const seconds = (schedule.nowMs - sinceMs) / 1000;
    const mostBytes = bytesPerSecond * seconds +
      Math.max(bytesPerSecond * BURST_SECONDS, LEAST_BURST_BYTES);
    if (rate.bytes > mostBytes + 1) {
      violate(`${rate.bytes} bytes in ${seconds} s at ${bytesPerSecond} bytes a second`);
    }
    return bytes;
  }

  return {
    lanes: {
      get count() {
        return lanes.count;
      },
      resize: lanes.resize,
      prioritised: lanes.prioritised,
      prioritise(takeId) {
        inARow = outOfTurn = 0;
        firstSinceMs = schedule.nowMs;
        lanes.prioritise(takeId);
      },
      run(work, signal, takeId) {
        const one = { takeId, askedAtMs: schedule.nowMs };
        const leave = () => void waiting.delete(one);
        waiting.add(one);
        signal.addEventListener("abort", leave, { once: true });
        return lanes.run(
          () => {
            signal.removeEventListener("abort", leave);
            const [oldest] = waiting;
            leave();
            enters(takeId, oldest === one);
            const done = work();
            const end = () => void busy--;
            done.then(end, end);
            return done;
          },
          signal,
          takeId,
        );
      },
    },
    pace(wantedBytes, signal) {
      const bytes = limits.pace(wantedBytes, signal);
      return typeof bytes === "number" ? granted(bytes) : bytes.then(granted);
    },
    busy: () => busy,
    set(change) {
      limits.set(change);
      most = change.lanes;
      rate = { sinceMs: schedule.nowMs, bytes: 0, bytesPerSecond: change.bytesPerSecond };
    },
  };
}
