import { assertEquals } from "@std/assert";
import type { DurableEvent } from "../../src/events.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { openEventStore } from "../../src/runtime/event_store.ts";
import { MOST_MILESTONES, openMilestones } from "../../src/runtime/milestones.ts";
import { tempFolder } from "../support/temp_folder.ts";

Deno.test("openMilestones() reads a take to its end, however often its asset was asked for in vain", async () => {
  await using folder = await tempFolder();
  const store = openEventStore(folder.path);
  const journal = openJournal(store, systemClock);
  const tries = Array.from({ length: MOST_MILESTONES }, (): DurableEvent[] => [
    { type: "asset.requested" },
    { type: "asset.missed" },
  ]).flat();
  const events: DurableEvent[] = [...tries, { type: "take.verified" }];
  journal.append("t", events.map((event) => ({ event })));
  const milestones = openMilestones(folder.path);
  assertEquals(milestones.of("t").map(({ event }) => JSON.parse(event).type), ["take.verified"]);
  milestones.close();
  store.close();
});
