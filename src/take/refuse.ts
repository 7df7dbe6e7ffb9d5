import { Limit, Rejected } from "../errors.ts";
import { MAX_FILE_BYTES } from "../parts/limits.ts";
import type { Desk } from "./desk.ts";
import type { Sight } from "./sight.ts";

/**
 * Stops a take whose recording can never become an asset, whatever is tried.
 *
 * @throws Rejected if its asset lies behind another way in.
 * @throws Limit for more than Frame.io takes, or for a recording that ended without a byte.
 */
export function refuseUnusable({ state, room }: Desk, sight: Sight): void {
  const { facts: { sizeBytes }, judgement } = sight;
  const route = state.asset.at === "created" ? state.asset.route : null;
  if (route !== null && route !== room.routeName && !state.completed) {
    throw new Rejected(
      `Cannot go on with ${state.name}: its asset was begun by ${route}, and this is ` +
        `${room.routeName}. Run it as it was begun, or cancel that take first`,
      0,
    );
  }
  if (sizeBytes > MAX_FILE_BYTES) {
    throw new Limit(
      `Cannot upload ${state.name}: it has ${sizeBytes} bytes, Frame.io takes at most 5 TiB`,
    );
  }
  // By the operator's word alone it has not ended, now that it was emptied: decide.ts takes that word back.
  const hasEnded = judgement.is === "ended" && judgement.by !== "operator";
  if (hasEnded && sizeBytes === 0 && state.finalized === null) {
    throw new Limit(
      `Cannot finish ${state.name}: its file was emptied, by whoever records under that name next ` +
        "or by hand. What was stored of it stays in an asset that is not complete",
    );
  }
}
