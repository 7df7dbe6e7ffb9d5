import { assertEquals } from "@std/assert";
import { Rejected } from "../../src/errors.ts";
import { MIB } from "../../src/parts/limits.ts";
import type { TakeRoom } from "../../src/take/desk.ts";
import { settled } from "../support/hand_clock.ts";
import { openHouse, sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

Deno.test("Studio.retry() lets nothing be asked of the failed take while the new one is found", async () => {
  await using house = await openHouse();
  const path = house.path("a.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(23 * MIB);
    await mov.stop();
  }
  const recalling = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  let isRefusing = true;
  const doors = (real: TakeRoom): Partial<TakeRoom> => ({
    api: {
      ...real.api,
      registerParts: (id, parts, ...rest) =>
        isRefusing && parts.some(({ number }) => number === 1)
          ? Promise.reject(new Rejected("Cannot register part 1: 403", 403))
          : real.api.registerParts(id, parts, ...rest),
    },
    digests: {
      ...real.digests,
      async digest(...args) {
        if (!isRefusing) {
          recalling.resolve();
          await goOn.promise;
        }
        return await real.digests.digest(...args);
      },
    },
  });
  // A second recording that never begins keeps the process.
  const upload = house.upload([path, house.path("never.mov")], { doors });
  const { takeId } = await upload.seen(({ type }) => type === "take.failed");
  const { studio } = upload;
  const outcome = () => studio.shown().find((shown) => shown.takeId === takeId)?.snapshot.outcome;
  while (outcome()?.is !== "failed") await settled();
  isRefusing = false;
  assertEquals(studio.retry(takeId), "accepted");
  await recalling.promise;
  assertEquals([studio.retry(takeId), studio.cancel(takeId)], ["already", "empty"]);
  goOn.resolve();
  await upload.seen(({ type }) => type === "asset.completed");
  await upload.stop();
  const [asset] = await house.assets();
  assertEquals([asset!.status, asset!.sha256], ["complete", await sha256Of(path)]);
  assertEquals(house.events.filter(({ type }) => type === "take.cancelled"), []);
});
