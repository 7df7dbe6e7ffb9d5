import { filetypeOf } from "../../src/config.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { deviceHeaders, deviceRoute } from "../../src/frameio/device_route.ts";
import { heartbeat } from "../../src/frameio/heartbeat.ts";
import { rateGate } from "../../src/frameio/rate_gate.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { deviceTokens, VERSION } from "./pairing.ts";
import { userRoute } from "../../src/frameio/realtime.ts";
import type { NewRow } from "../../src/runtime/event_store.ts";
import type { Http } from "../../src/runtime/http.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { basename } from "@std/path";
import { MIN_PART_BYTES } from "../../src/parts/limits.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { createStudio, type Studio } from "../../src/take/studio.ts";
import type { TakeOutcome } from "../../src/take/outcome.ts";
import { createLiveLimits, type TransferLimits } from "../../src/transfer/limits.ts";
import type { Checks } from "./checks.ts";
import { beginLife, type Life } from "./life.ts";
import { TOKEN } from "./service.ts";
import { watchSharing } from "./sharing_checks.ts";
import { twinClock } from "./twin_clock.ts";
import { type Sends, twinDigest } from "./twin_digest.ts";
import { twinDisk } from "./twin_disk.ts";
import { twinHttp } from "./twin_http.ts";
import { twinLock, twinStore } from "./twin_store.ts";
import { recordingAt, type World } from "./world.ts";

/** The program, started once: the production code on simulated doors. */
export interface Process {
  readonly life: Life;
  readonly studio: Studio;
  /** How its takes came out; rejects where it could not begin. Never settles once it has died. */
  readonly done: Promise<TakeOutcome[]>;
  /** Ctrl-C. */
  interrupt(): void;
  limit(limits: TransferLimits): void;
  /** Ids that it has given for added recordings, by their paths. */
  readonly givenIds: Map<string, string>;
  readonly sends: Sends;
  /** Lanes in use at this moment. */
  busyLanes(): number;
  /** Everything is quiet: nothing goes that an operator has forbidden. */
  checkOperations(): void;
  /** Recordings that it has open. */
  openCount(): number;
}

/** Starts the command that watches every recording of the world, but for those that are added later. */
export function startProcess(world: World, checks: Checks): Process {
  const { plan, schedule, network, service, files, folder, tally } = world;
  const life = beginLife(schedule, () => world.violate("the program never rests"));
  const clock = twinClock(life, () => world.wallShiftMs);
  const mediaBytes = plan.recordings.reduce((sum, recording) => sum + recording.mediaBytes, 0);
  const mostParts = Math.ceil(mediaBytes / MIN_PART_BYTES);
  const disk = twinDisk(
    ...[life, files, plan.disk, world.chance.fork(), tally, world.violate, mostParts] as const,
  );
  const operations = checks.operations(life);
  const sends: Sends = {
    count: 0,
    onBegin(...args) {
      checks.putBegins(...args);
      operations.putBegins(args[0]);
    },
    onEnd: operations.putEnds,
    onRead: checks.read,
  };
  const twin = twinHttp(life, network, service);
  const http: Http = {
    request(request) {
      operations.asks(request.url, request.method);
      return twin.request(request);
    },
  };
  const store = twinStore(life, folder, plan.disk, onRow, tally);
  function onRow(row: NewRow): void {
    checks.row(row);
    const take = world.takes.get(row.takeId)!;
    if (take.planned.get(row.part ?? 0)?.isFinal) {
      recordingAt(world, take.path).onFinal(take.started.has(row.part!), {
        crash: () => life.die(),
        deafen: network.weather.deafen,
      });
    }
  }
  const abort = new AbortController();
  const ends = new AbortController();
  const background: Promise<void>[] = [];
  let settle = () => Promise.resolve();

  /** With a developer token, or as a paired device. */
  function wayIn(): { readonly routeName: string; readonly api: AssetRoute } {
    const baseUrl = "https://api.sim";
    if (service.device === null) {
      const access = { baseUrl, tokens: fixedToken(TOKEN) };
      return { routeName: "user", api: userRoute(apiCaller(http, access), "root") };
    }
    const tokens = deviceTokens(world, life, { http, clock });
    settle = tokens.settled;
    const call = apiCaller(http, {
      ...{ baseUrl, headers: deviceHeaders(VERSION), gate: rateGate(clock) },
      tokens,
    });
    background.push(heartbeat(call, clock, ends.signal));
    return { routeName: "device", api: deviceRoute(call) };
  }

  const limits = createLiveLimits(clock, { bytesPerSecond: null, lanes: plan.lanes });
  const shared = watchSharing(world, limits);
  const bus = createEventBus(clock);
  bus.on((event) => life.isDead || checks.event(event));
  const { fraction, hex } = world.chance.fork();
  const room = {
    clock,
    random: { fraction, hex },
    disk,
    digests: twinDigest(
      ...[
        life,
        disk,
        plan.disk,
        network,
        service,
        world.chance.fork(),
        sends,
        shared.pace,
      ] as const,
    ),
    ...wayIn(),
    journal: openJournal(store, clock),
    bus,
    lanes: shared.lanes,
    quiet: { idleMs: plan.idleMs, abandonMs: plan.abandonMs },
  };
  const targets = world.recordings.filter(({ isNamed }) => isNamed).map(({ path }) => ({
    path,
    name: basename(path),
    filetype: filetypeOf(path),
  }));
  const lock = twinLock(life, folder);
  const options = { stay: false, correct: plan.correct, lock };
  const studio = createStudio(room, targets, options, abort.signal);
  world.log.note("process started");
  const done = studio.run().finally(async () => {
    ends.abort();
    await Promise.all([...background, settle()]);
  });
  done.catch(() => {}); // awaited by the operator; a dead process may reject unseen
  return {
    life,
    studio,
    done,
    interrupt: () => abort.abort(),
    limit: ({ lanes, bytesPerSecond }) => shared.set({ lanes, bytesPerSecond }),
    givenIds: new Map(),
    sends,
    busyLanes: shared.busy,
    openCount: disk.openCount,
    checkOperations: operations.step,
  };
}
