import { dirname } from "@std/path";
import { Limit, Unavailable } from "../errors.ts";
import { unknown } from "../containers/unknown.ts";
import { judge, type Judgement, observe, type Observed } from "../recording/settle.ts";
import type { FileFacts, RecordingSource } from "../runtime/disk.ts";
import type { Writers } from "../runtime/writers.ts";
import type { TakeRoom } from "./desk.ts";
import type { Past } from "./past.ts";
import { POLL_MS } from "./take.ts";
import type { Wake } from "./wake.ts";
import type { Target } from "./watch.ts";

/** How often it is asked who writes to an empty file, in milliseconds; see sight.ts. */
const WRITERS_EVERY_MS = 2000;

/**
 * Waits until there is a recording with at least one byte. Some recorders create a file, delete it
 * and create it again before they write: only the file that has the name counts.
 *
 * @param past Recordings that are in hand or dealt with.
 * @param own `onNothing` is told whether a file has the name of which there is nothing to take up, as one
 * that is empty; `onWait` what is in the way, or null; `isEnough` ends it.
 * @returns Null when it was ended; Limit for a recording that ended without a byte.
 */
export async function firstBytes(
  room: TakeRoom,
  target: Target,
  past: Past,
  wake: Wake,
  signal: AbortSignal,
  { onNothing, onWait, isEnough }: {
    readonly onNothing: (isThere: boolean) => void;
    readonly onWait: (trouble: string | null) => void;
    readonly isEnough: () => boolean;
  },
): Promise<RecordingSource | Limit | null> {
  const { clock, disk } = room;
  let observed: Observed | null = null;
  let askedAtMs = -Infinity;
  while (!signal.aborted && !isEnough()) {
    try {
      const facts = await disk.stat(target.path, signal);
      if (facts !== null && facts.kind !== "file") {
        return new Limit(`Cannot upload ${target.path}: it is not a file. Name a recording's file`);
      }
      const isDone = facts !== null && past.has(facts);
      let isThere = facts !== null;
      if (facts !== null && facts.sizeBytes > 0 && !isDone) {
        const source = await disk.open(target.path, signal);
        if (source !== null) return source;
        isThere = false;
      }
      onNothing(isThere);
      onWait(facts === null ? await whyMissing(room, target.path, signal) : null);
      if (facts === null || isDone) observed = null;
      else {
        const moment = { nowMs: clock.now(), monotonicMs: clock.monotonicMs() };
        observed = observe(observed, facts, "open", moment);
        const isGrowing = (await judgeEmpty(room, facts, observed, "unknown")).is === "growing";
        if (!isGrowing && clock.monotonicMs() - askedAtMs >= WRITERS_EVERY_MS) {
          askedAtMs = clock.monotonicMs();
          const writers = await disk.writers(target.path, facts.fileId);
          if ((await judgeEmpty(room, facts, observed, writers)).is === "ended") {
            return new Limit(
              `Cannot upload ${target.name}: it has 0 bytes and nothing happens to it, and Frame.io ` +
                "takes no empty file. Check the recorder",
            );
          }
        }
      }
    } catch (error) {
      if (!signal.aborted) onWait(messageOf(error, target.path));
    }
    await wake.rest(POLL_MS, signal).catch(() => {});
  }
  return null;
}

/** A recording that is not there yet is as it should be; a folder that is not there is a slip, or a card. */
async function whyMissing(
  { disk }: TakeRoom,
  path: string,
  signal: AbortSignal,
): Promise<string | null> {
  const folder = dirname(path);
  if (await disk.stat(folder, signal) !== null) return null;
  return `Cannot find the folder ${folder}. Check the path, or connect its drive: as soon as the ` +
    "folder is there, this goes on by itself";
}

/** What is to be thought of an empty file. */
async function judgeEmpty(
  { clock, quiet }: TakeRoom,
  facts: FileFacts,
  observed: Observed,
  writers: Writers,
): Promise<Judgement> {
  const moment = { nowMs: clock.now(), monotonicMs: clock.monotonicMs() };
  const look = await unknown.inspect(() => Promise.resolve(0), 0);
  const { settleMs } = look;
  const evidence = { observed, facts, look, settleMs, moment, writers };
  return judge({ ...evidence, finishAsked: false, deleted: false, onNetwork: false }, quiet);
}

function messageOf(error: unknown, path: string): string {
  if (error instanceof Unavailable) return error.message;
  return `Cannot read ${path}: ${(error as Error).message}. Check its permissions`;
}
