/**
 * Figures for Prometheus, fed from the event bus and the views. No label holds anything that comes from
 * outside: states and causes are our own words, codes are matched and counted off at a bound.
 */
import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { PublishedEvent } from "../events.ts";
import type { EventBus } from "../take/bus.ts";
import { machineOf } from "./machine.ts";
import type { TakePhase, TakeView } from "./view.ts";
import type { Views } from "./views.ts";

/** Prometheus' text format (Prometheus, exposition formats). */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** Codes told apart; each further one counts as `other`. S3 documents about a hundred, few are met. */
export const MOST_CODES = 50;

/** PUTs under way whose beginning is remembered: 32 lanes and plenty of takes that failed meanwhile. */
const MOST_STARTS = 1024;

/** Takes whose figures are remembered, so that a counter never falls. */
const MOST_TAKES = 1024;

/** Upper bounds in seconds. A part has 5 MiB and more: 40 ms at 1 Gbit/s, 40 s at 1 Mbit/s. */
const PART_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];

/** Upper bounds in seconds: the promise is a few, a poor uplink takes minutes. */
const TAIL_SECONDS = [0.5, 1, 2, 3, 5, 10, 20, 30, 60, 120, 300, 900, 3600];

const PHASES: Readonly<Record<TakePhase, true>> = {
  waiting: true,
  recording: true,
  quiet: true,
  verifying: true,
  finalizing: true,
  finalized: true,
  paused: true,
  suspended: true,
  cancelled: true,
  failed: true,
};

/** The figures of one process. */
export interface Metrics {
  /** Everything, in Prometheus' text format. */
  text(): Promise<string>;
}

/** Counts from now on; what the views tell is read when somebody asks. */
export function createMetrics(events: EventBus, views: Views): Metrics {
  const registry = new Registry();
  const registers = [registry];
  const gauge = (name: string, help: string, labelNames: string[] = []) =>
    new Gauge({ name: `reeltime_${name}`, help, labelNames, registers });
  const counter = (name: string, help: string, labelNames: string[] = []) =>
    new Counter({ name: `reeltime_${name}`, help, labelNames, registers });

  const takes = gauge("takes", "Takes of this run by state", ["state"]);
  const recorded = counter("recorded_bytes_total", "Bytes of the recordings on disk");
  const stored = counter("stored_bytes_total", "Bytes that the storage has acknowledged");
  const resent = counter("resent_bytes_total", "Bytes that were sent more than once");
  const lag = gauge("lag_seconds", "Seconds behind the recorder of the take furthest behind");
  const disk = gauge("disk_full_seconds", "Seconds until the first recording volume is full");
  const parts = new Histogram({
    name: "reeltime_part_seconds",
    help: "Seconds from the beginning of a PUT to the storage's acknowledgement",
    buckets: PART_SECONDS,
    registers,
  });
  const tails = new Histogram({
    name: "reeltime_tail_seconds",
    help: "Seconds from a recorder's last write to the finalization of its take",
    buckets: TAIL_SECONDS,
    registers,
  });
  const retries = counter("retries_total", "Attempts that have to be repeated by cause", ["cause"]);
  const storageErrors = counter("s3_errors_total", "Refusals of the storage by code", ["code"]);
  const apiErrors = counter("api_errors_total", "Refusals of the API by status", ["code"]);

  const storageCode = boundedCodes();
  const apiCode = boundedCodes();
  const starts = new Map<string, number>();
  const grown = new Map<string, Figures>();

  function onError(message: string): void {
    const storage = /storage answered (?:status )?(\d{3})(?: ([A-Za-z]{1,48})\b)?/.exec(message);
    if (storage !== null) storageErrors.inc({ code: storageCode(storage[2] ?? storage[1]!) });
    const api = /Frame\.io answered (\d{3})\b/.exec(message);
    if (api !== null) apiErrors.inc({ code: apiCode(api[1]!) });
  }

  events.on((event: PublishedEvent) => {
    switch (event.type) {
      case "part.started":
        starts.set(`${event.takeId} ${event.number}`, Date.parse(event.time));
        if (starts.size > MOST_STARTS) starts.delete(starts.keys().next().value!);
        break;
      case "part.stored": {
        const key = `${event.takeId} ${event.number}`;
        const startedMs = starts.get(key);
        starts.delete(key);
        if (startedMs === undefined) break;
        parts.observe(Math.max(0, Date.parse(event.time) - startedMs) / 1000);
        break;
      }
      case "take.finalized":
        if (event.tailMs !== null) tails.observe(event.tailMs / 1000);
        break;
      case "part.delayed":
      case "service.delayed":
        retries.inc({ cause: causeOf(event) });
        onError(event.message);
        break;
      case "take.failed":
        onError(event.message);
        break;
    }
  });

  /** Adds what each take has more than when it was last looked at. */
  function count(view: TakeView): void {
    const before = grown.get(view.id) ?? NOTHING;
    const now = {
      recorded: Math.max(before.recorded, view.recordedBytes),
      stored: Math.max(before.stored, view.storedBytes),
      resent: Math.max(before.resent, view.resentBytes),
    };
    recorded.inc(now.recorded - before.recorded);
    stored.inc(now.stored - before.stored);
    resent.inc(now.resent - before.resent);
    grown.delete(view.id); // who was seen last stands last
    grown.set(view.id, now);
    if (grown.size > MOST_TAKES) grown.delete(grown.keys().next().value!);
  }

  return {
    text() {
      const all = views.takes();
      const { behindSeconds, diskFullInSeconds } = machineOf(all);
      for (const state of Object.keys(PHASES)) {
        takes.set({ state }, all.filter(({ phase }) => phase === state).length);
      }
      all.forEach(count);
      lag.set(behindSeconds ?? 0);
      disk.set(diskFullInSeconds ?? Infinity);
      return registry.metrics();
    },
  };
}

/** How far a take had come when it was last counted, in bytes. */
interface Figures {
  readonly recorded: number;
  readonly stored: number;
  readonly resent: number;
}

const NOTHING: Figures = { recorded: 0, stored: 0, resent: 0 };

/** Gives back the code, or `other` once there are too many. */
function boundedCodes(): (code: string) => string {
  const known = new Set<string>();
  return (code) => {
    if (known.size < MOST_CODES) known.add(code);
    return known.has(code) ? code : "other";
  };
}

/** Our own words for what was out of reach. */
const CAUSES: ReadonlySet<string> = new Set([
  "network",
  "rate_limit",
  "api_fault",
  "storage",
  "disk",
]);

function causeOf(event: { readonly cause?: string }): string {
  return event.cause !== undefined && CAUSES.has(event.cause) ? event.cause : "other";
}
