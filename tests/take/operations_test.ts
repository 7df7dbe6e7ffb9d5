import { assert, assertEquals, assertMatch, assertStringIncludes, assertThrows } from "@std/assert";
import { Config, Rejected, StateFailure, Unavailable } from "../../src/errors.ts";
import type { PublishedEvent } from "../../src/events.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import { MIB } from "../../src/parts/limits.ts";
import type { RangeDigest } from "../../src/runtime/range_digest.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { realPathNow } from "../../src/runtime/disk.ts";
import { lockRecording } from "../../src/runtime/lock.ts";
import type { Studio } from "../../src/take/studio.ts";
import { type House, openHouse, sha256Of, storedUpTo, type Upload } from "../support/house.ts";
import { holdPuts } from "../support/faulty_doors.ts";
import { createMov } from "../support/mov_writer.ts";
import { within } from "../support/within.ts";

const typed = (type: PublishedEvent["type"]) => (event: PublishedEvent) => event.type === type;

/** The id of the only take that is shown. */
const idOf = ({ studio }: Upload) => studio.shown()[0]!.takeId;

/** What was begun at the service and the storage, told since an event of this type. */
function begunSince(house: House, type: PublishedEvent["type"]): string[] {
  const from = house.events.findLastIndex(typed(type));
  return house.events.slice(from).map((event) => event.type)
    .filter((type) => ["asset.requested", "part.planned", "part.started"].includes(type));
}

/** Resolves when something holds, asked every 10 ms. */
async function until(holds: () => boolean): Promise<void> {
  const endMs = systemClock.monotonicMs() + 10_000;
  while (!holds()) {
    assert(systemClock.monotonicMs() < endMs, "took over 10 s");
    await systemClock.sleep(10);
  }
}

/** A finished recording of 12 MiB. */
async function shoot(path: string, mebibytes = 12): Promise<void> {
  await using mov = await createMov(path);
  await mov.roll(mebibytes * MIB);
  await mov.stop();
}

/** The newest asset is complete and equals the file. */
async function assertArrived(house: House, path: string): Promise<void> {
  const asset = (await house.assets()).at(-1)!;
  assertEquals([asset.status, asset.sha256], ["complete", await sha256Of(path)]);
}

/** Real digests whose PUTs stay on their way until they are aborted, or let go. */
function gate() {
  let isShut = true;
  let dropped = 0;
  const onWay = Promise.withResolvers<void>();
  const open = (real: RangeDigest): RangeDigest => ({
    digest: real.digest,
    async send(source, range, target, signal, onSent) {
      if (!isShut) return await real.send(source, range, target, signal, onSent);
      onSent?.(1000);
      onWay.resolve();
      return await holdPuts(real).send(source, range, target, signal).finally(() => dropped++);
    },
  });
  return { open, onWay: onWay.promise, letGo: () => isShut = false, dropped: () => dropped };
}

Deno.test("Studio.pause() drops PUTs under way, and nothing begins before resume()", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const puts = gate();
  const upload = house.upload([path], {
    doors: (real) => ({ digests: puts.open(real.digests) }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await within(puts.onWay);
  const { studio } = upload;
  assertEquals(studio.resume(idOf(upload)), "already");
  assertEquals(studio.pause(idOf(upload)), "accepted");
  assertEquals(studio.pause(idOf(upload)), "already");
  await house.turns(upload, 1);
  assertEquals([puts.dropped() > 0, studio.shown()[0]!.snapshot.sending.size], [true, 0]);
  puts.letGo();
  await mov.roll(10 * MIB);
  await house.turns(upload, 4);
  assertEquals(begunSince(house, "take.paused"), []);
  const { snapshot } = studio.shown()[0]!;
  assertEquals([snapshot.paused, snapshot.sight!.facts.sizeBytes], [true, mov.sizeBytes]);
  assertEquals(studio.resume(idOf(upload)), "accepted");
  await mov.stop();
  assertEquals(await within(upload.done), [{ is: "done" }]);
  await assertArrived(house, path);
});

Deno.test("Studio.pause() leaves a process running that has nothing else to do, and takes a finish", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(upload, 2);
  const { studio } = upload;
  studio.pause(idOf(upload));
  assertEquals(studio.finish(idOf(upload)), "accepted");
  await upload.seen(typed("recording.ended"));
  await house.turns(upload, 3);
  assertEquals([begunSince(house, "take.paused"), idOf(upload) !== ""], [[], true]);
  assertEquals(studio.shown()[0]!.snapshot.outcome, null);
  // What is stored is read again all the while.
  assert(studio.shown()[0]!.snapshot.isVerified(2));
  studio.resume(idOf(upload));
  assertEquals(await within(upload.done), [{ is: "done" }]);
  await assertArrived(house, path);
});

Deno.test("Studio.pause() holds in the next process, until that is told to resume", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const first = house.upload([path]);
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(first, 2);
  const id = idOf(first);
  first.studio.pause(id);
  assertEquals(await first.stop(), [{ is: "suspended" }]);
  await mov.stop();
  const second = house.upload([path]);
  await second.seen(typed("recording.ended"));
  await house.turns(second, 2);
  assertEquals([idOf(second), second.studio.shown()[0]!.snapshot.paused], [id, true]);
  assertEquals(begunSince(house, "take.paused"), []);
  assertEquals(second.studio.resume(id), "accepted");
  assertEquals(await within(second.done), [{ is: "done" }]);
  await assertArrived(house, path);
});

Deno.test("Studio.pause() that cannot be written down ends the take, not its caller", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    doors: ({ journal }) => ({
      journal: {
        ...journal,
        append(takeId, entries) {
          if (entries[0]!.event.type === "take.paused") throw new StateFailure("the disk is full");
          journal.append(takeId, entries);
        },
      },
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  await house.turns(upload, 1);
  assertEquals(upload.studio.pause(idOf(upload)), "accepted");
  const [outcome] = await within(upload.done);
  assert(outcome?.is === "failed");
  assertMatch(outcome.message, /disk is full/);
});

Deno.test("Studio.cancel() ends the take for good, tells once what stays, and the next one is new", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const puts = gate();
  const first = house.upload([path], { doors: (real) => ({ digests: puts.open(real.digests) }) });
  await shoot(path);
  await within(puts.onWay);
  const id = idOf(first);
  assertEquals(first.studio.cancel(id), "accepted");
  assertEquals(await within(first.done), [{ is: "cancelled" }]);
  for (const again of ["cancel", "pause", "resume", "retry", "finish"] as const) {
    assertEquals(first.studio[again](id), again === "cancel" ? "already" : "ended");
  }
  const { snapshot } = first.studio.shown()[0]!;
  assertEquals([snapshot.cancelled, snapshot.outcome], [true, { is: "cancelled" }]);
  const [left] = await house.assets();
  assertEquals(left!.parts.filter(({ storedAt }) => storedAt !== null), []);
  assertEquals(begunSince(house, "take.cancelled"), []);

  const second = house.upload([path]);
  assertEquals(await within(second.done), [{ is: "done" }]);
  assert(idOf(second) !== id);
  await assertArrived(house, path);
  const told = house.events.flatMap((event) => event.type === "take.warned" ? [event.message] : []);
  assertEquals(told.length, 1);
  const where = `given up: what is stored stays in Frame.io as asset ${left!.id}`;
  assertStringIncludes(told[0]!, `${where}, which will never be complete`);
  assertEquals((await house.assets())[0]!.status === "complete", false);
});

Deno.test("Studio.cancel() keeps no URL of the take, not even one whose answer comes after it", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  let kept = (_takeId: string) => -1;
  const upload: Upload = house.upload([path], {
    doors: ({ api, journal, digests }) => ({
      digests: holdPuts(digests),
      api: {
        ...api,
        async registerParts(assetId, parts, totalBytes) {
          const never = new AbortController().signal;
          const answer = await api.registerParts(assetId, parts, totalBytes, never);
          if (parts.some(({ number }) => number === 3)) upload.studio.cancel(idOf(upload));
          return answer;
        },
      },
      journal: (kept = (takeId) => journal.replay(takeId).urls.size, journal),
    }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB); // the head and part 2
  await upload.seen(typed("part.registered"));
  assertEquals(kept(idOf(upload)), 1);
  await mov.roll(5 * MIB);
  assertEquals(await within(upload.done), [{ is: "cancelled" }]);
  assertEquals(kept(idOf(upload)), 0);
});

Deno.test("Studio.cancel() is too late once the final part may have arrived", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  const answers: string[] = [];
  upload.on((event) => {
    // The first moment at which it is written down that the final part goes.
    if (event.type === "part.started" && event.digest !== undefined && answers.length === 0) {
      answers.push(upload.studio.cancel(idOf(upload)), upload.studio.pause(idOf(upload)));
      upload.studio.resume(idOf(upload));
    }
  });
  await shoot(path);
  assertEquals(await within(upload.done), [{ is: "done" }]);
  assertEquals(answers, ["ended", "accepted"]);
  assertEquals(upload.studio.cancel(idOf(upload)), "ended");
  await assertArrived(house, path);
});

Deno.test("Studio.cancel() with --stay gives the recording up while it grows, not the next one", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  let looks = 0;
  const upload = house.upload([path], {
    stay: true,
    doors: ({ disk }) => ({ disk: { ...disk, stat: (path) => (looks++, disk.stat(path)) } }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(upload, 2);
  const cancelled = idOf(upload);
  upload.studio.cancel(cancelled);
  for (const grow of [() => mov.roll(8 * MIB), () => mov.stop()]) {
    await grow();
    const before = looks;
    await until(() => looks >= before + 3);
  }
  await shoot(house.path("next"), 7);
  await Deno.rename(house.path("next"), path);
  await upload.seen((event) => event.type === "asset.completed" && event.takeId !== cancelled);
  assertEquals(await within(upload.stop()), [{ is: "suspended" }]);
  await assertArrived(house, path);
  assertEquals(house.events.filter(typed("take.started")).length, 2);
});

/** The real API, whose first registration ends as told. */
function registersOnce(real: AssetRoute, error: Error): AssetRoute {
  let isFirst = true;
  return {
    ...real,
    registerParts(...args) {
      if (!isFirst) return real.registerParts(...args);
      isFirst = false;
      return Promise.reject(error);
    },
  };
}

Deno.test("Studio.retry() goes on with a failed take beside others that run", async () => {
  for (const when of ["while its watch ends", "after its watch has ended"]) {
    await using house = await openHouse();
    const [path, other] = [house.path("take01.mov"), house.path("other.mov")];
    let answer: string | null = null;
    const shown = () => upload.studio.shown().find(({ target }) => target.path === path);
    const hasFailed = () => shown()?.snapshot.outcome?.is === "failed";
    const retry = () => answer ??= upload.studio.retry(shown()!.takeId);
    const upload: Upload = house.upload([path, other], {
      doors: ({ api, disk }) => ({
        api: registersOnce(api, new Rejected("Cannot register: 403", 403)),
        disk: {
          ...disk,
          stat(at) { // the watch's last look
            if (when.startsWith("while") && at === path && hasFailed()) retry();
            return disk.stat(at);
          },
        },
      }),
    });
    await shoot(path);
    await upload.seen(typed("take.failed"));
    if (when.startsWith("after")) {
      await until(hasFailed);
      assertEquals(upload.studio.pause(shown()!.takeId), "ended");
      await systemClock.sleep(50); // a last look takes less; sooner is the other case
      retry();
    }
    await within(upload.seen((event) => event.type === "asset.completed"));
    await shoot(other);
    assertEquals(await within(upload.done), [{ is: "done" }, { is: "done" }], when);
    assertEquals([answer, shown()!.snapshot.outcome], ["accepted", { is: "done" }]);
    const assets = await house.assets();
    assertEquals(assets.map(({ status }) => status), ["complete", "complete"]);
  }
});

Deno.test("Studio.retry() looks anew at a recording that failed before it was a take", async () => {
  await using house = await openHouse();
  const [path, other] = [house.path("take01.mov"), house.path("other.mov")];
  await Deno.mkdir(path); // no file
  const upload = house.upload([path, other]);
  const { takeId } = await upload.seen(typed("take.failed"));
  await until(() => upload.studio.retry(takeId) === "accepted");
  await Deno.remove(path);
  await shoot(path);
  await until(() => ["accepted", "not_failed"].includes(upload.studio.retry(takeId)));
  await within(upload.seen(typed("asset.completed")));
  assertEquals(upload.studio.shown().map(({ target }) => target.path).sort(), [other, path].sort());
  await shoot(other);
  assertEquals(await within(upload.done), [{ is: "done" }, { is: "done" }]);
});

Deno.test("Studio.retry() with --stay goes on with a failed take", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path], {
    stay: true,
    doors: ({ api }) => ({ api: registersOnce(api, new Rejected("Cannot register: 403", 403)) }),
  });
  await shoot(path);
  const { takeId } = await upload.seen(typed("take.failed"));
  await until(() => upload.studio.retry(takeId) === "accepted");
  await within(upload.seen(typed("asset.completed")));
  await upload.stop();
  await assertArrived(house, path);
});

Deno.test("Studio.retry() cuts the wait for the next attempt short", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const fault = new Unavailable("Frame.io answered 503", "api_fault"); // 30 s and more
  const upload = house.upload([path], {
    doors: ({ api }) => ({ api: registersOnce(api, fault) }),
  });
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  const delay = await upload.seen(typed("service.delayed"));
  assert(delay.type === "service.delayed" && delay.retryInMs >= 30_000);
  assertEquals(upload.studio.retry(delay.takeId), "accepted");
  await within(storedUpTo(upload, 2), 8000);
  assertEquals(upload.studio.retry(delay.takeId), "not_failed");
  await mov.stop();
  assertEquals(await within(upload.done), [{ is: "done" }]);
});

Deno.test("Studio.prioritise() sends one take's parts before those of another", async () => {
  await using house = await openHouse();
  const [a, b] = [house.path("a.mov"), house.path("b.mov")];
  const puts = gate();
  const upload = house.upload([a, b], {
    lanes: 1,
    doors: (real) => ({ digests: puts.open(real.digests) }),
  });
  const { studio } = upload;
  await using movA = await createMov(a);
  await movA.roll(32 * MIB);
  await within(puts.onWay); // the only lane is held by a
  await using movB = await createMov(b);
  await movB.roll(22 * MIB);
  const idsBy = (path: string) => studio.shown().find(({ target }) => target.path === path)!.takeId;
  const registered = new Set<number>();
  await until(() => {
    for (const event of house.events) {
      if (event.type === "part.registered" && event.takeId === idsBy(b)) {
        registered.add(event.number);
      }
    }
    return registered.size === 3;
  });
  await house.turns(upload, 2);
  const [idA, idB] = [idsBy(a), idsBy(b)];
  assertEquals(studio.prioritise(idB), "accepted");
  assertEquals(studio.prioritise(idB), "already");
  assertEquals(studio.shown().map(({ prioritised }) => prioritised), [false, true]);
  puts.letGo();
  studio.pause(idA); // drops what holds the lane
  studio.resume(idA);
  await movA.stop();
  await movB.stop();
  assertEquals(await within(upload.done), [{ is: "done" }, { is: "done" }]);
  const order = house.events.flatMap((event) => event.type === "part.stored" ? [event.takeId] : []);
  assertEquals(order.slice(0, 3), [idB, idB, idB]);
  assertEquals(studio.prioritise(idA), "ended");
});

Deno.test("Studio.add() watches one more recording, and none twice", async () => {
  await using house = await openHouse();
  const [path, added] = [house.path("take01.mov"), house.path("added.mov")];
  const upload = house.upload([path]);
  const { studio } = upload;
  await using mov = await createMov(path);
  await mov.roll(MIB);
  await house.turns(upload, 1);
  const { takeId } = studio.add(added);
  assertEquals(studio.shown().map((shown) => shown.takeId), [idOf(upload), takeId]);
  assertEquals(studio.add(added), { takeId });
  assertEquals(studio.add(path), { takeId: idOf(upload) });
  assertEquals(lockRecording(house.path("state"), added), null, "its lock is held");
  await Deno.symlink(added, house.path("link.mov"));
  assertEquals(studio.add(realPathNow(house.path("link.mov"))), { takeId });
  for (const operation of ["pause", "resume", "cancel", "prioritise", "finish"] as const) {
    assertEquals(studio[operation](takeId), "empty", operation);
  }
  await shoot(added);
  await mov.stop();
  assertEquals(await within(upload.done), [{ is: "done" }, { is: "done" }]);
  assertEquals((await house.assets()).map(({ status }) => status), ["complete", "complete"]);
  assertThrows(() => studio.add(house.path("late.mov")), Config, "about to end");
});

Deno.test("Studio.add() refuses what another process uploads, and what cannot have a name", async () => {
  await using house = await openHouse();
  const upload = house.upload([house.path("take01.mov")]);
  const { studio } = upload;
  const lock = lockRecording(house.path("state"), house.path("taken.mov"))!;
  assertThrows(() => studio.add(house.path("taken.mov")), Config, "another reeltime process");
  lock.release();
  assertThrows(() => studio.add(house.path("no_extension")), Config, "no extension");
  assertEquals(studio.shown().length <= 1, true);
  assertEquals(await upload.stop(), [{ is: "suspended" }]);
});

Deno.test("Studio.add() takes a recording up again that was given up", async () => {
  await using house = await openHouse();
  const [path, other] = [house.path("take01.mov"), house.path("other.mov")];
  const upload = house.upload([path, other]);
  const { studio } = upload;
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await storedUpTo(upload, 2);
  const { takeId: cancelled } = await upload.seen(typed("take.started"));
  studio.cancel(cancelled);
  await upload.seen(typed("take.warned"));
  const shown = () => studio.shown().find(({ takeId }) => takeId === cancelled)!;
  await until(() => shown().snapshot.outcome !== null);
  studio.add(path);
  await mov.stop();
  await within(
    upload.seen((event) => event.type === "asset.completed" && event.takeId !== cancelled),
  );
  assertEquals((await upload.stop())[0], { is: "done" });
});

Deno.test("Studio answers what is asked of takes that are over, waited for or unknown", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  const upload = house.upload([path]);
  const { studio } = upload;
  type Word = Exclude<keyof Studio, "run" | "shown" | "add">;
  const words: Word[] = ["finish", "pause", "resume", "cancel", "retry", "prioritise"];
  const answers = (id: string) => words.map((word) => studio[word](id));
  assertEquals(answers("nobody"), words.map(() => "unknown"));
  await until(() => studio.shown().length > 0);
  assertEquals(answers(idOf(upload)), words.map(() => "empty"));
  await shoot(path);
  assertEquals(await within(upload.done), [{ is: "done" }]);
  assertEquals(answers(idOf(upload)), words.map(() => "ended"));
  const again = house.upload([path]);
  await within(again.done);
  assertEquals(words.map((word) => again.studio[word](idOf(again))), words.map(() => "ended"));
});
