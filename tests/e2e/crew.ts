import { assert } from "@std/assert";
import type { PublishedEvent } from "../../src/events.ts";
import { MIN_HEAD_BYTES, MIN_PART_BYTES } from "../../src/parts/limits.ts";
import { storedUntil } from "./figures.ts";
import type { Desk } from "./desk.ts";
import type { Program } from "./program.ts";
import { LEAST_BYTES, type Recorder } from "./recorders.ts";
import type { Recording } from "./recording.ts";

/** How often the events of a crew are read, in milliseconds; many ask. */
const READ_EVERY_MS = 100;

/** The longest wait for one thing to happen, in milliseconds: ten times what was measured. */
const PATIENCE_MS = 90_000;

/** One program that uploads many recordings. */
export interface Crew {
  readonly program: Program;
  /** The events of the take of one recording so far. */
  told(path: string): readonly PublishedEvent[];
  /** Resolves when a recording has grown enough, and all whole parts behind the head of that are stored. */
  underWay(path: string, recording: Recording, recorder: Recorder): Promise<void>;
  /** Resolves when the take was told to be complete; rejects when it failed. */
  completed(path: string): Promise<void>;
}

/** Starts the upload of recordings from a desk; they need not be there yet. */
export function uploadAll(desk: Desk, paths: readonly string[], flags: readonly string[]): Crew {
  const [first, ...others] = paths;
  const watched = others.flatMap((path) => ["--watch", path]);
  const program = desk.watch(first!, [...watched, "--json", ...flags]);
  let events: readonly PublishedEvent[] = [];
  let readMs = -Infinity;
  function told(path: string): readonly PublishedEvent[] {
    if (performance.now() - readMs > READ_EVERY_MS) {
      events = program.events();
      readMs = performance.now();
    }
    if (paths.length === 1) return events; // a take that goes on does not tell its path again
    const started = events.find((event) => event.type === "take.started" && event.path === path);
    return events.filter((event) => event.takeId === started?.takeId);
  }
  return {
    program,
    told,
    underWay: (path, recording, recorder) =>
      eventually(`${path} grows and goes up`, async () => {
        const leastBytes = recorder.leastBytes ?? LEAST_BYTES;
        const leastParts = Math.floor((leastBytes - MIN_HEAD_BYTES) / MIN_PART_BYTES);
        return storedUntil(told(path), Infinity).size >= leastParts &&
          await recording.sizeBytes() >= leastBytes;
      }),
    completed: (path) =>
      eventually(`${path} is complete`, () => {
        const failed = told(path).find((event) => event.type === "take.failed");
        assert(failed === undefined, JSON.stringify(failed));
        return told(path).some((event) => event.type === "asset.completed");
      }),
  };
}

/** Resolves when `holds` does, asked again and again; rejects after {@linkcode PATIENCE_MS}. */
export async function eventually(
  what: string,
  holds: () => boolean | Promise<boolean>,
): Promise<void> {
  const untilMs = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > untilMs) throw new Error(`${what}: not within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
