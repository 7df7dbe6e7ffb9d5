import { type Desk, stamp } from "./desk.ts";
import { changedLate } from "./finalize.ts";
import { partOf, rangeOf } from "./state.ts";

/** Reads a stored part again and compares it with what was sent. */
export async function verify(desk: Desk, number: number, signal: AbortSignal): Promise<void> {
  const { room, source, state } = desk;
  // What held when the reading began: a change meanwhile makes it void.
  const at = stamp(desk);
  const { digest } = partOf(state, number);
  const now = await room.digests.digest(source, rangeOf(state, number), signal);
  if (now === digest) desk.verifiedAt.set(number, at);
  // What was read while the recording changed, or while its media moved, says nothing: once more.
  else if (at !== stamp(desk)) return;
  else if (state.finalized === null) desk.fact({ type: "part.changed", number });
  else throw changedLate(desk);
}
