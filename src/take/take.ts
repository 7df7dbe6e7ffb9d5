/**
 * One take from its first byte to its proof: look at the recording, decide, do, rest, again.
 * Everything that is decided is decided in decide.ts; everything that is remembered goes through
 * record(), journal first.
 */
import type { DurableEvent, PassingEvent } from "../events.ts";
import { Limit, RecordingChanged, Rejected, Unavailable, UrlExpired } from "../errors.ts";
import { needsRenewal } from "../frameio/url_life.ts";
import type { RealtimeApi } from "../frameio/realtime.ts";
import type { Entry, Journal, KeptUrl } from "../journal/journal.ts";
import { MAX_FILE_BYTES } from "../parts/limits.ts";
import type { QuietPolicy } from "../recording/settle.ts";
import type { Clock } from "../runtime/clock.ts";
import type { Disk, RecordingSource } from "../runtime/disk.ts";
import type { Random } from "../runtime/random.ts";
import type { RangeDigest } from "../runtime/range_digest.ts";
import type { Lanes } from "../transfer/lanes.ts";
import { putPart } from "../transfer/put.ts";
import type { EventBus } from "./bus.ts";
import { decide, putErrand, type Scene, type Step, verifyErrand } from "./decide.ts";
import { createErrands } from "./errands.ts";
import { createMeter, type Meter } from "./meter.ts";
import { createSight, type Sight } from "./sight.ts";
import { apply, partOf, rangeOf, storedBytes, type TakeState } from "./state.ts";
import { createWake, type Wake } from "./wake.ts";

/** What every take of this process works with. */
export interface TakeRoom {
  readonly clock: Clock;
  readonly random: Random;
  readonly disk: Disk;
  readonly digests: RangeDigest;
  readonly api: RealtimeApi;
  readonly journal: Journal;
  readonly bus: EventBus;
  readonly lanes: Lanes;
  readonly quiet: QuietPolicy;
}

/** How a take came out. */
export type TakeOutcome =
  | { readonly is: "done" }
  /** Interrupted by a person; the same command goes on. */
  | { readonly is: "suspended" }
  | { readonly is: "failed"; readonly message: string };

/** What was asked of a take, and what became of the wish. */
export type FinishAnswer = "accepted" | "ended" | "empty";

/** Everything that the views are made of. */
export interface TakeSnapshot {
  readonly state: TakeState;
  readonly sight: Sight | null;
  /** Bytes handed to the connection, by part that is under way. */
  readonly sending: ReadonlyMap<number, number>;
  readonly isVerified: (partNumber: number) => boolean;
  /** What stands in the way, or null. */
  readonly trouble: string | null;
  readonly meter: Meter;
  readonly outcome: TakeOutcome | null;
}

/** A take in progress. */
export interface Take {
  /** Writes the take's beginning down, and warns of what an earlier one left unfinished. */
  started(event: DurableEvent & { type: "take.started" }, unfinishedAssetId: string | null): void;
  /** Tells that a take of an earlier run goes on. */
  resumed(): void;
  /** Carries the take to its end. Never throws: what went wrong is part of the outcome. */
  run(): Promise<TakeOutcome>;
  /** Ends the take by the operator's word, at the size that the recording has now. */
  finish(): FinishAnswer;
  /** Rouses the take: something may have happened to its recording. */
  hint(): void;
  snapshot(): TakeSnapshot;
}

/** Size and time are the truth, a watch only a hint: how often a recording is looked at, in ms. */
export const POLL_MS = 250;

/** Assets that one take may leave behind before it gives up. */
const MOST_FORMER_ASSETS = 5;

/** How often growth is told, in milliseconds. */
const GROWTH_EVERY_MS = 1000;

/** How long the service is asked whether the asset is complete, in milliseconds. */
const CONFIRM_MS = 30_000;

/**
 * A take of an opened recording. Call started() or resumed(), then run().
 *
 * @param path Where the recording lies, without links.
 * @param state What the journal knows of it.
 * @param keptUrls Presigned URLs of parts that were registered and not stored.
 */
export function createTake(
  room: TakeRoom,
  source: RecordingSource,
  path: string,
  state: TakeState,
  keptUrls: ReadonlyMap<number, KeptUrl>,
  signal: AbortSignal,
): Take {
  const { clock, bus, journal, api } = room;
  const wake: Wake = createWake(clock);
  const meter = createMeter();
  const look = createSight(room.disk, clock, source, path, room.quiet);
  const urls = new Map(keptUrls);
  const sending = new Map<number, number>();
  const verifiedAt = new Map<number, string>();
  let sight: Sight | null = null;
  let lookTrouble: string | null = null;
  let refusal: string | null = null;
  let toldGrowthMs = -Infinity;
  let told: string = "growing";
  let outcome: TakeOutcome | null = null;

  const errands = createErrands(clock, room.random, wake.ring, ({ errand, message, retryInMs }) => {
    const number = /^put (\d+)$/.exec(errand)?.[1];
    if (number === undefined) publish({ type: "service.delayed", message, retryInMs });
    else publish({ type: "part.delayed", number: Number(number), message, retryInMs });
  });

  /** Writes facts down, then believes them, then tells them. */
  function record(...entries: readonly Entry[]): void {
    journal.append(state.id, entries);
    for (const { event } of entries) {
      apply(state, event);
      bus.publish(state.id, event);
    }
  }
  const fact = (event: DurableEvent) => record({ event });
  const publish = (event: PassingEvent) => void bus.publish(state.id, event);

  /** What a verification is worth only as long as it holds. */
  function stamp(): string {
    if (state.finishAskedBytes !== null || sight === null) return "operator";
    return `${sight.facts.sizeBytes}:${sight.facts.modifiedMs}`;
  }
  const isVerified = (number: number) => verifiedAt.get(number) === stamp();

  function scene(now: Sight): Scene {
    const { look, judgement } = now;
    const sizeBytes = Math.min(now.facts.sizeBytes, state.finishAskedBytes ?? Infinity);
    return {
      sizeBytes,
      frontierBytes: judgement.is === "ended" ? sizeBytes : Math.min(sizeBytes, look.frontierBytes),
      headBytes: look.headBytes,
      mediaStart: look.mediaStart,
      judgement,
      lanes: room.lanes.count,
      busy: errands.busy,
      hasUrl(number) {
        const kept = urls.get(number);
        return kept !== undefined && !needsRenewal(kept.url, kept.receivedAtMs, clock.now());
      },
      isVerified,
    };
  }

  async function run(): Promise<TakeOutcome> {
    try {
      while (true) {
        errands.throwIfFailed();
        await lookOnce();
        if (sight !== null) {
          const steps = refusal === null
            ? decide(state, scene(sight))
            : [{ do: "abandon_asset", reason: refusal } as const];
          if (steps[0]?.do === "conclude") {
            await conclude();
            return outcome = { is: "done" };
          }
          for (const step of steps) await perform(step);
        }
        await wake.rest(Math.min(POLL_MS, errands.nextAttemptInMs() ?? POLL_MS), signal);
      }
    } catch (error) {
      outcome = signal.aborted ? suspended() : failed(error);
      return outcome;
    } finally {
      await errands.cancel();
      await source.close();
    }
  }

  async function lookOnce(): Promise<void> {
    try {
      sight = await look(state.finishAskedBytes !== null);
      lookTrouble = null;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      lookTrouble = error.message; // a drive or share that is away comes back
      sight = null;
      return;
    }
    notice(sight);
  }

  /** Tells what the look showed, and stops where nothing can be done with it. */
  function notice({ facts, look, judgement, observed }: Sight): void {
    const { sizeBytes } = facts;
    if (sizeBytes > MAX_FILE_BYTES) {
      throw new Limit(
        `Cannot upload ${state.name}: it has ${sizeBytes} bytes, Frame.io takes at most 5 TiB`,
      );
    }
    const atMs = clock.monotonicMs();
    const verified = [...state.parts.values()].filter((part) => isVerified(part.number));
    meter.note({
      atMs,
      recordedBytes: sizeBytes,
      storedBytes: storedBytes(state),
      verifiedBytes: verified.reduce((sum, part) => sum + part.sizeBytes, 0),
    });
    if (observed.sinceMs >= atMs - POLL_MS && atMs - toldGrowthMs >= GROWTH_EVERY_MS) {
      toldGrowthMs = atMs;
      publish({ type: "recording.grown", sizeBytes, verdict: look.verdict });
    }
    if (state.finalized !== null) return noticeLateChange(sizeBytes, facts.modifiedMs);
    if (judgement.is === told) return;
    told = judgement.is;
    if (judgement.is === "quiet") {
      publish({ type: "recording.quieted", quietMs: judgement.quietMs });
    } else if (judgement.is === "ended") {
      const { by, finishedByRecorder } = judgement;
      const endBytes = state.finishAskedBytes ?? sizeBytes;
      fact({ type: "recording.ended", by, sizeBytes: endBytes, finishedByRecorder });
    }
  }

  /** After finalization nothing can be mended in the asset: say so instead of reporting success. */
  function noticeLateChange(sizeBytes: number, modifiedMs: number): void {
    const final = state.finalized!;
    if (state.finishAskedBytes !== null) return; // a recorder may go on after the operator's word
    if (sizeBytes === final.sizeBytes && modifiedMs === final.modifiedMs) return;
    throw changedLate(sizeBytes);
  }

  function changedLate(sizeBytes: number): Error {
    publish({ type: "recording.changed_after_final", sizeBytes });
    return new RecordingChanged(
      `${state.name} was changed after it had been finalized as asset ${assetId()}, which holds the ` +
        `earlier bytes. Run the same command again to upload it as it is now as a new asset`,
    );
  }

  async function perform(step: Step): Promise<void> {
    switch (step.do) {
      case "create_asset":
        return errands.start("asset", createAsset);
      case "abandon_asset":
        return await abandonAsset(step.reason);
      case "fix_head":
        return fact({
          type: "head.fixed",
          headBytes: step.headBytes,
          mediaStart: step.mediaStart,
        });
      case "register":
        return errands.start("register", (signal) => register(step, signal));
      case "put":
        return errands.start(
          putErrand(step.number),
          (signal) => room.lanes.run(() => put(step.number, signal), signal),
        );
      case "verify":
        return errands.start(verifyErrand(step.number), (signal) => verify(step.number, signal));
    }
  }

  async function createAsset(signal: AbortSignal): Promise<void> {
    if (state.asset.at === "requested") {
      publish({
        type: "take.warned",
        message: `The answer to an earlier request to create ${state.name} was lost: an empty ` +
          "placeholder of that name may stand in the folder. Delete it there",
      });
    }
    fact({ type: "asset.requested" });
    const asset = await api.createAsset({ name: state.name, filetype: state.filetype }, signal);
    fact({ type: "asset.created", assetId: asset.id, name: asset.name });
  }

  async function abandonAsset(reason: string): Promise<void> {
    await errands.cancel();
    const former = assetId();
    if (state.formerAssets.length >= MOST_FORMER_ASSETS) {
      throw new Rejected(`Cannot complete any asset of ${state.name}: ${reason}`, 0);
    }
    fact({ type: "asset.abandoned", assetId: former, reason });
    urls.clear();
    verifiedAt.clear();
    refusal = null;
    told = "growing";
  }

  async function register(step: Step & { do: "register" }, signal: AbortSignal): Promise<void> {
    const { parts, totalBytes, again } = step;
    if (!again) {
      record(...parts.map(({ number, sizeBytes, isFinal }): Entry => ({
        event: {
          type: "part.planned",
          number,
          sizeBytes,
          isFinal,
          ...(isFinal && totalBytes !== null ? { totalBytes } : {}),
        },
      })));
    }
    try {
      const presigned = await api.registerParts(assetId(), parts, totalBytes, signal);
      const receivedAtMs = clock.now();
      record(...presigned.map(({ part, url }): Entry => ({
        event: { type: "part.registered", number: part.number },
        url,
      })));
      for (const { part, url } of presigned) urls.set(part.number, { url, receivedAtMs });
    } catch (error) {
      if (!again || !(error instanceof Rejected)) throw error;
      // The service knows the part but gives no other URL: this asset can never be completed.
      refusal = `the service gives no new upload URL. ${error.message}`;
    }
  }

  async function put(number: number, signal: AbortSignal): Promise<void> {
    const part = partOf(state, number);
    const kept = urls.get(number);
    // It may have waited long for its lane: a URL that ran out meanwhile is asked for again.
    if (kept === undefined || needsRenewal(kept.url, kept.receivedAtMs, clock.now())) return;
    const range = rangeOf(state, number);
    const begun = part.starts > 0;
    if (part.isFinal && begun && await isComplete(signal)) {
      // Its PUT was answered, but we never heard: a crash or a lost connection came between.
      return stored(number, await room.digests.digest(source, range, signal));
    }
    fact({ type: "part.started", number });
    sending.set(number, 0);
    try {
      const order = { partNumber: number, range, url: kept.url, filetype: state.filetype };
      const onSent = (sentBytes: number) => void sending.set(number, sentBytes);
      stored(number, await putPart(room.digests, source, order, signal, onSent));
    } catch (error) {
      if (error instanceof UrlExpired) urls.delete(number);
      throw error;
    } finally {
      sending.delete(number);
    }
  }

  function stored(number: number, digest: string): void {
    const entry: Entry = { event: { type: "part.stored", number, digest } };
    if (!partOf(state, number).isFinal) return record(entry);
    const { facts, observed } = sight!;
    record(entry, {
      event: {
        type: "take.finalized",
        sizeBytes: state.totalBytes!,
        modifiedMs: facts.modifiedMs,
        tailMs: Math.round(clock.monotonicMs() - observed.sinceMs + observed.seenLateMs),
      },
    });
  }

  async function verify(number: number, signal: AbortSignal): Promise<void> {
    const at = stamp();
    const { digest } = partOf(state, number);
    const now = await room.digests.digest(source, rangeOf(state, number), signal);
    if (now === digest) verifiedAt.set(number, at);
    else if (state.finalized === null) fact({ type: "part.changed", number });
    else throw changedLate(sight?.facts.sizeBytes ?? 0);
  }

  async function conclude(): Promise<void> {
    if (!state.verified) fact({ type: "take.verified" });
    const untilMs = clock.monotonicMs() + CONFIRM_MS;
    for (let waitMs = 100; !state.completed; waitMs = Math.min(2 * waitMs, 5000)) {
      const complete = await isComplete(signal);
      if (complete) return fact({ type: "asset.completed" });
      if (complete === null || clock.monotonicMs() + waitMs > untilMs) break;
      await clock.sleep(waitMs, signal).catch(() => {});
      if (signal.aborted) break; // everything is in and verified; only the reading back is cut short
    }
    if (!state.completed) {
      publish({
        type: "take.warned",
        message: `${state.name}: everything is in, but Frame.io has not yet read back as complete`,
      });
    }
  }

  /** Whether the service has put the file together; null where this route does not tell. */
  async function isComplete(signal: AbortSignal): Promise<boolean | null> {
    try {
      return (await api.readAsset(assetId(), signal)).complete;
    } catch (error) {
      return error instanceof Unavailable ? false : null;
    }
  }

  function assetId(): string {
    if (state.asset.at !== "created") throw new RangeError(`Take ${state.id} has no asset`);
    return state.asset.id;
  }

  function suspended(): TakeOutcome {
    const message = `${state.name} is suspended with ${storedBytes(state)} bytes stored. ` +
      "Run the same command again to go on";
    publish({ type: "take.suspended", message });
    return { is: "suspended" };
  }

  function failed(error: unknown): TakeOutcome {
    const message = (error as Error).message;
    publish({ type: "take.failed", message });
    return { is: "failed", message };
  }

  return {
    started(event, unfinished) {
      fact(event);
      if (unfinished === null) return;
      publish({
        type: "take.warned",
        message: `An earlier recording named ${state.name} was never finished: asset ${unfinished} ` +
          "stays incomplete in Frame.io. This is another recording and gets an asset of its own",
      });
    },
    resumed() {
      const known = state.asset.at === "created" ? state.asset.id : null;
      publish({ type: "take.resumed", assetId: known, storedBytes: storedBytes(state) });
    },
    run,
    hint: wake.ring,
    finish() {
      const sizeBytes = sight?.facts.sizeBytes ?? 0;
      if (outcome !== null || state.totalBytes !== null) return "ended";
      if (sizeBytes === 0) return "empty";
      if (state.finishAskedBytes === null) fact({ type: "finish.asked", sizeBytes });
      wake.ring();
      return "accepted";
    },
    snapshot: () => ({
      state,
      sight,
      sending,
      isVerified,
      trouble: outcome?.is === "failed" ? outcome.message : lookTrouble ?? errands.trouble(),
      meter,
      outcome,
    }),
  };
}
