import { assert, assertEquals, assertMatch } from "@std/assert";
import type { PublishedEvent } from "../../src/events.ts";
import { MIB } from "../../src/parts/limits.ts";
import { holdPuts } from "../support/faulty_doors.ts";
import { type House, openHouse, sha256Of, storedUpTo, type Upload } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

const typed = (type: PublishedEvent["type"]) => (event: PublishedEvent) => event.type === type;

/** One asset, equal to the file; every part of it was sent once. */
async function assertSentOnce(house: House, path: string): Promise<void> {
  const assets = await house.assets();
  assertEquals(assets.length, 1);
  assertEquals(assets[0]!.sha256, await sha256Of(path));
  assertEquals(assets[0]!.parts.map((part) => part.putCount), assets[0]!.parts.map(() => 1));
}

Deno.test("take whose media move at the stop sends none of them twice", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mp4");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await mov.roll(32 * MIB);
  await storedUpTo(upload, 6);
  await mov.stopFast();
  assertEquals(await upload.done, [{ is: "done" }]);
  await assertSentOnce(house, path);
  const shifted = house.events.find(typed("recording.shifted"));
  assert(shifted?.type === "recording.shifted" && shifted.byBytes === 9016);
  const types = house.events.map((event) => event.type);
  const head = house.events.findIndex((e) => e.type === "part.planned" && e.number === 1);
  assert(types.indexOf("recording.shifted") < head, "the shift is written down before the head");
});

for (const moment of ["before", "during", "after"] as const) {
  Deno.test(`take restarted ${moment} the shift keeps its asset and what is stored`, async () => {
    await using house = await openHouse();
    const path = house.path("take01.mp4");
    const first = house.upload([path]);
    await using mov = await createMov(path);
    await mov.roll(32 * MIB);
    await storedUpTo(first, 6);
    await first.stop();
    let second = moment === "before" ? house.upload([path]) : null;
    if (moment === "before") await second!.seen(typed("take.resumed"));
    await mov.stopFast({
      moving() {
        if (moment === "during") second = house.upload([path]);
        return Promise.resolve();
      },
    });
    second ??= house.upload([path]);
    assertEquals(await second.done, [{ is: "done" }]);
    await assertSentOnce(house, path);
  });
}

Deno.test("take begins no part while the media move, and registered parts follow them", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mp4");
  await using mov = await createMov(path);
  const first = house.upload([path], { doors: (real) => ({ digests: holdPuts(real.digests) }) });
  await mov.roll(22 * MIB);
  await first.seen(typed("part.started"));
  await first.stop(); // parts are registered, none is stored
  const started = () => house.events.filter(typed("part.started")).length;
  const before = started();
  let second: Upload | null = null;
  await mov.stopFast({
    async sized() {
      second = house.upload([path]);
      await house.turns(second, 3);
    },
    moving: () => house.turns(second!, 3).then(() => assertEquals(started(), before)),
  });
  assertEquals(await second!.done, [{ is: "done" }]);
  await assertSentOnce(house, path);
});

Deno.test("take sends a part again that was read while the media moved", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mp4");
  await using mov = await createMov(path);
  let moved = false;
  const upload = house.upload([path], {
    doors: (real) => ({
      digests: {
        digest: real.digests.digest,
        async send(source, range, target, signal, onSent) {
          const sent = await real.digests.send(source, range, target, signal, onSent);
          // All bytes are out, the answer is there, and the part is not yet written down.
          if (!moved) {
            moved = true;
            await mov.stopFast();
          }
          return sent;
        },
      },
    }),
  });
  await mov.roll(11 * MIB);
  assertEquals(await upload.done, [{ is: "done" }]);
  const [asset] = await house.assets();
  assertEquals(asset?.sha256, await sha256Of(path));
  const delayed = house.events.find(typed("part.delayed"));
  assert(delayed?.type === "part.delayed");
  assertMatch(delayed.message, /The media moved while part 2 was read/);
});

Deno.test("take begins no part that waited for a lane while the media move", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mp4");
  const moving = Promise.withResolvers<void>();
  const upload = house.upload([path], {
    lanes: 1,
    doors: (real) => ({
      digests: {
        digest: real.digests.digest,
        async send(source, range, target, signal, onSent) {
          const sent = await real.digests.send(source, range, target, signal, onSent);
          await moving.promise; // the first answer comes when the recorder moves its media
          return sent;
        },
      },
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(22 * MIB); // the head and parts 2 to 4
  await upload.seen((event) => event.type === "part.registered" && event.number === 4);
  await upload.seen(typed("part.started"));
  await house.turns(upload, 2); // parts 3 and 4 have asked for the lane
  const started = () => house.events.filter(typed("part.started")).length;
  await mov.stopFast({
    async sized() {
      await house.turns(upload, 2); // the take has seen that the media are about to move
    },
    async moving() {
      assertEquals(started(), 1);
      moving.resolve();
      await upload.seen(typed("part.stored"));
      await house.turns(upload, 3);
    },
  });
  await upload.done;
  const [asset] = await house.assets();
  assertEquals(asset!.sha256, await sha256Of(path));
  const again = asset!.parts.filter(({ putCount }) => putCount > 1).map(({ number }) => number);
  assertEquals(again.filter((number) => number !== 2), [], "only part 2 was under way");
});
