import { assertEquals, assertThrows } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import type { DurableEvent } from "../../src/events.ts";
import type { Journal } from "../../src/journal/journal.ts";
import { MIB } from "../../src/parts/limits.ts";
import { openHouse, storedUpTo, type Upload } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";
import { within } from "../support/within.ts";

const BUSY = new Unavailable("Cannot use the journal now: another process holds it", "disk");

/** A journal that another process holds, twice for each kind of fact and then as long as `isHeld`. */
function busyJournal(
  real: Journal,
  types: readonly DurableEvent["type"][],
  isHeld = () => false,
): Journal {
  const left = new Map(types.map((type) => [type, 2]));
  return {
    ...real,
    append(takeId, entries) {
      if (isHeld()) throw BUSY;
      for (const { event: { type } } of entries) {
        const times = left.get(type) ?? 0;
        left.set(type, times - 1);
        if (times > 0) throw BUSY;
      }
      real.append(takeId, entries);
    },
  };
}

Deno.test("take asks nothing twice because another process held its journal when the answer came", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const calls: string[] = [];
  const upload = house.upload([path], {
    doors: ({ api, journal }) => ({
      journal: busyJournal(journal, [
        ...["take.started", "asset.requested", "asset.created"] as const,
        ...["part.planned", "part.registered", "part.started"] as const,
      ]),
      api: {
        ...api,
        createAsset: (...args) => (calls.push("create"), api.createAsset(...args)),
        registerParts(...args) {
          calls.push(...args[1].map(({ number }) => `register ${number}`));
          return api.registerParts(...args);
        },
      },
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(upload, 2);
  await mov.stop();
  assertEquals(await within(upload.done, 30_000), [{ is: "done" }]);
  assertEquals(calls.length, new Set(calls).size, calls.join());
  assertEquals((await house.assets()).map(({ status }) => status), ["complete"]);
  const told = house.events.filter(({ type }) =>
    type === "asset.created" || type === "take.warned"
  );
  assertEquals(told.map(({ type }) => type), ["asset.created"]);
});

Deno.test("take tells no lost answer because its refusal could not be written down at once", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  let isFirst = true;
  const upload = house.upload([path], {
    doors: ({ api, journal }) => ({
      journal: busyJournal(journal, ["asset.missed"]),
      api: {
        ...api,
        createAsset(...args) {
          if (!isFirst) return api.createAsset(...args);
          isFirst = false;
          const error = new Unavailable("Cannot reach it", "network", { notCarriedOut: true });
          return Promise.reject(error);
        },
      },
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  await mov.stop();
  assertEquals(await within(upload.done, 30_000), [{ is: "done" }]);
  assertEquals(house.events.filter(({ type }) => type === "take.warned"), []);
  const delays = house.events.flatMap((e) => e.type === "service.delayed" ? [e.message] : []);
  assertEquals(delays.filter((message) => message === BUSY.message).length, 1, "told once");
});

Deno.test("operator's word that cannot be written now is refused with the reason, and changes nothing", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  let isHeld = false;
  const upload: Upload = house.upload([path], {
    doors: ({ journal }) => ({ journal: busyJournal(journal, [], () => isHeld) }),
  });
  const { studio } = upload;
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(upload, 2);
  const { takeId, snapshot } = studio.shown()[0]!;
  isHeld = true; // and freed in the same breath: nothing of the take comes in between
  for (const word of ["pause", "finish", "cancel"] as const) {
    assertThrows(() => studio[word](takeId), Unavailable, BUSY.message);
  }
  isHeld = false;
  const { paused, cancelled, finishAskedBytes } = snapshot.state;
  assertEquals([paused, cancelled, finishAskedBytes], [false, false, null]);
  await mov.stop();
  assertEquals(await within(upload.done), [{ is: "done" }]);
});

Deno.test("take waits a journal out that another process holds at each of its facts, and sends nothing twice", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    doors: ({ journal }) => ({
      journal: busyJournal(journal, [
        ...["head.fixed", "recording.ended", "part.stored", "take.finalized"] as const,
        ...["take.verified", "asset.completed"] as const,
      ]),
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(upload, 2);
  await mov.stop();
  assertEquals(await within(upload.done, 30_000), [{ is: "done" }]);
  const [asset] = await house.assets();
  assertEquals(asset!.status, "complete");
  assertEquals(asset!.parts.map(({ putCount }) => putCount), asset!.parts.map(() => 1));
  for (const type of ["recording.ended", "take.finalized", "take.verified", "asset.completed"]) {
    assertEquals(house.events.filter((event) => event.type === type).length, 1, type);
  }
});
