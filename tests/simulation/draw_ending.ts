/**
 * Worlds in which most happens around the final part: once it is in, nothing can be mended, so what goes
 * wrong there is worth more seeds than the hours before it.
 */
import type { Chance } from "./chance.ts";
import { type AtFinal, type Deed, durationMs, type Plan, type RecordingPlan } from "./plan.ts";
import { MIB, MIN_HEAD_BYTES } from "../../src/parts/limits.ts";
import { planGrowing } from "../../src/parts/plan.ts";

/** Recorders that move all their media at the stop. */
const MOVERS = [
  "mp4_faststart_ffmpeg",
  "mp4_faststart_gst",
  "fmp4_global_sidx",
  "mkv_cues_to_front",
  "flv_keyframe_index",
] as const;

/** What the last piece before the final part has to spare where it is just large enough. */
const TIGHT_BYTES = 64 * 1024;

/** Has a drawn world come to a head at its end. */
export function sharpened(plan: Plan, chance: Chance): Plan {
  return chance.weigh<() => Plan>([
    [12, () => changedAround(plan, chance)],
    [6, () => finishedBeforeMove(plan, chance)],
    [3, () => waitsForItsLane(plan, chance)],
    [1, () => tight(plan, chance)],
  ])();
}

/** The answers of the final part get lost, and meanwhile the file changes. */
function changedAround(plan: Plan, chance: Chance): Plan {
  const soonMs = (share: number) => chance.happens(share) ? chance.spread(1, 2000) : null;
  const atFinal = (): AtFinal => ({
    fromStart: chance.happens(0.8),
    deafMs: chance.happens(0.7) ? chance.spread(20, 4000) : null,
    patchMs: soonMs(0.7),
    appendMs: soonMs(0.1),
    crashMs: soonMs(0.3),
  });
  const recordings = plan.recordings.map((recording) => ({ ...recording, atFinal: atFinal() }));
  return { ...plan, recordings, spells: [], deeds: chance.happens(0.7) ? [] : plan.deeds };
}

/** A take is finished by word, just before its recorder moves what the word was about. */
function finishedBeforeMove(plan: Plan, chance: Chance): Plan {
  const mediaBytes = chance.spread(8 * MIB, 60 * MIB);
  const bytesPerSecond = mediaBytes / chance.spread(2, 12);
  const recording: RecordingPlan = {
    ...plan.recordings[0]!,
    ...{ recorder: chance.pick(MOVERS), mediaBytes, bytesPerSecond, startMs: 0, pauses: [] },
    ...{ diesAtShare: null, lateChangeMs: null, againMs: null },
    atFinal: { patchMs: null, appendMs: null, crashMs: null },
  };
  const endMs = durationMs(recording);
  const finish: Deed = {
    atMs: Math.max(500, endMs - chance.spread(100, 5000)),
    do: "finish",
    recording: 0,
  };
  const uplinkBytesPerSecond = bytesPerSecond * (1 + 3 * chance.fraction());
  return {
    ...plan,
    recordings: [recording],
    deeds: [finish],
    spells: [{ untilMs: 4 * endMs, kind: "clear", severity: 0, uplinkBytesPerSecond }],
  };
}

/** The final part waits until another take's part is through, and meanwhile the file changes. */
function waitsForItsLane(plan: Plan, chance: Chance): Plan {
  const [own, ...others] = plan.recordings;
  const patchMs = chance.spread(20, 3000);
  const first = { ...own!, atFinal: { patchMs, appendMs: null, crashMs: null } };
  const long = { mediaBytes: chance.spread(60, 200) * MIB, diesAtShare: null, pauses: [] };
  const other = { ...(others[0] ?? own!), ...long, recorder: "ts", startMs: 0 };
  const bytesPerSecond = long.mediaBytes / chance.spread(4, 12);
  const uplinkBytesPerSecond = chance.spread(2 * MIB, 20 * MIB);
  return {
    ...plan,
    recordings: [first, { ...other, bytesPerSecond }],
    spells: [{ untilMs: 300_000, kind: "clear", severity: 0, uplinkBytesPerSecond }],
    deeds: [],
    lanes: 1,
  };
}

/** So long that parts are more than 5 MiB, and what is left at the end is hardly enough for two. */
function tight(plan: Plan, chance: Chance): Plan {
  const mostBytes = chance.spread(5_400, 8_000) * MIB;
  const parts = planGrowing(2, MIN_HEAD_BYTES, mostBytes, Infinity);
  const beforeBytes = parts.reduce((sum, { sizeBytes }) => sum + sizeBytes, MIN_HEAD_BYTES);
  const mediaBytes = beforeBytes + 5 * MIB + chance.whole(1, TIGHT_BYTES);
  const recording = {
    ...plan.recordings[0]!,
    ...{ recorder: "ts", mediaBytes, bytesPerSecond: mediaBytes / chance.whole(4, 60), pauses: [] },
    diesAtShare: null,
  };
  const deeds = plan.deeds.filter((deed) => deed.do !== "finish" || deed.recording === 0);
  return { ...plan, recordings: [recording], deeds, spells: [] };
}
