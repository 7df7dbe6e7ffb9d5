/** What must be true of a world when everything in it is over. */
import { assembled } from "./checks.ts";
import { digestOf } from "./content.ts";
import type { Recording } from "./recording.ts";
import type { KnownTake } from "./takes.ts";
import type { World } from "./world.ts";

/** Looks at every recording, every take and every asset. */
export function checkEnd(world: World): void {
  checkDevice(world);
  for (const recording of world.recordings) checkRecording(world, recording);
  checkStrays(world);
  for (const take of world.takes.values()) checkCancelled(world, take);
}

/** What was given up is not in Frame.io as if it were whole. */
function checkCancelled(
  world: World,
  { cancelledAtMs, assetId, path, finalized }: KnownTake,
): void {
  if (cancelledAtMs === null) return;
  const asset = world.service.assets.find(({ id }) => id === assetId);
  if (finalized !== null || asset?.isAssembling) {
    world.violate(`${path} was cancelled, and is whole`);
  }
}

/** The newest take of a recording holds its file, byte for byte. */
function checkRecording(world: World, recording: Recording): void {
  const { path, recorder } = recording;
  const file = world.files.at(path);
  const sizeBytes = file?.content.sizeBytes ?? 0;
  const take = [...world.takes.values()].filter((take) => take.path === path).at(-1);
  if (file === undefined || sizeBytes === 0) return;
  if (take === undefined) return world.violate(`${path} was never taken up`);
  const asset = world.service.assets.find(({ id }) => id === take.assetId);
  if (asset === undefined || take.finalized === null || !take.verified) {
    return world.violate(`${path} (${recorder.name}) was never finalized`);
  }
  if (asset.totalBytes !== take.finalized.sizeBytes) world.violate(`${path}: another total`);
  if (take.finishAskedBytes !== null) {
    if (recording.reopenedAtMs !== null) return; // what was asked for may be overwritten since
    // A recording that was cut before it was finalized has fewer; somebody may have added to it since.
    const wasCut = file.cuts > 0 && take.finalized.sizeBytes < take.finishAskedBytes;
    if (asset.totalBytes !== take.finishAskedBytes && !wasCut) {
      world.violate(`${path}: not what was asked for`);
    }
    // The recorder may have gone on to rewrite what had been sent.
    if (recording.changedAtMs > (take.ended?.atMs ?? 0)) return;
  }
  const held = digestOf(assembled(asset));
  if (held !== digestOf(file.content.slice(0, asset.totalBytes ?? 0))) {
    world.violate(`${path} (${recorder.name}): the asset holds other bytes than the file`);
  }
  if (take.finishAskedBytes === null && asset.totalBytes !== sizeBytes) {
    world.violate(`${path} (${recorder.name}): ${asset.totalBytes} of ${sizeBytes} bytes`);
  }
  if ([...asset.parts.values()].some(({ stored }) => stored === null)) {
    world.violate(`${path}: a registered part was never sent`);
  }
}

/** Calls of one process that may be turned away before it knows a limit: one for each kind of call. */
const MOST_UNLEARNT = 4;

/** Where nothing goes wrong, no token ends in use, none is spent twice, and no limit is met twice. */
function checkDevice({ plan, service: { device }, faults, violate }: World): void {
  if (device === null) return;
  const isCalm = plan.spells.every(({ kind }) => kind === "clear") &&
    plan.deeds.every((deed) => deed.do === "finish" || deed.do === "second_process") &&
    plan.recordings.every(({ atFinal }) => (atFinal?.crashMs ?? null) === null);
  if (!isCalm || plan.disk.full !== null || plan.disk.journalFaults.length > 0) return;
  if (faults.has("token: a spent refresh token")) violate("a refresh token is spent twice");
  if (device.turnedAway.token > 0) violate(`${device.turnedAway.token} calls with an ended token`);
  if (device.turnedAway.limit > MOST_UNLEARNT * plan.recordings.length) {
    violate(`${device.turnedAway.limit} calls beyond the limit`);
  }
}

/** Assets that no take knows of have no parts: they are placeholders of lost answers. */
function checkStrays(world: World): void {
  const known = new Set(
    [...world.takes.values()].flatMap(({ assetId, formerAssets }) => [
      assetId,
      ...formerAssets.map((former) => former.assetId),
    ]),
  );
  const strays = world.service.assets.filter(({ id }) => !known.has(id));
  if (strays.some(({ parts }) => parts.size > 0)) world.violate("parts in an asset of no take");
  const unanswered = [...world.takes.values()]
    .reduce((sum, take) => sum + take.unansweredCreates, 0);
  const repeated = world.faults.get("lossy: api twice") ?? 0;
  if (strays.length > unanswered + repeated) {
    world.violate(`${strays.length} assets without a word, ${unanswered} answers were lost`);
  }
}
