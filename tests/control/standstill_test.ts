import { assertEquals } from "@std/assert";
import { viewOf } from "../../src/control/view_of.ts";
import type { Judgement } from "../../src/recording/settle.ts";
import { createMeter } from "../../src/take/meter.ts";
import type { TakeSnapshot } from "../../src/take/outcome.ts";
import { ENDED, GROWING, shown, sightOf, stateOf } from "./shown_takes.ts";

const SIZE = 5_000_030; // 20 bytes in parts after a head of 10, and less than a part beyond them

/** The view of a take whose recorder has written nothing for so long, with `--idle 60`. */
function after(
  quietMs: number,
  over: Partial<TakeSnapshot> = {},
  verdict: "open" | "undecidable" | "final" = "undecidable",
  judgement: Judgement = GROWING,
) {
  const meter = createMeter(() => quietMs);
  meter.note({ atMs: 0, recordedBytes: SIZE, storedBytes: 0, sentBytes: 0, verifiedBytes: 0 });
  meter.note({
    atMs: quietMs,
    recordedBytes: SIZE,
    storedBytes: 20,
    sentBytes: 20,
    verifiedBytes: 0,
  });
  const sight = sightOf(SIZE, judgement, verdict);
  const quiet = { idleMs: 60_000, abandonMs: 3_600_000 };
  return viewOf(shown({ meter, sight, state: stateOf("pss"), ...over }), {
    nowMs: 1_700_000_000_000,
    monotonicMs: quietMs,
    quiet,
  });
}

Deno.test("viewOf() says how long nothing was written, and when that ends the take", () => {
  const rows: [view: ReturnType<typeof after>, words: string][] = [
    [after(4_900), "recording, in a format without an end mark: ends when it is quiet"],
    [
      after(23_200),
      "nothing written for 23 s; it ends in 37 s if it stays so and no program has it open",
    ],
    [
      after(23_200, {}, "open"),
      "nothing written for 23 s; it ends in 37 s if its recorder is seen to be gone",
    ],
    [after(75_000), "nothing written for 1 min 15 s"],
    [after(23_200, {}, "final"), "nothing written for 23 s"],
  ];
  for (const [view, words] of rows) assertEquals([view.phase, view.words], ["recording", words]);
});

Deno.test("viewOf() tells no lag while only what waits for the end is missing and nothing is written", () => {
  const quiet: Judgement = { is: "quiet", quietMs: 61_000 };
  assertEquals(after(23_000).behindSeconds, null);
  assertEquals(after(61_000, {}, "open", quiet).behindSeconds, null);
  const late: Partial<TakeSnapshot>[] = [
    { state: stateOf("psr") },
    { state: stateOf("psc") },
    { sight: sightOf(SIZE + 6_000_000, GROWING) }, // a whole part could go
    { sight: sightOf(SIZE, ENDED) },
  ];
  for (const over of late) assertEquals(after(23_000, over).behindSeconds, 23);
  assertEquals(after(4_900).behindSeconds, 4.9, "its recorder may only have paused to breathe");
});
