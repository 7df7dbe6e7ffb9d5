import { assertEquals } from "@std/assert";
import { endOf } from "../../src/cli/watch_end.ts";
import type { TakeView } from "../../src/control/view.ts";
import { finalizedView, takeView } from "../control/views.ts";

Deno.test("endOf() tells the worst that happened", () => {
  const well = finalizedView();
  const open = finalizedView({ endedBy: "writer_gone", finishedByRecorder: false });
  const givenUp = takeView({ phase: "cancelled" });
  const rows: [views: TakeView[], status: number][] = [
    [[well, well], 0],
    [[well, takeView({ phase: "failed" }), open, givenUp], 1],
    [[well, finalizedView({ endedBy: "deleted" })], 1],
    [[well, open], 3],
    [[well, givenUp], 4],
    [[well, givenUp, open], 3],
    [[takeView({ phase: "cancelled", finishedByRecorder: false }), well], 4],
    [[takeView({ phase: "suspended" }), open], 130],
    [[takeView({ phase: "waiting" }), well], 130],
  ];
  for (const [views, status] of rows) assertEquals(endOf(views), status);
});
