import { Config, Unavailable } from "../errors.ts";
import type { WatchConfig } from "../config.ts";
import { createDiskSpace } from "../control/disk_space.ts";
import { createViews } from "../control/views.ts";
import { openJournal } from "../journal/journal.ts";
import { systemClock } from "../runtime/clock.ts";
import { makePrivateFolder, realPathNow, systemDisk } from "../runtime/disk.ts";
import { openEventStore } from "../runtime/event_store.ts";
import { freeSpaceOf } from "../runtime/free_space.ts";
import { lockRecording } from "../runtime/lock.ts";
import { systemRandom } from "../runtime/random.ts";
import { systemRangeDigest } from "../runtime/range_digest.ts";
import { keepYoungHeapSmall } from "../runtime/young_heap.ts";
import { createEventBus } from "../take/bus.ts";
import { createStudio } from "../take/studio.ts";
import type { Target } from "../take/watch.ts";
import { createLiveLimits } from "../transfer/limits.ts";
import { callersOf } from "./callers.ts";
import { sandboxAccount, startEmbedded } from "./embedded.ts";
import { createReport, type Report } from "./report.ts";
import { serveStatus } from "./status_page.ts";
import { endOf, type WatchEnd } from "./watch_end.ts";
import { wayInto } from "./way_in.ts";

/**
 * Composes the house and runs the takes to their end.
 *
 * @param signal Aborted by the first Ctrl-C: takes are suspended, never finalized.
 * @throws Config, StateFailure before anything is uploaded.
 */
export async function runWatch(config: WatchConfig, signal: AbortSignal): Promise<WatchEnd> {
  await refuseFolders(config);
  await makePrivateFolder(config.stateFolder);
  const store = openEventStore(config.stateFolder);
  const clock = systemClock;
  const limits = createLiveLimits(clock, { bytesPerSecond: null, lanes: config.lanes });
  const digests = systemRangeDigest(limits.pace);
  const closers: (() => unknown)[] = [
    () => store.close(),
    () => digests.close(),
    keepYoungHeapSmall(),
  ];
  let report: Report | undefined;
  try {
    const sandbox = config.account === null ? await startEmbedded(config.stateFolder, store) : null;
    if (sandbox !== null) closers.push(() => sandbox.shutdown());
    const account = config.account ?? sandboxAccount(sandbox!.baseUrl);
    const callers = await callersOf(account, config.stateFolder);
    closers.push(() => callers.settled());
    const way = wayInto(account, callers, config, (words) => report?.say(words), signal);
    const bus = createEventBus(clock);
    const room = {
      clock,
      random: systemRandom,
      disk: systemDisk,
      digests,
      routeName: `${config.sends === "growing" ? "--watch" : "upload"} --route ${way.name}`,
      destination: {
        service: config.account === null ? "sandbox" : account.apiBase,
        place: way.name === "device"
          ? ""
          : [account.folder, account.folderPath ?? []].flat().join("/"),
      },
      api: way.route,
      journal: openJournal(store, clock),
      bus,
      lanes: limits.lanes,
      quiet: { idleMs: config.idleMs, abandonMs: config.abandonMs },
    };
    const studio = createStudio(room, await targetsOf(config), {
      stay: config.stay,
      correct: config.correct,
      lock: (path) => lockRecording(config.stateFolder, path),
      realPath: realPathNow,
    }, signal);
    const views = createViews(studio.shown, createDiskSpace(freeSpaceOf, clock), clock, bus, {
      quiet: room.quiet,
      sandbox: sandbox !== null,
    });
    const told = createReport({ json: config.json, views: views.takes, bus, clock, studio });
    report = told;
    closers.push(() => told.end());
    const leaving = new AbortController();
    const background = way.background(leaving.signal);
    closers.push(() => (leaving.abort(), background));
    const control = serveStatus(config, { studio, views, limits, events: bus, say: told.say });
    if (control !== null) closers.push(() => control.shutdown());
    const { apiBase } = account;
    report.begin({
      page: control?.url ?? null,
      api: sandbox === null ? apiBase : `${apiBase}, the sandbox on this machine and not Frame.io`,
      state: config.stateFolder,
    });
    await studio.run();
    const ends = views.now(); // not what readers shared before the end
    // With --stay an interruption is the only end there is.
    return config.stay && signal.aborted ? 130 : endOf(ends);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

/** Says at once what can only fail later. */
async function refuseFolders(config: WatchConfig): Promise<void> {
  for (const { path } of config.recordings) {
    const facts = await systemDisk.stat(path).catch((error) => {
      if (error instanceof Unavailable) throw new Config(error.message);
      throw new Config(`Cannot read ${path}: ${error.message}. Check its permissions`);
    });
    if (facts?.kind === "folder") {
      throw new Config(
        config.sends === "finished"
          ? `Cannot upload ${path}: it is a folder. Name the files in it`
          : `Cannot watch ${path}: it is a folder, and folders are not watched yet. ` +
            "Name the recording's file with --watch",
      );
    }
    if (facts?.kind === "other") {
      throw new Config(`Cannot watch ${path}: it is a pipe or a device. Name a recording's file`);
    }
    if (facts === null && config.sends === "finished") {
      throw new Config(`Cannot upload ${path}: there is no such file. Check its name`);
    }
    if (facts === null) continue;
    const source = await systemDisk.open(path).catch((error) => {
      throw new Config(`Cannot read ${path}: ${error.message}. Check its permissions`);
    });
    const isEmpty = (await source?.stat())?.sizeBytes === 0;
    await source?.close();
    if (isEmpty && config.sends === "finished") {
      throw new Config(`Cannot upload ${path}: the file is empty`);
    }
  }
}

/** The recordings by their real paths: two names of one file are one recording. */
async function targetsOf(config: WatchConfig): Promise<Target[]> {
  const targets = new Map<string, Target>();
  for (const recording of config.recordings) {
    const path = await systemDisk.realPath(recording.path);
    targets.set(path, { ...recording, path });
  }
  return [...targets.values()];
}
