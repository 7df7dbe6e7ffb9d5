/**
 * One take from its first byte to its proof: look at the recording, decide, do, rest, again. What to
 * do is decided in decide.ts, and there alone; each errand has its file; what is remembered goes
 * through the desk's record(), journal first.
 */
import type { DurableEvent } from "../events.ts";
import { Unavailable } from "../errors.ts";
import type { KeptUrl } from "../journal/journal.ts";
import type { RecordingSource } from "../runtime/disk.ts";
import { decide, putErrand, type Scene, type Step, verifyErrand } from "./decide.ts";
import { createDesk, hasUrl, stamp, type TakeRoom, verifiedBytes } from "./desk.ts";
import { createErrands, type Delay } from "./errands.ts";
import { ChangedLate, conclude, refuseLateChange } from "./finalize.ts";
import { createMeter, grownBefore } from "./meter.ts";
import { createOperations, type Operations } from "./operations.ts";
import type { TakeOutcome, TakeSnapshot } from "./outcome.ts";
import { refuseUnusable } from "./refuse.ts";
import { abandonAsset, createAsset, register } from "./register.ts";
import { send } from "./send.ts";
import { createSight, type Sight } from "./sight.ts";
import { storedBytes, type TakeState } from "./state.ts";
import { verify } from "./verify.ts";
import { createWake } from "./wake.ts";

/** A take in progress. */
export interface Take extends Operations {
  /** Writes the take's beginning down, and warns of what an earlier one left unfinished. */
  started(event: DurableEvent & { type: "take.started" }, unfinishedAssetId: string | null): void;
  /** Tells that a take of an earlier run goes on. */
  resumed(): void;
  /** Carries the take to its end. Never throws: what went wrong is part of the outcome. */
  run(): Promise<TakeOutcome>;
  /** Rouses the take: something may have happened to its recording. */
  hint(): void;
  snapshot(): TakeSnapshot;
}

/** Size and time are the truth, a watch only a hint: how often a recording is looked at, in ms. */
export const POLL_MS = 250;

/** How often growth is told, in milliseconds. */
const GROWTH_EVERY_MS = 1000;

/**
 * A take of an opened recording. Call started() or resumed(), then run().
 *
 * @param path Where the recording lies, without links.
 * @param state What the journal knows of it.
 * @param keptUrls Presigned URLs of parts that were registered and not stored.
 * @param absentAtMs When nothing of it was recorded yet, monotonic milliseconds; null where nobody saw that.
 */
export function createTake(
  room: TakeRoom,
  source: RecordingSource,
  path: string,
  state: TakeState,
  keptUrls: ReadonlyMap<number, KeptUrl>,
  absentAtMs: number | null,
  signal: AbortSignal,
): Take {
  const { clock } = room;
  const desk = createDesk(room, source, state, keptUrls);
  const look = createSight(room.disk, clock, source, path, room.quiet, signal);
  const wake = createWake(clock);
  const errands = createErrands(clock, room.random, wake.ring, tellDelay);
  const meter = createMeter(clock.monotonicMs);
  const operations = createOperations(desk, errands, () => outcome);
  let lookTrouble: string | null = null;
  let journalTrouble: string | null = null;
  let toldGrowthMs = -Infinity;
  let toldJudgement = "growing";
  let outcome: TakeOutcome | null = null;

  async function run(): Promise<TakeOutcome> {
    try {
      while (!state.cancelled && !(await turnOrWait())) {
        await wake.rest(
          Math.min(POLL_MS, errands.nextAttemptInMs() ?? POLL_MS, steadyInMs()),
          signal,
        );
      }
      outcome = state.cancelled ? { is: "cancelled" } : { is: "done" };
    } catch (error) {
      outcome = state.cancelled
        ? { is: "cancelled" }
        : signal.aborted
        ? suspended()
        : failed(error);
    } finally {
      await errands.cancel();
      await source.close();
    }
    return outcome;
  }

  /** One turn, once more where the journal cannot be written now: nothing of that was believed. */
  async function turnOrWait(): Promise<boolean> {
    try {
      const isOver = await turn();
      journalTrouble = null;
      return isOver;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      journalTrouble = error.message;
      return false;
    }
  }

  /** One turn of the loop; true when the take is over. @throws Unavailable if a fact cannot be written now. */
  async function turn(): Promise<boolean> {
    errands.throwIfFailed();
    const sight = await lookOnce();
    if (state.cancelled) return true;
    if (sight === null) return false;
    errands.throwIfFailed(); // a look takes time: nothing begins any more once something failed for good
    notice(sight);
    const steps = desk.refusal === null
      ? decide(state, scene(sight))
      : [{ do: "abandon_asset", reason: desk.refusal } as const];
    for (const step of steps) {
      if (step.do === "conclude") {
        await conclude(desk, signal);
        // That took a while: what was done to the recording meanwhile is told, too. Everything is in by
        // now, so an interruption cuts only this look short.
        const last = await lookOnce().catch((error) => {
          if (signal.aborted) return null;
          throw error;
        });
        if (last !== null) refuseLateChange(desk);
        return true;
      }
      await perform(step);
    }
    return false;
  }

  /** A look, or null while the disk is away: a drive or a share may come back. */
  async function lookOnce(): Promise<Sight | null> {
    try {
      desk.sight = await look(state.finishAskedBytes !== null);
      lookTrouble = null;
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      lookTrouble = error.message;
      await source.renew(signal).catch(() => {}); // the next look tells, and tries again
      return null;
    }
    return desk.sight;
  }

  /** How long an ended recording has to stand still before it is read again. */
  function steadyInMs(): number {
    const isEnding = desk.sight?.judgement.is === "settling" ||
      desk.sight?.judgement.is === "ended";
    return isEnding && desk.sight!.steadyInMs > 0 ? desk.sight!.steadyInMs : POLL_MS;
  }

  function scene({ facts, look, judgement, frontierBytes, steadyInMs }: Sight): Scene {
    const sizeBytes = Math.min(facts.sizeBytes, state.finishAskedBytes ?? Infinity);
    const now = stamp(desk); // once for thousands of parts
    return {
      sizeBytes,
      frontierBytes: Math.min(sizeBytes, frontierBytes),
      headBytes: look.headBytes,
      mediaStart: look.mediaStart,
      judgement,
      isSteady: steadyInMs === 0 || state.finishAskedBytes !== null,
      takes: room.api.takes,
      lanes: room.lanes.count,
      busy: errands.busy,
      hasUrl: (number) => hasUrl(desk, number),
      isVerified: (number) => desk.verifiedAt.get(number) === now,
    };
  }

  async function perform(step: Exclude<Step, { do: "conclude" }>): Promise<void> {
    switch (step.do) {
      case "create_asset":
        return errands.start("asset", (signal) => createAsset(desk, signal));
      case "abandon_asset":
        await errands.cancel();
        // The final part came in while its errand was ended: now the change is a late one.
        if (state.finalized !== null || state.cancelled) return;
        abandonAsset(desk, step.reason);
        toldJudgement = "growing";
        return;
      case "withdraw_finish": {
        const { do: _, ...cut } = step;
        return desk.fact({ type: "finish.withdrawn", ...cut });
      }
      case "fix_head": {
        const { headBytes, mediaStart } = step;
        return desk.fact({ type: "head.fixed", headBytes, mediaStart });
      }
      case "shift":
        return desk.fact({
          type: "recording.shifted",
          byBytes: step.byBytes,
          mediaStart: step.mediaStart,
        });
      case "register":
        return errands.start("register", (signal) => register(desk, step, signal));
      case "put":
        return errands.start(
          putErrand(step.number),
          (signal) => room.lanes.run(() => send(desk, step.number, signal), signal, state.id),
        );
      case "verify":
        return errands.start(
          verifyErrand(step.number),
          (signal) => verify(desk, step.number, signal),
        );
    }
  }

  /** Tells what the look showed, and stops where nothing can be done with it. */
  function notice(sight: Sight): void {
    const { facts, look, observed, onNetwork } = sight;
    refuseUnusable(desk, sight);
    refuseLateChange(desk);
    const atMs = clock.monotonicMs();
    if (meter.behindSeconds() === null) {
      const moment = { nowMs: clock.now(), monotonicMs: atMs };
      meter.grewBefore(grownBefore(facts, { onNetwork, absentAtMs }, moment));
    }
    meter.note({
      atMs,
      recordedBytes: facts.sizeBytes,
      storedBytes: storedBytes(state),
      sentBytes: desk.handedBytes,
      verifiedBytes: verifiedBytes(desk),
    });
    if (observed.sinceMs >= atMs - POLL_MS && atMs - toldGrowthMs >= GROWTH_EVERY_MS) {
      toldGrowthMs = atMs;
      desk.publish({ type: "recording.grown", sizeBytes: facts.sizeBytes, verdict: look.verdict });
    }
    if (state.finalized === null) tellJudgement(sight);
  }

  function tellJudgement({ judgement, facts }: Sight): void {
    if (judgement.is === toldJudgement) return;
    if (judgement.is === "quiet") {
      desk.publish({ type: "recording.quieted", quietMs: judgement.quietMs });
    } else if (judgement.is === "ended") {
      const { by, finishedByRecorder } = judgement;
      const sizeBytes = state.finishAskedBytes ?? facts.sizeBytes;
      desk.fact({ type: "recording.ended", by, sizeBytes, finishedByRecorder });
    }
    toldJudgement = judgement.is; // once it is written down: it is told once
  }

  function tellDelay({ errand, ...delay }: Delay): void {
    const number = /^put (\d+)$/.exec(errand)?.[1];
    if (number === undefined) desk.publish({ type: "service.delayed", ...delay });
    else desk.publish({ type: "part.delayed", number: Number(number), ...delay });
  }

  function suspended(): TakeOutcome {
    const message = `${state.name} is suspended with ${storedBytes(state)} bytes stored. ` +
      "Run the same command again to go on";
    desk.publish({ type: "take.suspended", message });
    return { is: "suspended" };
  }

  function failed(error: unknown): TakeOutcome {
    const message = (error as Error).message;
    desk.publish({ type: "take.failed", message });
    return { is: "failed", message, changedLate: error instanceof ChangedLate };
  }

  return {
    started(event, unfinished) {
      desk.fact(event);
      if (unfinished === null) return;
      desk.publish({
        type: "take.warned",
        message:
          `An earlier recording named ${state.name} was never finished: asset ${unfinished} ` +
          "stays incomplete in Frame.io. This is another recording and gets an asset of its own",
      });
    },
    resumed() {
      const known = state.asset.at === "created" ? state.asset.id : null;
      const { name } = state;
      desk.publish({ type: "take.resumed", name, assetId: known, storedBytes: storedBytes(state) });
    },
    run,
    hint: wake.ring,
    ...operations,
    snapshot() {
      const now = stamp(desk);
      return {
        state,
        sight: desk.sight,
        sending: desk.sending,
        isVerified: (number) => desk.verifiedAt.get(number) === now,
        trouble: outcome?.is === "failed"
          ? outcome.message
          : lookTrouble ?? journalTrouble ?? errands.trouble(),
        meter,
        outcome: outcome !== null && state.cancelled ? { is: "cancelled" } : outcome,
        paused: state.paused,
        cancelled: state.cancelled,
      };
    },
  };
}
