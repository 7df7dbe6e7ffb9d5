import { Unavailable } from "../../src/errors.ts";
import type { Chance } from "./chance.ts";
import type { Life } from "./life.ts";
import type { Weather } from "./weather.ts";

/** One connection of one process. */
export interface Line {
  /** Lets time pass on it. @throws Unavailable if it breaks, the signal's reason if aborted. */
  pass(delayMs: number): Promise<void>;
  close(): void;
}

/** What requests and PUTs have in common. */
export interface Network {
  readonly weather: Weather;
  /** One way through the network, in milliseconds. */
  delayMs(): number;
  open(life: Life, signal: AbortSignal): Line;
  /** Breaks every connection of a process, as a machine's sleep does. */
  breakAll(life: Life): void;
  /** Writes into the world's log. */
  note(what: string): void;
}

export function createNetwork(
  weather: Weather,
  chance: Chance,
  latencyMs: number,
  note: (what: string) => void,
): Network {
  const breakers = new Map<Life, Set<AbortController>>();
  return {
    weather,
    note,
    delayMs: () => Math.round(latencyMs * (0.3 + chance.fraction())),
    open(life, signal) {
      const broken = new AbortController();
      const lines = breakers.get(life) ?? new Set();
      breakers.set(life, lines.add(broken));
      const either = AbortSignal.any([signal, broken.signal]);
      return {
        pass: (delayMs) => life.pause(delayMs, either),
        close: () => void lines.delete(broken),
      };
    },
    breakAll(life) {
      for (const line of breakers.get(life) ?? []) {
        line.abort(new Unavailable("Cannot reach the network: the connection failed", "network"));
      }
    },
  };
}
