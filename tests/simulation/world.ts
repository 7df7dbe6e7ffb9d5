import { type Chance, chanceOf } from "./chance.ts";
import { createFiles, type Files } from "./files.ts";
import { createLog, type Log } from "./log.ts";
import { createNetwork, type Network } from "./network.ts";
import type { Plan } from "./plan.ts";
import { type Recording, startRecording } from "./recording.ts";
import { createSchedule, type Schedule } from "./schedule.ts";
import { createDeviceService } from "./device_service.ts";
import { createService, type Service } from "./service.ts";
import type { KnownTake } from "./takes.ts";
import { FIRST_MOMENT_MS } from "./twin_clock.ts";
import { emptyStateFolder, type StateFolder } from "./twin_store.ts";
import { createWeather } from "./weather.ts";

/** Everything around the program: time, files, recorders, network, service, state folder. */
export interface World {
  readonly plan: Plan;
  readonly chance: Chance;
  readonly schedule: Schedule;
  readonly log: Log;
  readonly files: Files;
  readonly recordings: readonly Recording[];
  readonly service: Service;
  readonly network: Network;
  readonly folder: StateFolder;
  /** What the journal says, by take. */
  readonly takes: Map<string, KnownTake>;
  /** How far the wall clock was set off, in milliseconds. */
  wallShiftMs: number;
  /** When somebody last said to try again at once, world milliseconds. */
  retriedAtMs: number;
  /** Broken promises of the program. */
  readonly violations: string[];
  /** Faults that were put in, by name. */
  readonly faults: Map<string, number>;
  tally(fault: string): void;
  violate(what: string): void;
}

/** @param keepsLog Whether the log's lines are kept to be shown. */
export function createWorld(seed: number, plan: Plan, keepsLog: boolean): World {
  const chance = chanceOf(seed ^ 0x5eed);
  const schedule = createSchedule();
  const log = createLog(() => schedule.nowMs, keepsLog);
  const violations: string[] = [];
  const faults = new Map<string, number>();
  const tally = (fault: string) => void faults.set(fault, (faults.get(fault) ?? 0) + 1);
  const violate = (what: string) => {
    violations.push(what);
    log.note(`VIOLATION ${what}`);
  };
  const folder = emptyStateFolder();
  const wallMs = () => FIRST_MOMENT_MS + schedule.nowMs + world.wallShiftMs;
  const files = createFiles(wallMs, () => schedule.nowMs);
  const weather = createWeather(plan, schedule, chance.fork(), tally);
  const network = createNetwork(weather, chance.fork(), plan.latencyMs, log.note);
  const serviceChance = chance.fork();
  const device = plan.device === undefined
    ? null
    : createDeviceService(plan.device, schedule, chanceOf(seed ^ 0xd0), violate, tally);
  const service = createService(
    ...[schedule, serviceChance, plan.urlLifeMs, violate, tally, device] as const,
  );
  const world: World = {
    ...{ plan, chance, schedule, log, files, service, network, folder, violations, faults },
    ...{ takes: new Map(), wallShiftMs: 0, retriedAtMs: -Infinity, tally, violate },
    recordings: plan.recordings.map((recording, index) =>
      startRecording(schedule, files, recording, index, chance.fork(), log.note)
    ),
  };
  return world;
}

/** The recording at a path. */
export function recordingAt(world: World, path: string): Recording {
  return world.recordings.find((recording) => recording.path === path)!;
}
