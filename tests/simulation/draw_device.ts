/** Worlds in which the program runs as a paired Camera-to-Cloud device. */
import type { Chance } from "./chance.ts";
import { durationMs, type Plan } from "./plan.ts";

/** Has a drawn world go in as a device, whose tokens end within the world. */
export function asDevice(plan: Plan, chance: Chance): Plan {
  const lastMs = Math.max(...plan.recordings.map(durationMs));
  const fromMs = chance.fraction() * lastMs;
  return {
    ...plan,
    device: {
      // Documented are 8 h; short worlds need short lives to see a token end.
      accessLifeMs: 1000 * chance.spread(4, Math.max(8, Math.ceil(lastMs / 1000))),
      limit: { calls: chance.whole(1, 5), windowMs: chance.pick([1000, 1000, 5000, 60_000]) },
      pauses: chance.happens(0.4)
        ? [{
          fromMs: chance.happens(0.5) ? 0 : fromMs,
          untilMs: fromMs + chance.spread(500, 90_000),
        }]
        : [],
    },
  };
}
