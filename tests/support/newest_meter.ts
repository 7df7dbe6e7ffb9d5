import { createMeter, type Meter } from "../../src/take/meter.ts";

type Sample = Parameters<Meter["note"]>[0];

/** A meter for which it is always the moment of its newest sample, and nothing is on its way by default. */
export function newestMeter(): Omit<Meter, "note"> & {
  note(sample: Omit<Sample, "sentBytes"> & { readonly sentBytes?: number }): void;
} {
  let nowMs = 0;
  const meter = createMeter(() => nowMs);
  return {
    ...meter,
    note(sample) {
      nowMs = sample.atMs;
      meter.note({ sentBytes: sample.storedBytes, ...sample });
    },
  };
}
