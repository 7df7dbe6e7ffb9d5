import { type ControlDeps, createApp } from "../../src/control/app.ts";
import type { TakeView } from "../../src/control/view.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { handClock } from "./hand_clock.ts";
import { takeView } from "./views.ts";

export const HOST = "127.0.0.1:4100";

/** An app over takes that the test holds, a clock that the test moves, and a real event bus. */
export function controlWorld(over: Partial<ControlDeps> = {}) {
  const clock = handClock();
  const events = createEventBus(clock);
  const streams = new AbortController();
  const takes: TakeView[] = [takeView()];
  const finished: string[] = [];
  const app = createApp({
    takes: () => takes,
    take: (id) => takes.find((take) => take.id === id),
    finish(id) {
      finished.push(id);
      return "accepted";
    },
    events,
    allowedHosts: () => [HOST, "localhost:4100"],
    version: "1.2.3",
    signal: streams.signal,
    clock,
    ...over,
  });
  /** Asks as a client that knows the right host; a header set to null is left out. */
  function ask(path: string, method = "GET", headers: Record<string, string | null> = {}) {
    const sent = Object.entries({ Host: HOST, ...headers }).filter((pair) => pair[1] !== null);
    return app.request(path, { method, headers: sent as [string, string][] });
  }
  return { app, ask, clock, events, streams, takes, finished };
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
