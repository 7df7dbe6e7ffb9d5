import { assertEquals } from "@std/assert";
import { stripCells, stripCounts } from "../../src/control/page/cells.js";
import { duration, groupOf, marksOf, size, toneOf } from "../../src/control/page/words.js";
import { wordsOfEvent } from "../../src/control/event_words.ts";
import type { StripRun } from "../../src/control/view.ts";
import { finalizedView, stripRuns, takeView } from "./views.ts";

Deno.test("duration() keeps its width while it counts", () => {
  const cases: [number, string][] = [
    [0, "0.0 s"],
    [-0.2, "0.0 s"],
    [2.44, "2.4 s"],
    [9.94, "9.9 s"],
    [9.96, "10 s"],
    [59.4, "59 s"],
    [59.6, "1 min 00 s"],
    [754, "12 min 34 s"],
    [3599.7, "1 h 00 min"],
    [11_220, "3 h 07 min"],
  ];
  for (const [seconds, words] of cases) assertEquals(duration(seconds), words);
});

Deno.test("size() shows three digits in decimal units", () => {
  const cases: [number, string][] = [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [999_600, "1.00 MB"],
    [12_412_000_000, "12.4 GB"],
    [999_400_000_000, "999 GB"],
    [5_497_558_138_880, "5.50 TB"],
  ];
  for (const [sizeBytes, words] of cases) assertEquals(size(sizeBytes), words);
});

Deno.test("marksOf() says what a person should know, once", () => {
  assertEquals(marksOf(finalizedView()), []);
  const orphan = finalizedView({ finishedByRecorder: false, endedBy: "writer_gone" });
  assertEquals(marksOf(orphan), [
    "its recorder never closed the file",
    "ended by its recorder's exit",
  ]);
  const said = { ...orphan, words: "whole and verified; its recorder never closed the file" };
  assertEquals(marksOf(said), ["ended by its recorder's exit"]);
});

Deno.test("toneOf() asks for attention where the recorder never finished what is stored whole", () => {
  assertEquals(toneOf(finalizedView()), "done");
  assertEquals(toneOf(finalizedView({ finishedByRecorder: false })), "attention");
  assertEquals(toneOf(takeView()), "going");
});

Deno.test("groupOf() keeps a take in trouble on the way while it is under way", () => {
  assertEquals(groupOf(takeView({ problem: "no network" })), "going");
  assertEquals(groupOf(takeView({ phase: "suspended" })), "attention");
  assertEquals(groupOf(finalizedView()), "done");
  assertEquals(groupOf(takeView({ phase: "waiting" })), "waiting");
  assertEquals(groupOf(takeView({ phase: "cancelled" })), "given-up");
});

Deno.test("stripCells() gives each state its share of the bytes, and none to what is not planned", () => {
  const strip = stripRuns(["verified", 2, 40], ["stored", 1, 20], ["registered", 1, 20]);
  assertEquals(stripCells(strip, 100, 5), [
    "verified",
    "verified",
    "stored",
    "registered",
    null,
  ]);
  assertEquals(stripCells([], 0, 2), [null, null]);
});

Deno.test("stripCells() never boasts: in a shared cell the state furthest from done shows", () => {
  const strip = stripRuns(["verified", 5, 50], ["changed", 1, 1], ["verified", 5, 49]);
  assertEquals(stripCells(strip, 100, 2), ["verified", "changed"]);
});

Deno.test("stripCells() and stripCounts() manage 10,000 parts that all differ from their neighbours", () => {
  const strip: StripRun[] = Array.from({ length: 10_000 }, (_, index) => ({
    from: index + 1,
    to: index + 1,
    state: index % 2 ? "stored" : "verified",
    sizeBytes: 50_000_000,
  }));
  assertEquals(stripCells(strip, 0, 100), Array.from({ length: 100 }, () => "stored"));
  assertEquals(stripCounts(strip), [
    { state: "verified", count: 5000 },
    { state: "stored", count: 5000 },
  ]);
});

Deno.test("wordsOfEvent() says given up, and names no place that an asset may not be in", () => {
  assertEquals(
    wordsOfEvent({ type: "take.cancelled", by: "operator" }),
    "A person gave the take up; what is stored stays in an asset that is never complete",
  );
  assertEquals(
    [
      wordsOfEvent({ type: "finish.withdrawn" }),
      wordsOfEvent({ type: "finish.withdrawn", cutToBytes: 0 }),
    ],
    [
      "The recorder has just stopped by itself: the take ends with its file, whole",
      "The file was cut to 0 B, less than was to be finished: what is recorded into it now is taken up whole",
    ],
  );
  const finalized = { type: "take.finalized", sizeBytes: 1000, modifiedMs: 1 } as const;
  assertEquals(
    [850, null].map((tailMs) => wordsOfEvent({ ...finalized, tailMs })),
    [
      "The last of 1.00 kB was in, 0.8 s after the recorder's last write",
      "The last of 1.00 kB was in",
    ],
  );
  assertEquals(wordsOfEvent({ type: "asset.completed" }), "The asset reads back as complete");
});
