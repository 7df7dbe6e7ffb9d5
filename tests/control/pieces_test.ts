import { assertEquals, assertStringIncludes } from "@std/assert";
import { ACTIONS, questionOf } from "../../src/control/page/actions.js";
import { resentSpans } from "../../src/control/page/cells.js";
import { sparkPoints } from "../../src/control/page/spark.js";
import { clock } from "../../src/control/page/words.js";
import { operations } from "../../src/control/schemas.ts";
import { stripRuns, takeView } from "./views.ts";

Deno.test("ACTIONS has a button for every operation of the API", () => {
  assertEquals(Object.keys(ACTIONS).toSorted(), [...operations].sort());
});

Deno.test("questionOf() asks exactly where something is lost, and says what", () => {
  const asked = operations.filter((operation) => questionOf(operation, takeView()) !== null);
  assertEquals(asked, ["finish", "cancel"]);
  assertStringIncludes(questionOf("finish", takeView())!.text, "1.24 GB");
  const { text } = questionOf("cancel", takeView())!;
  assertStringIncludes(text, "The 1.10 GB that are stored stay incomplete in Frame.io");
  const test = questionOf("cancel", takeView({ sandbox: true }))!;
  assertStringIncludes(test.text, "stay incomplete in the sandbox");
});

Deno.test("resentSpans() joins neighbours, and marks no byte that went once", () => {
  const runs = stripRuns(["stored", 1, 25], ["stored", 1, 25], ["verified", 1, 25], [
    "stored",
    1,
    25,
  ]);
  const strip = runs.map((run, index) =>
    index === 1 || index === 2 ? { ...run, resent: true as const } : run
  );
  assertEquals(resentSpans(strip, 100, 100), [[25, 75]]);
  assertEquals(resentSpans(strip, 200, 100), [[12, 38]]);
  assertEquals(resentSpans(runs, 100, 100), []);
  assertEquals(resentSpans([], 0, 100), []);
});

Deno.test("sparkPoints() ends at the right, with the highest rate on top", () => {
  assertEquals(sparkPoints([]), "");
  assertEquals(sparkPoints([0]), "120.0,29.0");
  const points = sparkPoints(Array.from({ length: 60 }, (_, index) => index)).split(" ");
  assertEquals(points.length, 40);
  assertEquals([points[0], points.at(-1)], ["0.0,19.5", "120.0,1.0"]);
});

Deno.test("clock() keeps its width", () => {
  assertEquals(clock(new Date(2026, 10, 20, 4, 5, 6)), "04:05:06");
});
