/**
 * What the program promises, looked at while it happens. What is checked at the end of a world is in
 * end_checks.ts, the rules of the wire in service.ts.
 */
import type { PublishedEvent } from "../../src/events.ts";
import type { NewRow } from "../../src/runtime/event_store.ts";
import { viewOf } from "../../src/control/view_of.ts";
import type { TakeView } from "../../src/control/view.ts";
import type { ByteRange } from "../../src/recording/range.ts";
import { digestOf, type Run } from "./content.ts";
import { createEventChecks } from "./event_checks.ts";
import type { SimFile } from "./files.ts";
import { createJournalChecks } from "./journal_checks.ts";
import type { Life } from "./life.ts";
import {
  checkOperatedRow,
  createOperationChecks,
  type OperationChecks,
} from "./operation_checks.ts";
import { mostLanes } from "./plan.ts";
import type { Process } from "./process.ts";
import { checkReason, unseenMs } from "./reasons.ts";
import { SECRET_MARK, type ServiceAsset } from "./service.ts";
import { know, type KnownTake } from "./takes.ts";
import { recordingAt, type World } from "./world.ts";

/** Hooks that a process calls. */
export interface Checks {
  /** A row has reached the disk. */
  row(row: NewRow): void;
  /** An event is told to everyone who looks on. */
  event(event: PublishedEvent): void;
  putBegins(url: string, range: ByteRange, runs: () => Run[]): void;
  /** A range was read whole, to be compared. @param beganMs World time. */
  read(file: SimFile, range: ByteRange, beganMs: number): void;
  /** What an operator's word forbids one process. */
  operations(life: Life): OperationChecks;
  /** Everything is quiet between two steps. */
  step(process: Process): void;
}

/** Longest time that one look may take, in milliseconds. */
const LOOK_MS = 5000;

/** How often the view is compared with the truth: it costs more than all else. */
const STEPS_A_VIEW = 40;

/** Sleeps of one take: its own, and one of the asset's confirmation or of a look at what is stored. */
const TIMERS_A_TAKE = 4;

/** Parts that may be registered and not yet stored, for each lane (take/decide.ts). */
const PARTS_A_LANE = 4;

export function createChecks(world: World): Checks {
  const { takes, service, files, log, violate, schedule, plan } = world;
  /** When a process first told how far a take is behind. */
  const lookedSince = new Map<string, number>();
  /** Since when it tells of too little. */
  const lyingSince = new Map<string, number>();
  let steps = 0;
  const lanes = mostLanes(plan);
  const journalChecks = createJournalChecks(world);
  const eventChecks = createEventChecks(world);

  function checkFact(take: KnownTake, event: ReturnType<typeof know>["event"]): void {
    switch (event.type) {
      case "asset.created":
        if (!service.assets.some(({ id }) => id === event.assetId)) violate("asset out of nothing");
        break;
      case "part.stored": {
        const stored = partOf(take, event.number)?.stored;
        // Nobody knows what went as the final part where its answer was lost and the file changed.
        const isUnknown = take.planned.get(event.number)?.isFinal &&
          (event.digest === "" || take.finishAskedBytes !== null);
        if (stored?.digest !== event.digest && !isUnknown) {
          violate(`part ${event.number} counts as stored, but the storage holds other bytes`);
        }
        break;
      }
      case "asset.abandoned":
        checkReason(world, take, event.reason);
        break;
      case "recording.ended":
        checkEnd(take);
        break;
      case "take.finalized":
        checkFinalized(take);
        break;
      case "take.verified":
        checkVerified(take);
        break;
    }
  }

  const assetOf = (take: KnownTake) => service.assets.find(({ id }) => id === take.assetId);
  const partOf = (take: KnownTake, number: number) => assetOf(take)?.parts.get(number);

  /** A take ends by evidence alone. */
  function checkEnd({ path, fileId, ended }: KnownTake): void {
    const { recorder, hasDied, hasAllMedia, reopenedAtMs } = recordingAt(world, path);
    // What a look said of the recording before may be told when the next one has begun.
    const isFresh = reopenedAtMs !== null && schedule.nowMs - reopenedAtMs < LOOK_MS;
    const isOpen = (files.ofId(fileId)?.writers ?? 0) > 0 && !isFresh;
    const hasEndedWell = !isOpen && !hasDied;
    const { by, finishedByRecorder } = ended!;
    if (by === "container" && isOpen && !recorder.looksFinalEarly) {
      violate(`${path} ended by its container while its recorder has it open`);
    }
    if (by === "writer_gone" && isOpen) violate(`${path}: its writer is there`);
    const isOpenInItsBytes = recorder.hasEndRule && !recorder.isUndecidableWhileOpen &&
      !(recorder.isUndecidableAtStop && hasAllMedia());
    if (by === "idle" && isOpen && isOpenInItsBytes) {
      violate(`${path} ended by silence while its recorder has it open`);
    }
    const isFinished = by === "container" && !recorder.looksFinalEarly;
    if (isFinished && hasDied) {
      violate(`${path} counts as finished by a recorder that died`);
    }
    const isForced = by === "abandoned" || by === "writer_gone";
    if (isForced && finishedByRecorder && isOpenInItsBytes && !hasEndedWell) {
      violate(`${path} is not marked as unfinished`);
    }
  }

  /** Everything registered is stored, and the total is what was registered. */
  function checkFinalized(take: KnownTake): void {
    const asset = assetOf(take);
    const parts = [...asset?.parts.values() ?? []];
    if (parts.some(({ stored }) => stored === null)) violate("finalized without all its parts");
    if (asset?.totalBytes !== take.finalized!.sizeBytes) violate("finalized with another total");
    if (take.ended === null) violate("finalized without an end");
  }

  /** What is called verified equals the file, but for what happened in the last moments. */
  function checkVerified(take: KnownTake): void {
    const file = files.ofId(take.fileId);
    const asset = assetOf(take);
    if (asset === undefined || file === undefined) return violate("verified without asset or file");
    if (schedule.nowMs - file.changedAtMs < unseenMs(world)) return;
    // By the operator's word its recorder may go on to rewrite what was read again.
    const isByWord = take.finishAskedBytes !== null;
    if (isByWord && file.changedAtMs > (take.ended?.atMs ?? 0)) return;
    if (!isByWord && file.content.sizeBytes !== asset.totalBytes) {
      violate(`${take.path} has grown after it had been finalized, and nobody told`);
    }
    if (digestOf(assembled(asset)) !== digestOf(file.content.slice(0, asset.totalBytes ?? 0))) {
      violate(`${take.path} is called verified, but its asset holds other bytes`);
    }
  }

  function checkSecrets(where: string, text: string): void {
    if (text.includes(SECRET_MARK)) violate(`a secret stands in ${where}: ${text}`);
  }

  /** Views never say more than is true. */
  function checkViews(process: Process): void {
    for (const shown of process.studio.shown()) {
      const view = viewOf(shown);
      checkSecrets("a view", JSON.stringify(view));
      const take = takes.get(view.id);
      if (take === undefined) continue;
      let acknowledgedBytes = 0;
      for (const part of assetOf(take)?.parts.values() ?? []) {
        if (part.stored !== null) acknowledgedBytes += part.sizeBytes;
      }
      if (view.storedBytes > acknowledgedBytes && view.assetId === take.assetId) {
        violate(`${view.storedBytes} bytes shown as stored, ${acknowledgedBytes} are acknowledged`);
      }
      if (take.cancelledAtMs !== null && keptUrls(world, take.id).size > 0) {
        violate("URLs of a cancelled take are kept");
      }
      if (view.phase === "finalized" && !take.verified) violate("shown as finalized, not verified");
      checkBehind(process, take, view);
    }
  }

  /** What is shown as lag is at least the time since the recorder outgrew what is stored. */
  function checkBehind({ life }: Process, take: KnownTake, view: TakeView): void {
    const file = files.ofId(take.fileId);
    const { storedBytes, behindSeconds, recordedBytes } = view;
    if (behindSeconds === null || file === undefined || life.frozenUntilMs > 0) return;
    // A process can tell only of the time since it looks, and of what it has seen.
    const key = `${life.bornMs} ${take.id} ${take.assetId}`;
    const sinceMs = lookedSince.get(key) ?? schedule.nowMs;
    lookedSince.set(key, sinceMs);
    const outgrown = file.growth.find(({ sizeBytes }) => sizeBytes > storedBytes);
    if (outgrown === undefined || recordedBytes <= storedBytes) {
      lyingSince.delete(key);
      return;
    }
    const truthMs = schedule.nowMs - Math.max(outgrown.atMs, sinceMs);
    const { slowMs, staleMs, failing } = plan.disk;
    // A view is made of the last look, and on a slow disk one look reads hundreds of headers.
    const lookMs = 1000 + 600 * slowMs;
    const unseenMs = lookMs + 2 * (staleMs ?? 0) + failing.untilMs - failing.fromMs;
    if (behindSeconds * 1000 >= truthMs - unseenMs) lyingSince.delete(key);
    else if (!lyingSince.has(key)) lyingSince.set(key, schedule.nowMs);
    else if (schedule.nowMs - lyingSince.get(key)! > lookMs) {
      violate(`${behindSeconds} s behind is shown, ${truthMs / 1000} s is the truth`);
    }
  }

  return {
    row(row) {
      checkSecrets("the journal", row.event);
      log.note(`row ${row.takeId} ${row.event}`);
      const { take, event } = know(takes, row, schedule.nowMs);
      if ((row.url !== null) !== (event.type === "part.registered")) violate("a URL out of place");
      if (event.type === "part.stored" && keptUrls(world, take.id).has(event.number)) {
        violate(`the URL of part ${event.number} is kept after it was stored`);
      }
      checkFact(take, event);
      journalChecks.row(take, event);
      checkOperatedRow(world, take, event);
      eventChecks.row(row);
    },
    event(event) {
      const text = JSON.stringify(event);
      checkSecrets("an event", text);
      log.note(text);
      eventChecks.event(event);
    },
    read: journalChecks.read,
    operations: (life) => createOperationChecks(world, life),
    putBegins(url, { start, end }, runs) {
      const found = service.partOfUrl(url);
      if (found === null) return;
      const { asset, part } = found;
      const take = [...takes.values()].find(({ assetId }) => assetId === asset.id);
      if (take === undefined || !take.started.has(part.number)) {
        violate(`PUT of part ${part.number} before it was written down`);
      } else if (take.stored.get(part.number) === digestOf(runs())) {
        violate(`part ${part.number} is sent again, though its bytes are stored`);
      }
      if (end - start !== part.sizeBytes) violate(`PUT of ${end - start} bytes`);
      if (take !== undefined) journalChecks.putBegins(take, { start, end });
    },
    step(process) {
      const { life, sends } = process;
      const mostTimers = TIMERS_A_TAKE * world.recordings.length + 4 * lanes + 8;
      const busyLanes = process.busyLanes();
      if (sends.count > busyLanes) violate(`${sends.count} PUTs in ${busyLanes} lanes`);
      if (schedule.pending(life) > 4 * mostTimers) violate(`${schedule.pending(life)} timers`);
      if (++steps % STEPS_A_VIEW !== 0 || life.isDead) return;
      checkViews(process);
      process.checkOperations();
      for (const take of takes.values()) {
        const open = take.registered.size - take.storedOnce.size;
        if (open > 2 * PARTS_A_LANE * lanes + 2 && take.ended === null) {
          violate(`${open} parts are registered and not stored`);
        }
      }
    },
  };
}

/** What the storage holds of an asset, in the order of its parts. */
export function assembled({ parts }: ServiceAsset): Run[] {
  return [...parts.values()].sort((a, b) => a.number - b.number)
    .flatMap(({ stored }) => stored?.runs ?? []);
}

function keptUrls({ folder }: World, takeId: string): Set<number> {
  const kept = new Set<number>();
  for (const row of folder.rows) {
    if (row.takeId === takeId && row.url !== null) kept.add(row.part!);
  }
  return kept;
}
