import { Unavailable } from "../../src/errors.ts";
import type { Disk, FileFacts, RecordingSource } from "../../src/runtime/disk.ts";
import { FOLDER } from "./recording.ts";
import type { Chance } from "./chance.ts";
import type { Files, SimFile } from "./files.ts";
import type { Life } from "./life.ts";
import type { DiskPlan } from "./plan.ts";

/** The disk as a simulated process sees it. */
export interface TwinDisk extends Disk {
  /** The file behind an open source, for the door that reads in bulk. */
  fileOf(source: RecordingSource): SimFile;
  /** Lets the time of one access pass. @throws Unavailable if the disk is away. */
  access(signal?: AbortSignal): Promise<void>;
  /** Sources that are open. */
  openCount(): number;
}

/** Share of accesses that have to wait for a slow disk; caches answer the others. */
const SLOW_SHARE = 0.1;

/** More looks at recordings in this time are a loop that does not rest; a part brings three of its own. */
const MOST_LOOKS = 4_000;
const LOOKS_A_PART = 3;
const LOOKS_MS = 10_000;

/** Facts of one moment, which a network volume repeats for a while. */
interface Cached {
  readonly facts: FileFacts;
  readonly untilMs: number;
}

export function twinDisk(
  life: Life,
  files: Files,
  plan: DiskPlan,
  chance: Chance,
  tally: (fault: string) => void,
  violate: (what: string) => void,
  mostParts: number,
): TwinDisk {
  const { schedule } = life;
  const opened = new WeakMap<RecordingSource, SimFile>();
  const cache = new Map<SimFile, Cached>();
  const mostLooks = MOST_LOOKS + LOOKS_A_PART * mostParts;
  let openCount = 0;
  let span = 0;
  let looks = 0;

  /** A take looks four times a second, when it gets a hint, and when an errand has ended. */
  function countLook(): void {
    const now = Math.floor(schedule.nowMs / LOOKS_MS);
    if (now !== span) [span, looks] = [now, 0];
    if (++looks === mostLooks) violate(`${looks} looks within ${LOOKS_MS / 1000} s`);
  }

  async function access(signal?: AbortSignal): Promise<void> {
    if (plan.slowMs > 0 && chance.happens(SLOW_SHARE)) {
      await life.pause(chance.fraction() * plan.slowMs, signal);
    }
    const { fromMs, untilMs, share } = plan.failing;
    if (schedule.nowMs < fromMs || schedule.nowMs >= untilMs || !chance.happens(share)) return;
    tally("disk: read error");
    throw new Unavailable("Cannot read the recording: input/output error", "disk");
  }

  function factsOf(file: SimFile): FileFacts {
    const cached = cache.get(file);
    if (cached !== undefined && schedule.nowMs < cached.untilMs) return cached.facts;
    const facts: FileFacts = {
      sizeBytes: file.content.sizeBytes,
      modifiedMs: Math.floor(file.modifiedMs / plan.timeGrainMs) * plan.timeGrainMs,
      bornMs: file.bornMs,
      fileId: file.id,
      linkCount: file.linkCount,
      kind: "file",
    };
    if (plan.staleMs !== null) {
      cache.set(file, { facts, untilMs: schedule.nowMs + chance.fraction() * plan.staleMs });
    }
    return facts;
  }

  function sourceOf(file: SimFile): RecordingSource {
    openCount++;
    let isOpen = true;
    const use = () => isOpen || life.isDead || violate("a recording is read after it was closed");
    const source: RecordingSource = {
      stat: () => life.pass(async () => (use(), countLook(), await access(), factsOf(file))),
      read: (start, into) =>
        life.pass(async () => (use(), await access(), file.content.read(start, into))),
      renew: () => Promise.resolve(), // no twin handle dies before its file
      close() {
        isOpen = false;
        openCount--;
        return Promise.resolve();
      },
    };
    opened.set(source, file);
    return source;
  }

  const zero = { sizeBytes: 0, modifiedMs: 0, bornMs: 0, linkCount: 1 };
  const folder: FileFacts = { ...zero, fileId: "7:0:0", kind: "folder" };
  return {
    fileOf: (source) => opened.get(source)!,
    access,
    openCount: () => openCount,
    stat: (path) =>
      life.pass(async () => {
        await access();
        if (path === FOLDER) return folder;
        const file = files.at(path);
        return file === undefined ? null : factsOf(file);
      }),
    open: (path) =>
      life.pass(async () => {
        await access();
        const file = files.at(path);
        return file === undefined ? null : sourceOf(file);
      }),
    realPath: (path) => Promise.resolve(path),
    watch(_folder, onHint, signal) {
      if (!plan.hints) return;
      let isDue = false;
      const endWatch = files.watch(() => {
        if (isDue || life.isDead) return;
        isDue = true;
        schedule.after(1, null, () => {
          isDue = false;
          if (!life.isDead && !signal.aborted) onHint();
        });
      });
      signal.addEventListener("abort", endWatch, { once: true });
    },
    isNetworkVolume: () => Promise.resolve(plan.staleMs !== null),
    writers: (_path, fileId) =>
      life.pass(async () => {
        await access();
        if (!plan.tellsWriters || plan.staleMs !== null) return "unknown";
        return (files.ofId(fileId)?.writers ?? 0) > 0 ? "some" : "none";
      }),
  };
}
