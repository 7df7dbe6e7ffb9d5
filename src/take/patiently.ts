import { Unavailable } from "../errors.ts";
import type { Desk } from "./desk.ts";

/** How long a journal that another process holds is left alone, in milliseconds (our choice). */
const BUSY_REST_MS = 250;

/**
 * Writes an answer down that nobody gives twice, such as the id of an asset that was created: repeated
 * as it is while another process holds the journal, and told once. To begin the errand anew would ask
 * again, and leave an asset behind.
 *
 * @param write Calls the desk's record(); all that it does besides comes after that.
 * @param signal Ends the waiting; then what was to be written is lost, as in a crash.
 */
export async function patiently(
  { room, publish }: Pick<Desk, "room" | "publish">,
  signal: AbortSignal,
  write: () => void,
): Promise<void> {
  for (let isTold = false;;) {
    try {
      return write();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const { message, outage: cause } = error;
      if (!isTold) {
        publish({ type: "service.delayed", message, retryInMs: BUSY_REST_MS, cause });
      }
      isTold = true;
    }
    await room.clock.sleep(BUSY_REST_MS, signal);
  }
}
