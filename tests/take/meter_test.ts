import { assert, assertEquals, assertGreaterOrEqual, assertLessOrEqual } from "@std/assert";
import { createMeter, grownBefore, type Meter } from "../../src/take/meter.ts";
import { newestMeter } from "../support/newest_meter.ts";

const HOUR_MS = 3_600_000;
/** A take looks four times a second. */
const LOOK_MS = 250;

/** Notes a take that records `rate` bytes a millisecond, from `fromMs` on up to `toMs`. */
function record(
  meter: Pick<Meter, "note">,
  span: { fromMs: number; toMs: number; everyMs?: number },
  rate: number,
  stored: (atMs: number) => number,
): void {
  for (let atMs = span.fromMs; atMs <= span.toMs; atMs += span.everyMs ?? LOOK_MS) {
    const storedBytes = stored(atMs);
    const recordedBytes = rate * atMs;
    const verifiedBytes = storedBytes / 2;
    meter.note({ atMs, recordedBytes, storedBytes, sentBytes: storedBytes, verifiedBytes });
  }
}

/** The meter says at least the truth, and at most two samples or 3 % more. */
function assertBehind(meter: Pick<Meter, "behindSeconds">, trueSeconds: number): void {
  const said = meter.behindSeconds();
  assert(said !== null);
  assertGreaterOrEqual(said, trueSeconds);
  assertLessOrEqual(said, trueSeconds * 1.03 + 2 * LOOK_MS / 1000);
}

Deno.test("meter says nothing before it knows anything", () => {
  const meter = newestMeter();
  assertEquals([meter.behindSeconds(), meter.sentRate(), meter.verifiedRate()], [null, 0, 0]);
  meter.note({ atMs: 5, recordedBytes: 10, storedBytes: 0, verifiedBytes: 0 });
  assertEquals([meter.behindSeconds(), meter.sentRate()], [0, 0]);
});

Deno.test("meter is behind by the time since the recording had the size that is stored", () => {
  for (const lagMs of [1000, 7000, 60_000]) {
    const meter = newestMeter();
    record(meter, { fromMs: 0, toMs: 120_000 }, 8000, (atMs) => 8000 * Math.max(0, atMs - lagMs));
    assertBehind(meter, lagMs / 1000);
  }
});

Deno.test("meter that came late, or after a restart, is behind since the recorder wrote what is missing", () => {
  const meter = newestMeter();
  meter.grewBefore({ fromMs: 0, toMs: 60_000 });
  const note = (atMs: number, storedBytes: number) =>
    meter.note({ atMs, recordedBytes: 8000 * atMs, storedBytes, verifiedBytes: 0 });
  note(60_000, 0);
  assertEquals(meter.behindSeconds(), 60);
  note(61_000, 8000 * 30_000);
  assertEquals(meter.behindSeconds(), 31);
  note(62_000, 8000 * 60_500);
  assertBehind(meter, 1.5);
  const over = newestMeter(); // recorded from an hour ago on, for a minute
  over.grewBefore({ fromMs: 0, toMs: 60_000 });
  over.note({ atMs: HOUR_MS, recordedBytes: 100, storedBytes: 50, verifiedBytes: 0 });
  assertEquals(over.behindSeconds(), 3570);
});

Deno.test("when a recording grew before the first look is told by its own times, where they mean it", () => {
  const moment = { nowMs: 1_000_000, monotonicMs: 5000 };
  const span = (bornMs: number | null, modifiedMs: number, over = {}) => {
    const seen = { onNetwork: false, absentAtMs: null, ...over };
    return grownBefore({ bornMs, modifiedMs }, seen, moment);
  };
  assertEquals(span(940_000, 999_000), { fromMs: -55_000, toMs: 4000 });
  assertEquals(span(null, 999_000), null);
  assertEquals(span(999_500, 999_000), null, "a copy keeps the time of its original");
  assertEquals(span(940_000, 1_000_001), null, "another clock");
  assertEquals(span(940_000, 999_000, { onNetwork: true }), null);
  const armed = span(0, 999_000, { absentAtMs: 4900 }); // made long ago, and empty until a moment ago
  assertEquals(armed, { fromMs: 4900, toMs: 5000 });
});

Deno.test("meter is not behind when everything is stored, also after a long time", () => {
  const meter = newestMeter();
  record(meter, { fromMs: 0, toMs: 600_000 }, 8000, (atMs) => 8000 * Math.max(0, atMs - 2000));
  meter.note({ atMs: 600_250, recordedBytes: 100, storedBytes: 100, verifiedBytes: 0 });
  assertEquals(meter.behindSeconds(), 0);
});

Deno.test("meter is honest about an outage of hours, after hours of recording", () => {
  const meter = newestMeter();
  const outAtMs = 3 * HOUR_MS;
  const stored = (atMs: number) => 8000 * Math.max(0, Math.min(atMs, outAtMs) - 2000);
  for (const outageMs of [60_000, 600_000, HOUR_MS, 8 * HOUR_MS]) {
    const whole = newestMeter();
    record(whole, { fromMs: 0, toMs: outAtMs + outageMs }, 8000, stored);
    assertBehind(whole, (outageMs + 2000) / 1000);
  }
  record(meter, { fromMs: 0, toMs: outAtMs + HOUR_MS }, 8000, stored);
  // The link is back: what is stored runs through the hour that was missing.
  for (let part = 1; part <= 10; part++) {
    const atMs = outAtMs + HOUR_MS + part * LOOK_MS;
    const storedBytes = stored(outAtMs) + part * 8000 * 360_000;
    meter.note({ atMs, recordedBytes: 8000 * atMs, storedBytes, verifiedBytes: 0 });
    const trueMs = Math.max(0, atMs - storedBytes / 8000);
    assertBehind(meter, trueMs / 1000);
  }
});

Deno.test("meter is honest when a take falls back to nothing in a second asset", () => {
  const meter = newestMeter();
  record(meter, { fromMs: 0, toMs: HOUR_MS }, 8000, (atMs) => 8000 * Math.max(0, atMs - 2000));
  const atMs = HOUR_MS + LOOK_MS;
  meter.note({ atMs, recordedBytes: 8000 * atMs, storedBytes: 0, verifiedBytes: 0 });
  assertBehind(meter, atMs / 1000);
});

Deno.test("meter's lag grows while the recorder pauses with bytes unsent, and not after", () => {
  const meter = newestMeter();
  record(meter, { fromMs: 0, toMs: 10_000 }, 8000, () => 40_000_000); // the size at 5 s
  const pause = { recordedBytes: 80_000_000, storedBytes: 40_000_000, verifiedBytes: 0 };
  for (let atMs = 10_250; atMs <= 20_000; atMs += LOOK_MS) meter.note({ atMs, ...pause });
  assertBehind(meter, 15);
  meter.note({ atMs: 20_250, ...pause, storedBytes: 80_000_000 });
  assertEquals(meter.behindSeconds(), 0);
});

Deno.test("meter's lag grows and its rates fall while no sample comes, as on a drive that hangs", () => {
  let nowMs = 0;
  const meter = createMeter(() => nowMs);
  const told = () => [meter.behindSeconds(), meter.sentRate(), meter.recordedRate()];
  record(meter, { fromMs: 0, toMs: 60_000 }, 8000, (atMs) => 8000 * Math.max(0, atMs - 2000));
  nowMs = 60_000;
  assertEquals(told().slice(1), [8_000_000, 8_000_000]);
  nowMs = 70_000;
  assertBehind(meter, 12);
  assertEquals(told().slice(1), [4_000_000, 4_000_000]);
  nowMs = 660_000;
  assertBehind(meter, 602);
  assertEquals(told().slice(1), [0, 0]);
  assertEquals(meter.sentTrend().at(-1), 0);
});

Deno.test("meter tells rates over the last 20 s", () => {
  const meter = newestMeter();
  record(meter, { fromMs: 0, toMs: 100_000 }, 8000, (atMs) => 5000 * atMs);
  assertEquals(Math.round(meter.sentRate()), 5_000_000);
  assertEquals(Math.round(meter.verifiedRate()), 2_500_000);
  record(meter, { fromMs: 100_250, toMs: 130_000 }, 8000, () => 500_000_000);
  assertEquals(meter.sentRate(), 0);
});

Deno.test("meter tells what goes out over a poor link that stores nothing for minutes", () => {
  const meter = newestMeter();
  for (let s = 0; s <= 60; s++) {
    const sent = { storedBytes: 0, sentBytes: 125_000 * s, verifiedBytes: 0 };
    meter.note({ atMs: 1000 * s, recordedBytes: 26_214_400, ...sent });
  }
  assertEquals(meter.sentRate(), 125_000);
  assertEquals(meter.sentTrend(), Array.from({ length: 20 }, () => 125_000));
});

Deno.test("meter begins anew with a recording that was cut below what is stored", () => {
  const meter = newestMeter();
  meter.grewBefore({ fromMs: -HOUR_MS, toMs: 0 });
  record(meter, { fromMs: 0, toMs: 20_000 }, 8000, (atMs) => 8000 * Math.max(0, atMs - 2000));
  for (let atMs = 20_250; atMs <= 22_000; atMs += LOOK_MS) {
    meter.note({ atMs, recordedBytes: 8000 * (atMs - 20_000), storedBytes: 0, verifiedBytes: 0 });
  }
  assertBehind(meter, 1.75);
});

Deno.test("meter's rates stay over the last 20 s after hours", () => {
  const meter = newestMeter();
  const turnMs = 5 * HOUR_MS;
  record(meter, { fromMs: 0, toMs: turnMs }, 8000, (atMs) => 8000 * atMs);
  const after = { fromMs: turnMs + LOOK_MS, toMs: turnMs + 20_000 };
  record(meter, after, 8000, (atMs) => 8000 * turnMs + 1000 * (atMs - turnMs));
  assertLessOrEqual(Math.abs(meter.sentRate() - 1_000_000), 10_000);
});

Deno.test("meter never tells a negative rate, nor one of a moment", () => {
  const meter = newestMeter();
  meter.note({ atMs: 0, recordedBytes: 10, storedBytes: 10, verifiedBytes: 10 });
  meter.note({ atMs: 100, recordedBytes: 10, storedBytes: 1e9, verifiedBytes: 0 });
  assertEquals(meter.sentRate(), 0);
  meter.note({ atMs: 1000, recordedBytes: 10, storedBytes: 5, verifiedBytes: 0 });
  assertEquals([meter.sentRate(), meter.verifiedRate()], [0, 0]);
});

Deno.test("meter keeps no more than 1,500 samples, in a week of looks", () => {
  const meter = createMeter(() => 0);
  let looks = 0;
  for (let atMs = 0; atMs <= 7 * 24 * HOUR_MS; atMs += 1000) {
    meter.note({
      atMs,
      get recordedBytes() {
        looks++; // each sample that is kept is looked at
        return 0;
      },
      storedBytes: -1,
      sentBytes: 0,
      verifiedBytes: 0,
    });
  }
  looks = 0;
  meter.note({
    atMs: 8 * 24 * HOUR_MS,
    recordedBytes: 1,
    storedBytes: 0,
    sentBytes: 0,
    verifiedBytes: 0,
  });
  meter.behindSeconds();
  assertGreaterOrEqual(looks, 500);
  assertLessOrEqual(looks, 1500);
});

Deno.test("meter's trend is 40 figures of the last 2 minutes, steady where parts arrive in lumps", () => {
  const meter = newestMeter();
  const lumps = (atMs: number) => 50_000_000 * Math.floor(atMs / 5000); // 10 MB/s, then nothing
  record(meter, { fromMs: 0, toMs: 300_000 }, 10_000, (atMs) => lumps(Math.min(atMs, 270_000)));
  const trend = meter.sentTrend();
  assertEquals(trend.length, 40);
  assertEquals(trend.slice(0, 29), Array.from({ length: 29 }, () => 10_000_000));
  assertEquals(trend.slice(-7), [0, 0, 0, 0, 0, 0, 0]);
  const young = newestMeter();
  record(young, { fromMs: 0, toMs: 4000 }, 10_000, (atMs) => 10_000 * atMs);
  assertEquals(young.sentTrend(), [10_000_000, 10_000_000]);
});
