import { assert, assertEquals } from "@std/assert";
import { earlierEntries, historyOf } from "../../src/control/history.ts";
import type { DurableEvent } from "../../src/events.ts";
import { openJournal } from "../../src/journal/journal.ts";
import { openEventStore } from "../../src/runtime/event_store.ts";
import { openMilestones } from "../../src/runtime/milestones.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { handClock } from "../support/hand_clock.ts";
import { DEAD, ENDED, ended, FINALIZED, FINALIZED_UNSEEN, VERIFIED } from "./shown_takes.ts";

const started = (name: string): DurableEvent => ({
  ...{ type: "take.started", path: `/card/${name}`, name, filetype: "video/quicktime" } as const,
  fileId: "7:1",
});
const created: DurableEvent = { type: "asset.created", assetId: "a1", name: "a.mov" };

/** A real journal in a folder, and its reader. */
async function openBoth() {
  const folder = await tempFolder();
  const clock = handClock();
  const store = openEventStore(folder.path);
  const journal = openJournal(store, clock);
  const milestones = openMilestones(folder.path);
  return {
    ...{ clock, journal, milestones },
    write: (takeId: string, ...events: DurableEvent[]) =>
      journal.append(takeId, events.map((event) => ({ event }))),
    async [Symbol.asyncDispose]() {
      milestones.close();
      store.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

Deno.test("historyOf() tells the finalized takes of the journal, newest first, with their proof", async () => {
  await using both = await openBoth();
  const { write, clock, milestones } = both;
  write("t1", started("a.mov"), created, ended(ENDED as never), FINALIZED, VERIFIED);
  write("t1", { type: "asset.completed" });
  write("t2", started("unfinished.mov"), created);
  await clock.advance(60_000);
  write("t3", started('b "2" 🎬.mov'), created, FINALIZED);
  write("t4", started("c.mov"), created, FINALIZED_UNSEEN, VERIFIED);
  write("t4", { type: "recording.changed_after_final", sizeBytes: 9 });
  const [c, b, a, ...more] = historyOf(milestones);
  assertEquals(more, []);
  assertEquals(a, {
    id: "t1",
    name: "a.mov",
    assetId: "a1",
    assetUrl: null,
    finalizedAt: "2024-06-12T14:00:00.000Z",
    sizeBytes: 30,
    tailSeconds: 0.85,
    endedBy: "container",
    endedByWords: "the file's own bytes say that its recorder finished it",
    finishedByRecorder: true,
    verified: true,
    completed: true,
    proof: "Every byte was read again after the end and equals what is stored; the asset " +
      "reads back as complete",
  });
  assertEquals([b?.name, b?.verified, b?.endedBy], ['b "2" 🎬.mov', false, null]);
  assertEquals(b?.proof, "Not proven: the stored bytes were not read again after the end");
  assertEquals(c?.tailSeconds, null);
  assert(c!.proof.startsWith("The file was changed after its last part"));
  await clock.advance(60_000);
  write("t2", FINALIZED);
  assertEquals(historyOf(milestones).map(({ id }) => id), ["t2", "t4", "t3", "t1"]);
});

Deno.test("historyOf() marks a take that its recorder never finished, whatever is proven of its bytes", async () => {
  await using both = await openBoth();
  both.write("t1", started("a.mov"), created, ended(DEAD as never), FINALIZED, VERIFIED);
  both.write("t2", started("b.mov"), created, FINALIZED);
  const [b, a] = historyOf(both.milestones);
  assertEquals([a?.finishedByRecorder, a?.verified], [false, true]);
  assert(a!.proof.endsWith("equals what is stored; not finalized by its recorder"), a!.proof);
  assertEquals([b?.finishedByRecorder, b?.proof.includes("recorder")], [null, false]);
});

Deno.test("historyOf() sees what is written meanwhile, and reads no part of 10,000", async () => {
  await using both = await openBoth();
  const { write, milestones } = both;
  assertEquals(historyOf(milestones), []);
  const parts = Array.from({ length: 10_000 }, (_, i): DurableEvent => ({
    ...{ type: "part.planned", number: i + 1, sizeBytes: 10, isFinal: false } as const,
  }));
  write("t1", started("a.mov"), created, ...parts, FINALIZED);
  assertEquals(milestones.of("t1").length, 3);
  assertEquals(historyOf(milestones).map(({ name }) => name), ["a.mov"]);
});

Deno.test("earlierEntries() tells what earlier runs did, and leaves this run to its own timeline", async () => {
  await using both = await openBoth();
  const { write, clock, milestones } = both;
  write("t1", started("a.mov"), created);
  await clock.advance(5_000);
  const startedMs = clock.now();
  await clock.advance(5_000);
  write("t1", ended(ENDED as never));
  assertEquals(earlierEntries(milestones, "t1", startedMs), [
    {
      ...{ id: null, time: "2024-06-12T14:00:00.000Z", type: "take.started" },
      words: "The recording a.mov was found",
    },
    {
      ...{ id: null, time: "2024-06-12T14:00:00.000Z", type: "asset.created" },
      words: "The asset a1 was created",
    },
  ]);
});
