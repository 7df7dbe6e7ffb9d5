/** Worlds whose takes share few lanes: one of them goes first, limits change, recordings come in later. */
import type { Chance } from "./chance.ts";
import { operated } from "./draw_operations.ts";
import { type Deed, durationMs, type Plan } from "./plan.ts";
import { MIB } from "../../src/parts/limits.ts";
import { LEAST_BYTES_PER_SECOND, MOST_LANES } from "../../src/transfer/limits.ts";

/** Longest time of one limit, in milliseconds: under it a hundred grants are given in each second. */
const MOST_LIMITED_MS = 15_000;

/** Has the takes of a drawn world share what there is, in two worlds of three without any other word. */
export function sharing(plan: Plan, chance: Chance): Plan {
  const [first] = plan.recordings;
  const second = { ...first!, startMs: first!.startMs + chance.spread(1, 3000) };
  const isAlone = plan.recordings.length === 1;
  const recordings = [...plan.recordings, ...isAlone ? [second] : []]
    .map((one, i) => i > 0 && chance.happens(0.5) ? { ...one, isAdded: true as const } : one);
  const crowded = { ...plan, recordings, lanes: chance.pick([1, 1, 2, 3]) };
  const deeds = drawDeeds(crowded, chance);
  const shared = {
    ...crowded,
    deeds: [...plan.deeds, ...deeds].sort((a, b) => a.atMs - b.atMs),
  };
  return chance.happens(1 / 3) ? operated(shared, chance) : shared;
}

function drawDeeds({ recordings }: Plan, chance: Chance): Deed[] {
  const lastMs = Math.max(...recordings.map(durationMs));
  const at = () => Math.floor(1.2 * chance.fraction() * lastMs);
  const some = (most: number, one: () => Deed[]) =>
    Array.from({ length: chance.whole(0, most) }, one).flat();
  const any = () => chance.whole(0, recordings.length - 1);
  const limit = (): Deed[] => {
    const atMs = at();
    const lanes = () => chance.pick([1, 2, 8, MOST_LANES]);
    const bytesPerSecond = chance.happens(0.6)
      ? chance.spread(LEAST_BYTES_PER_SECOND, 50 * MIB)
      : null;
    const liftMs = atMs + chance.spread(500, MOST_LIMITED_MS);
    return [
      { atMs, do: "limit", lanes: lanes(), bytesPerSecond },
      { atMs: liftMs, do: "limit", lanes: lanes(), bytesPerSecond: null },
    ];
  };
  const added = recordings.flatMap(({ isAdded }, recording): Deed[] =>
    isAdded ? [{ atMs: at(), do: "add", recording }] : []
  );
  return [
    ...added,
    ...some(1, () => [{ atMs: at(), do: "add", recording: any() }]), // it may be watched already
    ...some(3, () => [{ atMs: at(), do: "prioritise", recording: any() }]),
    ...some(2, limit),
  ];
}
