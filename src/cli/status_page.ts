import { dirname } from "@std/path";
import type { WatchConfig } from "../config.ts";
import { createApp } from "../control/app.ts";
import { createAuth } from "../control/auth.ts";
import { earlierEntries, historyOf } from "../control/history.ts";
import { createRedactor, hiddenOf } from "../control/redact.ts";
import { createRoots } from "../control/roots.ts";
import { type ControlServer, serveControl } from "../control/serve.ts";
import { createTimeline } from "../control/timeline.ts";
import type { Views } from "../control/views.ts";
import { Config } from "../errors.ts";
import { systemClock } from "../runtime/clock.ts";
import { systemDisk } from "../runtime/disk.ts";
import { openMilestones } from "../runtime/milestones.ts";
import { systemRandom } from "../runtime/random.ts";
import type { EventBus } from "../take/bus.ts";
import type { Studio } from "../take/studio.ts";
import type { LiveLimits } from "../transfer/limits.ts";
import { VERSION } from "./usage.ts";

/** What the status page shows and steers. */
export interface StatusPage {
  readonly studio: Studio;
  readonly views: Views;
  readonly limits: LiveLimits;
  readonly events: EventBus;
  /** Says something beside the display. */
  say(text: string): void;
}

/**
 * Serves the status page and the control API, unless they are unwanted or their default port is taken.
 *
 * @throws Config if the address that was asked for cannot be had.
 */
export function serveStatus(config: WatchConfig, page: StatusPage): ControlServer | null {
  const { listen, stateFolder, controlToken, recordings, allowRoots, publicHosts } = config;
  if (listen === null) return null;
  const { studio, views, limits, events, say } = page;
  const clock = systemClock;
  const startedMs = clock.now();
  const streams = new AbortController();
  const milestones = openMilestones(stateFolder);
  const roots = [...recordings.map(({ path }) => dirname(path)), ...allowRoots];
  const timeline = createTimeline(events);
  let server: ControlServer | undefined;
  const app = createApp({
    views,
    timeline: (id) => [...earlierEntries(milestones, id, startedMs), ...timeline.of(id)],
    history: () => historyOf(milestones),
    operate: (operation, id) => studio[operation](id),
    add: studio.add,
    limits,
    roots: createRoots(roots, systemDisk, [stateFolder]),
    auth: controlToken === null ? null : createAuth(controlToken, clock, systemRandom),
    redactor: createRedactor(hiddenOf(stateFolder, roots)),
    events,
    allowedHosts: () => [...server?.hosts ?? [], ...publicHosts],
    port: () => server?.port ?? 0,
    version: VERSION,
    signal: streams.signal,
    clock,
  });
  const { hostname, port, asked } = listen;
  try {
    const served = server = serveControl(app, { hostname, port, streams, clock, say });
    return {
      ...served,
      async shutdown() {
        await served.shutdown();
        milestones.close();
      },
    };
  } catch (error) {
    milestones.close();
    const reason = error instanceof Deno.errors.AddrInUse
      ? "another program has that port"
      : (error as Error).message;
    const words = `Cannot serve the status page at ${hostname}:${port}: ${reason}`;
    if (asked) throw new Config(`${words}. Give another address with --listen, or --no-listen`);
    say(`${words}. Going on without it; give another address with --listen`);
    return null;
  }
}
