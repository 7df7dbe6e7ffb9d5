import { assertEquals } from "@std/assert";
import type { Look } from "../../src/containers/container.ts";
import {
  type Evidence,
  judge,
  type Judgement,
  type Observed,
  patienceMs,
} from "../../src/recording/settle.ts";

const NOW_MS = 1_700_000_000_000;
const HOUR_MS = 3_600_000;
const POLICY = { idleMs: 60_000, abandonMs: HOUR_MS };
const SETTLE_MS = 2000;

const look = (verdict: Look["verdict"]): Look => ({
  verdict,
  container: "test",
  headBytes: 0,
  mediaStart: null,
  frontierBytes: 0,
  patched: [],
  settleMs: SETTLE_MS,
});

/** Evidence of a file that changed under our eyes and then stood still for `stillMs`. */
function evidence(
  verdict: Look["verdict"],
  stillMs: number,
  over: Partial<Evidence> = {},
): Evidence {
  const observed: Observed = {
    sizeBytes: 1000,
    modifiedMs: NOW_MS - stillMs,
    sinceMs: 5_000_000 - stillMs,
    seenLateMs: 0,
    changedOnce: true,
    longestGapMs: 0,
    finalSinceMs: verdict === "final" ? 5_000_000 - stillMs : null,
    finalWhileGrowing: false,
  };
  return {
    observed,
    facts: { sizeBytes: 1e9, modifiedMs: NOW_MS - stillMs, bornMs: NOW_MS - stillMs - 100_000 },
    look: look(verdict),
    settleMs: SETTLE_MS,
    moment: { nowMs: NOW_MS, monotonicMs: 5_000_000 },
    writers: "unknown",
    finishAsked: false,
    deleted: false,
    onNetwork: false,
    ...over,
  };
}

const GROWING: Judgement = { is: "growing" };
const SETTLING: Judgement = { is: "settling" };
const quiet = (quietMs: number): Judgement => ({ is: "quiet", quietMs });
const ended = (
  by: (Judgement & { is: "ended" })["by"],
  finishedByRecorder: boolean,
): Judgement => ({
  is: "ended",
  by,
  finishedByRecorder,
});

type Row = readonly [
  verdict: Look["verdict"],
  stillMs: number,
  over: Partial<Evidence>,
  judgement: Judgement,
];

function assertTable(rows: readonly Row[]): void {
  for (const [verdict, stillMs, over, judgement] of rows) {
    const words = `${verdict}, still for ${stillMs} ms, ${JSON.stringify(over)}`;
    assertEquals(judge(evidence(verdict, stillMs, over), POLICY), judgement, words);
  }
}

Deno.test("judge() takes final of a file that went on before for nothing until it has settled", () => {
  const rolling = (stillMs: number): Partial<Evidence> => ({
    observed: { ...evidence("final", stillMs).observed, finalWhileGrowing: true },
  });
  assertTable([
    ["final", 100, {}, SETTLING],
    ["final", 100, rolling(100), GROWING],
    ["final", SETTLE_MS - 1, rolling(SETTLE_MS - 1), GROWING],
    ["final", SETTLE_MS, rolling(SETTLE_MS), ended("container", true)],
    ["final", 59_999, { ...rolling(59_999), writers: "some" }, GROWING],
    ["final", 60_000, { ...rolling(60_000), writers: "some" }, ended("container", true)],
  ]);
});

Deno.test("judge() holds a final file open while its writer is seen, for as long as its patience", () => {
  const some = { writers: "some" } as const;
  const gaps: Partial<Evidence> = {
    observed: { ...evidence("final", 60_000).observed, longestGapMs: 20_000 },
    ...some,
  };
  assertTable([
    ["final", SETTLE_MS, some, SETTLING],
    ["final", 59_999, some, SETTLING],
    ["final", 60_000, some, ended("container", true)],
    ["final", 60_000, gaps, SETTLING],
    ["final", SETTLE_MS, { writers: "none" }, ended("container", true)],
    ["final", SETTLE_MS, { writers: "unknown" }, ended("container", true)],
  ]);
});

Deno.test("judge() takes the operator's word first, whatever else is known", () => {
  const asked = { finishAsked: true };
  assertTable([
    ["open", 0, asked, ended("operator", false)],
    ["undecidable", 0, asked, ended("operator", true)],
    ["final", 0, asked, ended("operator", true)],
    ["open", 2 * HOUR_MS, { ...asked, deleted: true, writers: "none" }, ended("operator", false)],
  ]);
});

Deno.test("judge() takes the container's final only when it has held for its settle time", () => {
  assertTable([
    ["final", 0, {}, SETTLING],
    ["final", SETTLE_MS - 1, {}, SETTLING],
    ["final", SETTLE_MS, {}, ended("container", true)],
    ["final", 2 * HOUR_MS, {}, ended("container", true)],
    // A lost name does not matter then: the bytes are the recorder's word.
    ["final", SETTLE_MS, { deleted: true }, ended("container", true)],
    ["final", SETTLE_MS - 1, { deleted: true, writers: "none" }, SETTLING],
    // A network volume asks for longer than the container.
    ["final", 9999, { settleMs: 10_000 }, SETTLING],
    ["final", 10_000, { settleMs: 10_000 }, ended("container", true)],
  ]);
});

Deno.test("judge() ends a deleted recording once it stands still and nobody is seen to write", () => {
  const deleted = { deleted: true };
  assertTable([
    ["open", SETTLE_MS - 1, deleted, GROWING],
    ["open", SETTLE_MS, deleted, ended("deleted", false)],
    ["open", SETTLE_MS, { ...deleted, writers: "none" }, ended("deleted", false)],
    ["undecidable", SETTLE_MS, deleted, ended("deleted", false)],
    ["open", SETTLE_MS, { ...deleted, writers: "some" }, GROWING],
    ["open", 60_000, { ...deleted, writers: "some" }, quiet(60_000)],
  ]);
});

Deno.test("judge() lets silence end a format without an end rule, unless somebody holds it", () => {
  assertTable([
    ["undecidable", 59_999, {}, GROWING],
    ["undecidable", 60_000, {}, ended("idle", true)],
    ["undecidable", 60_000, { writers: "none" }, ended("idle", true)],
    ["undecidable", 60_000, { writers: "some" }, quiet(60_000)],
    ["undecidable", HOUR_MS - 1, { writers: "some" }, quiet(HOUR_MS - 1)],
    ["undecidable", HOUR_MS, { writers: "some" }, ended("abandoned", true)],
  ]);
});

Deno.test("judge() never lets silence end what still says open, but for a writer known to be gone", () => {
  assertTable([
    ["open", 59_999, { writers: "none" }, GROWING],
    ["open", 60_000, { writers: "none" }, ended("writer_gone", false)],
    ["open", 60_000, {}, quiet(60_000)],
    ["open", 60_000, { writers: "some" }, quiet(60_000)],
    ["open", HOUR_MS - 1, {}, quiet(HOUR_MS - 1)],
    ["open", HOUR_MS, {}, ended("abandoned", false)],
    ["open", HOUR_MS, { writers: "some" }, ended("abandoned", false)],
  ]);
});

Deno.test("judge() asks a file of any age to stand still under our eyes for a moment", () => {
  const old = (stillMs: number): Partial<Evidence> => ({
    observed: {
      ...evidence("open", stillMs).observed,
      modifiedMs: NOW_MS - 5 * HOUR_MS,
      changedOnce: false,
    },
  });
  assertTable([
    ["undecidable", 0, old(0), GROWING],
    ["undecidable", SETTLE_MS - 1, old(SETTLE_MS - 1), GROWING],
    ["undecidable", SETTLE_MS, old(SETTLE_MS), ended("idle", true)],
    ["open", SETTLE_MS, old(SETTLE_MS), ended("abandoned", false)],
  ]);
});

Deno.test("judge() takes no file's age for silence where its recorder is seen, or another clock set it", () => {
  const old = (stillMs: number, over: Partial<Evidence>): Partial<Evidence> => ({
    observed: {
      ...evidence("open", stillMs).observed,
      modifiedMs: NOW_MS - 5 * HOUR_MS,
      changedOnce: false,
    },
    ...over,
  });
  const age = quiet(5 * HOUR_MS);
  assertTable([
    ["open", SETTLE_MS, old(SETTLE_MS, { writers: "some" }), age],
    ["undecidable", SETTLE_MS, old(SETTLE_MS, { writers: "some" }), age],
    ["open", HOUR_MS, old(HOUR_MS, { writers: "some" }), ended("abandoned", false)],
    ["open", SETTLE_MS, old(SETTLE_MS, { onNetwork: true }), GROWING],
    ["undecidable", SETTLE_MS, old(SETTLE_MS, { onNetwork: true }), GROWING],
    ["undecidable", 60_000, old(60_000, { onNetwork: true }), ended("idle", true)],
  ]);
});

Deno.test("judge() waits for a slow recorder's next write where nobody can say who writes", () => {
  // 64 kbit/s: 8 bytes a millisecond fill a buffer of 256 KiB in 33 s.
  const facts = { sizeBytes: 800_000, modifiedMs: NOW_MS, bornMs: NOW_MS - 100_000 };
  assertTable([
    ["undecidable", 60_000, { facts }, quiet(60_000)],
    ["undecidable", 65_535, { facts }, quiet(65_535)],
    ["undecidable", 65_536, { facts }, ended("idle", true)],
    ["undecidable", 60_000, { facts, writers: "none", writerStayed: true }, ended("idle", true)],
  ]);
});

Deno.test("judge() waits for a recorder that opens, appends and closes in turns", () => {
  const gaps = (writerStayed: boolean): Partial<Evidence> => ({
    observed: { ...evidence("open", 60_000).observed, longestGapMs: 20_000 },
    writers: "none",
    writerStayed,
  });
  assertTable([
    ["undecidable", 60_000, gaps(false), quiet(60_000)],
    ["undecidable", 60_000, gaps(true), ended("idle", true)],
    ["open", 60_000, gaps(false), quiet(60_000)],
    ["open", 60_000, gaps(true), ended("writer_gone", false)],
  ]);
  const later = { ...gaps(false), moment: { nowMs: NOW_MS + 20_000, monotonicMs: 5_020_000 } };
  assertTable([
    ["undecidable", 60_000, later, ended("idle", true)],
    ["open", 60_000, later, ended("writer_gone", false)],
  ]);
});

Deno.test("patienceMs() is several times the longest gap seen, and never above --abandon", () => {
  const fast = { sizeBytes: 1e9, modifiedMs: NOW_MS, bornMs: NOW_MS - 100_000 };
  const patience = (longestGapMs: number, facts: Evidence["facts"] = fast) =>
    patienceMs({ ...evidence("undecidable", 0).observed, longestGapMs }, facts, POLICY);
  assertEquals(patience(0), 60_000);
  assertEquals(patience(15_000), 60_000);
  assertEquals(patience(30_000), 120_000);
  assertEquals(patience(2 * HOUR_MS), HOUR_MS);
  assertEquals(patience(0, { ...fast, bornMs: null }), 60_000);
  assertEquals(patience(0, { ...fast, bornMs: NOW_MS + 1 }), 60_000, "born after its last change");
  assertEquals(patience(0, { ...fast, sizeBytes: 1 }), HOUR_MS);
  assertEquals(patience(0, { ...fast, sizeBytes: 0 }), 60_000);
  const short = { idleMs: 60_000, abandonMs: 5000 };
  assertEquals(patienceMs(evidence("undecidable", 0).observed, fast, short), 60_000);
});
