/** What is written down, and when: the order that a crash at any moment relies on. */
import type { DurableEvent } from "../../src/events.ts";
import type { ByteRange } from "../../src/recording/range.ts";
import { digestOf, type Run } from "./content.ts";
import type { SimFile } from "./files.ts";
import { unseenMs } from "./reasons.ts";
import type { KnownTake } from "./takes.ts";
import { recordingAt, type World } from "./world.ts";

/** Hooks of the journal's checks. */
export interface JournalChecks {
  /** A row has reached the disk; its take is as it is with it. */
  row(take: KnownTake, event: DurableEvent): void;
  /** A range of a file was read whole, to compare it. @param beganMs World time. */
  read(file: SimFile, range: ByteRange, beganMs: number): void;
  putBegins(take: KnownTake, range: ByteRange): void;
}

/** Bounds of the parts that are declared while a recording grows (parts/limits.ts). */
const LEAST_PART_BYTES = 5 * 1024 * 1024;
const MOST_PART_BYTES = 5_368_709_120;
const SHARE = 1 / 1000;

/** Parts beyond this number may be of any size: the numbers run out. */
const LAST_FREE_NUMBER = 9_900;

/** How long a file stands still before it may count as ended (containers.md; nfs(5), acregmin). */
const LEAST_SETTLE_MS = 1_900;
const LEAST_NETWORK_SETTLE_MS = 9_900;

/** Files whose end mark is written by one last write: they settle sooner than anybody could tell. */
const QUICK = /\.(mov|mp4|mkv|webm|flv)$/;

/** Room is allocated in blocks of this size (recording/data_frontier.ts). */
const ZERO_BLOCK_BYTES = 64 * 1024;

/** Front of a MOV up to the name of its second box, in bytes: an index in front changes that. */
const FRONT_BYTES = 40;

/** Number of the head part. */
const HEAD = 1;

/** Reads of one look and of the final part's digest, at most. */
const MOST_READS = 40;

export function createJournalChecks(world: World): JournalChecks {
  const { takes, service, files, schedule, plan, violate } = world;
  const planned = new Set<string>();
  /** Sizes of the head parts, by take: their place is kept free before they are registered. */
  const heads = new Map<string, number>();
  /** Assets that parts were planned in. */
  const asked = new Set<string>();
  const changedLate = new Set<string>();
  /** When the first PUT of the final part began, by asset. */
  const finalBeganMs = new Map<string, number>();
  /** By asset and number, and by file and range. */
  const storedAtMs = new Map<string, number>();
  const readAtMs = new Map<string, number>();
  /** Digest of the file's front when the last PUT of a part began, by asset and number. */
  const fronts = new Map<string, string>();
  const { timeGrainMs, staleMs, slowMs } = plan.disk;
  /** The file is looked at just before the final part goes: only what comes during that goes unseen. */
  const lookAndReadMs = staleMs === null ? 10 + MOST_READS * slowMs + timeGrainMs : unseenMs(world);

  const assetOf = (take: KnownTake) => service.assets.find(({ id }) => id === take.assetId);
  const stillMs = (file: SimFile) => schedule.nowMs - file.changedAtMs;

  /**
   * Every part was read again since it was stored, and since the file is as it is.
   *
   * @param mostUnseenMs How long a change may not have been seen yet.
   */
  function checkReadAgain(
    take: KnownTake,
    what: string,
    finalToo: boolean,
    mostUnseenMs = unseenMs(world),
  ): void {
    const file = files.ofId(take.fileId);
    // By the operator's word the take is the bytes up to then, wherever they are moved later.
    if (file === undefined || take.finishAskedBytes !== null) return;
    const isFixed = stillMs(file) < mostUnseenMs;
    for (const { number, isFinal, range: { start, end } } of placesOf(take)) {
      if (isFinal && !finalToo) continue;
      const beganMs = readAtMs.get(`${file.id} ${start}-${end}`) ?? -Infinity;
      const storedMs = storedAtMs.get(`${take.assetId} ${number}`) ?? Infinity;
      if (beganMs >= Math.max(storedMs, isFixed ? 0 : file.changedAtMs)) continue;
      return violate(`${what}, but part ${number} was not read again`);
    }
  }

  function placesOf(take: KnownTake) {
    const parts = [...assetOf(take)?.parts.values() ?? []].sort((a, b) => a.number - b.number);
    let start = parts[0]?.number === HEAD ? 0 : heads.get(take.id) ?? 0;
    return parts
      .map((part) => ({ ...part, range: { start, end: start += part.sizeBytes } }));
  }

  function checkPlanned(take: KnownTake, event: DurableEvent & { type: "part.planned" }): void {
    const { number, sizeBytes, isFinal } = event;
    const key = `${take.assetId} ${number}`;
    if (planned.has(key)) violate(`part ${number} is planned a second time`);
    planned.add(key);
    if (assetOf(take)?.parts.has(number)) {
      violate(`part ${number} was registered before it was written down`);
    }
    if (isFinal) {
      if (take.ended === null) violate("the final part is registered before the end");
      checkReadAgain(take, "the final part is registered", false);
    }
    if (isFinal || number === HEAD) {
      const others = [...take.planned.keys()].filter((other) => other !== number);
      const missing = others.find((other) => !take.stored.has(other));
      if (missing !== undefined) {
        violate(`part ${number} is registered while part ${missing} is not stored`);
      }
    } else if (number < LAST_FREE_NUMBER) {
      let beforeBytes = 0;
      for (const [lower, part] of take.planned) if (lower < number) beforeBytes += part.sizeBytes;
      // The head's size is not known here, and the last piece of a remainder is up to twice as large.
      const mostBytes = 2 * Math.max(LEAST_PART_BYTES, SHARE * (beforeBytes + LEAST_PART_BYTES));
      // What is left at the end is cut anew; it is less than two parts.
      const leftBytes = (files.ofId(take.fileId)?.content.sizeBytes ?? 0) - beforeBytes;
      const isEnd = leftBytes < heads.get(take.id)! + mostBytes || take.finishAskedBytes !== null;
      const leastBytes = isEnd ? 0 : Math.min(Math.floor(SHARE * beforeBytes), MOST_PART_BYTES);
      if (sizeBytes > mostBytes || sizeBytes < leastBytes) {
        violate(`part ${number} takes ${sizeBytes} bytes`);
      }
    }
  }

  /** A recording whose take is in the journal goes on with it, or is left alone. */
  function checkStarted(take: KnownTake): void {
    const file = files.ofId(take.fileId);
    const before = [...takes.values()]
      .filter(({ id, path }) => id !== take.id && path === take.path).at(-1);
    if (before === undefined || before.fileId !== take.fileId || file === undefined) return;
    if (changedLate.has(before.id) || before.cancelledAtMs !== null) return;
    if (before.finalized !== null) {
      if (stillMs(file) < unseenMs(world)) return;
      const modifiedMs = Math.floor(file.modifiedMs / timeGrainMs) * timeGrainMs;
      const isAsItWas = before.finalized.sizeBytes === file.content.sizeBytes &&
        before.finalized.modifiedMs === modifiedMs;
      if (isAsItWas) violate("a recording that was finalized is taken up once more");
      return;
    }
    const stored = placesOf(before).filter(({ number }) =>
      number !== HEAD && before.stored.has(number)
    );
    const isThere = ({ number, range }: { number: number; range: ByteRange }) =>
      digestOf(file.content.slice(range.start, range.end)) === before.stored.get(number);
    if (stored.length === 0 || (isThere(stored[0]!) && isThere(stored.at(-1)!))) {
      violate("a take whose parts are all there is begun anew");
    }
  }

  /** Nothing ends before it has stood still for a moment; on a network volume that is longer. */
  function checkSettled({ path, fileId, ended }: KnownTake): void {
    const file = files.ofId(fileId);
    if (file === undefined || ended?.by === "operator") return;
    if (staleMs === null && QUICK.test(path)) return;
    if (plan.deeds.some((deed) => deed.do === "freeze")) return; // amid a look it makes that longer
    // A write that left the file's time as it was has not been seen.
    const leastMs = (staleMs === null ? LEAST_SETTLE_MS : LEAST_NETWORK_SETTLE_MS) - timeGrainMs;
    if (ended?.by === "deleted" && file.linkCount > 0) violate(`${path} was never deleted`);
    if (stillMs(file) > unseenMs(world) && stillMs(file) < leastMs) {
      violate(`${path} ended (${ended?.by}) ${stillMs(file)} ms after it was written`);
    }
  }

  /** What is told as changed after its final part was changed after that had begun to go. */
  function checkChangedLate({ path, fileId, assetId }: KnownTake): void {
    const file = files.ofId(fileId);
    const beganMs = finalBeganMs.get(`${assetId}`);
    if (file === undefined || beganMs === undefined) return;
    if (file.changedAtMs + unseenMs(world) < beganMs) {
      violate(`${path} was not changed, but told so`);
    }
  }

  /** A part whose bytes have only moved keeps what is stored of it. */
  function checkChanged(take: KnownTake, number: number): void {
    const file = files.ofId(take.fileId);
    const part = placesOf(take).find((part) => part.number === number);
    if (number === HEAD || file === undefined || part?.stored == null) return;
    if (take.finishAskedBytes !== null) return; // the take is what lay there at that moment
    const place = placeOf(file, part.stored.runs);
    // In front of its place it was read while it was being moved, before anything showed that.
    if (place === null || place <= part.range.start) return;
    const there = digestOf(file.content.slice(place, place + part.sizeBytes));
    if (there === part.stored.digest) {
      violate(`part ${number} counts as changed, but its bytes have only moved to ${place}`);
    }
  }

  /** While it is recorded, nothing goes from where a file is allocated and not written yet. */
  function checkZeros({ fileId, path, ended }: KnownTake, { end }: ByteRange): void {
    const file = files.ofId(fileId);
    if (ended !== null || file === undefined || file.writers === 0) return;
    const { recorder, reopenedAtMs } = recordingAt(world, path);
    // A file that is allocated anew between two looks is found out by reading it again after the end.
    if (recorder.looksFinalEarly || reopenedAtMs !== null) return;
    const { sizeBytes } = file.content;
    const last = file.content.slice(0, sizeBytes).at(-1)!;
    if (last.origin !== null || last.sizeBytes < 2 * ZERO_BLOCK_BYTES) return;
    const writtenBytes = sizeBytes - last.sizeBytes;
    if (end > writtenBytes + ZERO_BLOCK_BYTES) {
      violate(`${path}: zeros go before the take has ended`);
    }
  }

  const frontOf = ({ fileId }: KnownTake) =>
    digestOf(files.ofId(fileId)?.content.slice(0, FRONT_BYTES) ?? []);

  /**
   * A part that was read while the media moved holds two layouts: nobody keeps it, if the front of the
   * file told of the move meanwhile.
   */
  function checkTorn(take: KnownTake, number: number): void {
    if (fronts.get(`${take.assetId} ${number}`) === frontOf(take)) return;
    const { runs = [] } = assetOf(take)?.parts.get(number)?.stored ?? {};
    const isTorn = runs.some(({ origin }, i) => {
      const before = runs[i - 1];
      if (before?.origin == null || origin === null) return false;
      if (!("media" in origin) || !("media" in before.origin)) return false;
      return origin.from !== before.origin.from + before.sizeBytes;
    });
    if (isTorn && number !== HEAD) violate(`part ${number} is stored torn`);
  }

  return {
    putBegins: checkZeros,
    row(take, event) {
      switch (event.type) {
        case "take.started":
          return checkStarted(take);
        case "head.fixed":
          heads.set(take.id, event.headBytes);
          return;
        case "recording.shifted":
          heads.set(take.id, heads.get(take.id)! + event.byBytes);
          return;
        case "asset.abandoned":
          if (/no new upload URL/.test(event.reason) && !asked.has(event.assetId)) {
            violate(`asset ${event.assetId} is left before anything was asked of it`);
          }
          return;
        case "part.planned":
          asked.add(take.assetId!);
          return checkPlanned(take, event);
        case "part.started":
          fronts.set(`${take.assetId} ${event.number}`, frontOf(take));
          if (take.planned.get(event.number)?.isFinal) {
            const key = `${take.assetId}`;
            finalBeganMs.set(key, finalBeganMs.get(key) ?? schedule.nowMs);
            checkReadAgain(take, "the final part goes", false, lookAndReadMs);
          }
          return;
        case "part.stored":
          storedAtMs.set(`${take.assetId} ${event.number}`, schedule.nowMs);
          return checkTorn(take, event.number);
        case "part.changed":
          return checkChanged(take, event.number);
        case "recording.ended":
          return checkSettled(take);
        case "asset.completed":
          if (assetOf(take)?.completedAtMs == null) violate("told as complete, and it is not");
          return;
        case "take.verified":
          return checkReadAgain(take, "called verified", true);
        case "recording.changed_after_final":
          changedLate.add(take.id);
          return checkChangedLate(take);
      }
    },
    read(file, { start, end }, beganMs) {
      readAtMs.set(`${file.id} ${start}-${end}`, beganMs);
    },
  };
}

/** Where bytes of a part lie in a file by now, or null if its media are nowhere. */
function placeOf(file: SimFile, runs: readonly Run[]): number | null {
  let offset = 0;
  for (const { sizeBytes, origin } of runs) {
    if (origin !== null && "media" in origin) {
      let at = 0;
      for (const run of file.content.slice(0, file.content.sizeBytes)) {
        const there = run.origin;
        if (there !== null && "media" in there && there.media === origin.media) {
          const into = origin.from - there.from;
          if (into >= 0 && into < run.sizeBytes) return at + into - offset;
        }
        at += run.sizeBytes;
      }
      return null;
    }
    offset += sizeBytes;
  }
  return null;
}
