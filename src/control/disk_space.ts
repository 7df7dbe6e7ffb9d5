import type { Clock } from "../runtime/clock.ts";
import type { FreeSpace } from "../runtime/free_space.ts";

/** How old an answer of the volume may be before it is asked again, in milliseconds. */
const ASK_EVERY_MS = 5_000;

/** Paths whose volume is remembered; the one asked longest ago is forgotten first. */
const MOST_PATHS = 256;

/** The room on the volumes of recordings, asked while someone looks and never waited for. */
export interface DiskSpace {
  /** What was last heard of the volume of `path`; null before the first answer or where none comes. */
  of(path: string): FreeSpace | null;
}

/** Asks `ask` at most every 5 s for a path, and only when somebody wants to know. */
export function createDiskSpace(
  ask: (path: string) => Promise<FreeSpace | null>,
  clock: Clock,
): DiskSpace {
  const known = new Map<string, { space: FreeSpace | null; askedAtMs: number }>();

  async function refresh(path: string, before: FreeSpace | null): Promise<void> {
    known.delete(path); // the newest stands last
    const entry = { space: before, askedAtMs: clock.monotonicMs() };
    known.set(path, entry);
    if (known.size > MOST_PATHS) known.delete(known.keys().next().value!);
    entry.space = await ask(path).catch(() => null);
  }

  return {
    of(path) {
      const entry = known.get(path);
      const isOld = entry === undefined || clock.monotonicMs() - entry.askedAtMs >= ASK_EVERY_MS;
      if (isOld) refresh(path, entry?.space ?? null);
      return entry?.space ?? null;
    },
  };
}
