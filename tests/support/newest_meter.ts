import { createMeter, type Meter } from "../../src/take/meter.ts";

/** A meter for which it is always the moment of its newest sample. */
export function newestMeter(): Meter {
  let nowMs = 0;
  const meter = createMeter(() => nowMs);
  return {
    ...meter,
    note(sample) {
      nowMs = sample.atMs;
      meter.note(sample);
    },
  };
}
