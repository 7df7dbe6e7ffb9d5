import type { Clock } from "../runtime/clock.ts";
import type { ApiCall } from "./api.ts";

/**
 * From one heartbeat to the next, in milliseconds. At least one in 5 min and no more than one a minute
 * are asked for (Camera to Cloud API, heartbeat ping): so one may be lost, and the next is in time.
 */
const BEAT_MS = 120_000;

/** Shortest time from a heartbeat's answer to the next, in milliseconds (same document). */
const LEAST_PAUSE_MS = 60_000;

/**
 * Shows in Frame.io that this device is online. Nothing hangs on it: what goes wrong is tried again at
 * the next beat.
 *
 * @param call As the device.
 * @param signal Ends it.
 * @returns Resolves when the signal is aborted; never rejects.
 */
export async function heartbeat(call: ApiCall, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const begunMs = clock.monotonicMs();
    await call({
      method: "POST",
      path: "/v2/devices/heartbeat",
      mayBeEmpty: true,
      doing: "send a heartbeat",
      signal,
    }).catch(() => {});
    const restMs = begunMs + BEAT_MS - clock.monotonicMs();
    await clock.sleep(Math.max(restMs, LEAST_PAUSE_MS), signal).catch(() => {});
  }
}
