import { secret } from "../../src/config.ts";
import { createApp } from "../../src/control/app.ts";
import { createAuth } from "../../src/control/auth.ts";
import type { ControlDeps } from "../../src/control/deps.ts";
import { createRedactor, hiddenOf } from "../../src/control/redact.ts";
import { createTimeline } from "../../src/control/timeline.ts";
import type { FinishedTake, TakeView } from "../../src/control/view.ts";
import { systemRandom } from "../../src/runtime/random.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { createLiveLimits } from "../../src/transfer/limits.ts";
import { handClock } from "../support/hand_clock.ts";
import { takeView } from "./views.ts";

export const HOST = "127.0.0.1:4100";

/** The control token of a world that asks for one. */
export const TOKEN = "correct-horse-battery-staple";

/**
 * An app over takes that the test holds, a clock that the test moves, and a real event bus. Every path
 * below `/card/` is admitted.
 */
export function controlWorld(over: Partial<ControlDeps> = {}, clock = handClock()) {
  const events = createEventBus(clock);
  const streams = new AbortController();
  const takes: TakeView[] = [takeView()];
  const finishedTakes: FinishedTake[] = [];
  const asked: [operation: string, takeId: string][] = [];
  const added: string[] = [];
  const timeline = createTimeline(events);
  const deps: ControlDeps = {
    views: {
      takes: () => takes,
      now: () => takes,
      take: (id) => takes.find((take) => take.id === id),
      refresh() {},
    },
    timeline: timeline.of,
    history: () => finishedTakes,
    operate(operation, id) {
      asked.push([operation, id]);
      return "accepted";
    },
    add(path) {
      added.push(path);
      return { takeId: "t9" };
    },
    roots: { admit: (path) => Promise.resolve(path.startsWith("/card/") ? path : null) },
    limits: createLiveLimits(clock, { bytesPerSecond: null, lanes: 5 }),
    auth: null,
    redactor: createRedactor(hiddenOf("/home/me/state", ["/card"])),
    events,
    allowedHosts: () => [HOST, "localhost:4100"],
    port: () => 4100,
    version: "1.2.3",
    signal: streams.signal,
    clock,
    ...over,
  };
  const app = createApp(deps);
  /** Asks as a client that knows the right host; a header set to null is left out. */
  function ask(
    path: string,
    method = "GET",
    headers: Record<string, string | null> = {},
    body?: string,
  ) {
    const sent = Object.entries({ Host: HOST, ...headers }).filter((pair) => pair[1] !== null);
    return app.request(path, {
      method,
      headers: sent as [string, string][],
      ...(body === undefined ? {} : { body }),
    });
  }
  /** Sends JSON, as a client does that read the document. */
  function send(path: string, method: string, value: unknown) {
    const body = JSON.stringify(value);
    const length = String(new TextEncoder().encode(body).length);
    const headers = { "Content-Type": "application/json", "Content-Length": length };
    return ask(path, method, headers, body);
  }
  return { app, ask, send, clock, events, streams, takes, finishedTakes, asked, added, deps };
}

/** A door that opens with {@linkcode TOKEN}. */
export function openAuth(clock = handClock()) {
  return createAuth(secret(TOKEN), clock, systemRandom);
}

/** Reads an event stream piece by piece, as a browser would. */
export function pieces(response: Response) {
  const reader = response.body!.getReader();
  const decoder = new TextDecoder();
  return {
    async next() {
      const { value } = await reader.read();
      return value && decoder.decode(value);
    },
    cancel: () => reader.cancel(),
  };
}
