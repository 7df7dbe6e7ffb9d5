/** Worlds with an operator who changes their mind: pauses, resumes, cancels and tries again. */
import type { Chance } from "./chance.ts";
import { type Deed, durationMs, type Plan } from "./plan.ts";

/** A take goes on for a while after its recorder's end; what is asked for then meets its last parts. */
const TAIL_MS = 4000;

/** Longest pause, in milliseconds. */
const MOST_PAUSE_MS = 20_000;

/** Has an operator at work in a drawn world. */
export function operated(plan: Plan, chance: Chance): Plan {
  const deeds = plan.recordings.flatMap((_, recording) => drawDeeds(plan, recording, chance));
  return { ...plan, deeds: [...plan.deeds, ...deeds].sort((a, b) => a.atMs - b.atMs) };
}

function drawDeeds(plan: Plan, recording: number, chance: Chance): Deed[] {
  const one = plan.recordings[recording]!;
  const endMs = durationMs(one);
  // The end is where a word can cross the final part.
  const at = () =>
    chance.happens(0.4)
      ? Math.floor(endMs + chance.fraction() * TAIL_MS)
      : Math.floor(one.startMs + chance.fraction() * (endMs + TAIL_MS - one.startMs));
  const pause = (): Deed[] => {
    const atMs = at();
    const forMs = chance.spread(1, MOST_PAUSE_MS);
    const finish: Deed[] = chance.happens(0.15)
      ? [{ atMs: atMs + Math.floor(forMs / 2), do: "finish", recording }]
      : [];
    const crash: Deed[] = chance.happens(0.3)
      ? [{ atMs: atMs + Math.floor(chance.fraction() * forMs), do: "crash" }]
      : [];
    return [
      { atMs, do: "pause", recording },
      ...finish,
      ...crash,
      { atMs: atMs + forMs, do: "resume", recording },
    ];
  };
  const cancel = (): Deed[] => {
    const atMs = at();
    const crash: Deed[] = chance.happens(0.3)
      ? [{ atMs, do: "crash_at_call", calls: chance.spread(1, 20) }]
      : [];
    return [...crash, { atMs, do: "cancel", recording }];
  };
  /** Somebody who presses the button again and again: each pause meets what the resume has just begun. */
  const flurry = (): Deed[] => {
    let atMs = at();
    const next = (mostMs: number) => atMs += chance.spread(1, mostMs);
    return Array.from({ length: chance.whole(3, 12) }, (): Deed[] => [
      { atMs: next(500), do: "pause", recording },
      { atMs: next(100), do: "resume", recording },
    ]).flat();
  };
  const retry = (): Deed[] => [{ atMs: at(), do: "retry", recording }];
  const count = chance.whole(1, 3);
  return Array.from(
    { length: count },
    () => chance.weigh<() => Deed[]>([[6, pause], [3, cancel], [2, flurry], [1, retry]])(),
  ).flat();
}
