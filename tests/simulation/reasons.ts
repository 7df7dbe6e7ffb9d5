/** Whether the reason that a take gives for leaving an asset is true. */
import type { KnownTake } from "./takes.ts";
import type { World } from "./world.ts";

/** A second asset needs a reason, and the reason must be true of the recording or of the service. */
export function checkReason(world: World, take: KnownTake, reason: string): void {
  const file = world.files.ofId(take.fileId);
  const said = (words: RegExp) => words.exec(reason);
  if (said(/gives no new upload URL/)) {
    const refusals = [...world.faults.keys()].filter((name) => name.startsWith("refusing: api"));
    if (refusals.length === 0) world.violate(`${take.path}: nobody refused, but "${reason}"`);
  } else if (said(/this way in cannot ask/)) {
    if (world.service.device === null) world.violate(`${take.path}: it can ask, but "${reason}"`);
  } else if (said(/was cut to/)) {
    if ((file?.cuts ?? 0) === 0) world.violate(`${take.path} was never cut, but "${reason}"`);
  } else if (said(/media moved by/)) {
    if ((file?.overwrites ?? 0) === 0) world.violate(`${take.path} never moved, but "${reason}"`);
  } else if (said(/ bytes now, /)) {
    const totalBytes = Number(/, (\d+) were registered/.exec(reason)?.[1]);
    const wasOther = file?.growth.some(({ sizeBytes }) => sizeBytes > totalBytes) ||
      (file?.cuts ?? 0) > 0;
    if (!wasOther) world.violate(`${take.path} has always had that size, but "${reason}"`);
  } else world.violate(`${take.path}: an asset is left because "${reason}"`);
}

/** How long a change may go unseen: a look or two, and what the disk keeps back. */
export function unseenMs({ plan }: World): number {
  const { slowMs, staleMs, timeGrainMs } = plan.disk;
  return 600 + 20 * slowMs + (staleMs ?? 0) + timeGrainMs;
}
