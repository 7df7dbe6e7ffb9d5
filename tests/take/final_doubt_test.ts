import { assertEquals, assertMatch } from "@std/assert";
import { Rejected, UploadFailed } from "../../src/errors.ts";
import { MIB } from "../../src/parts/limits.ts";
import type { TakeRoom } from "../../src/take/desk.ts";
import { openHouse, sha256Of } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

/** A way in that is not told about its assets, as a device's, and a storage that answers 404 to one PUT. */
function untold(refuses: (partBytes: number) => boolean) {
  return (real: TakeRoom): Partial<TakeRoom> => ({
    api: { ...real.api, readAsset: () => Promise.resolve({ complete: null }) },
    digests: {
      ...real.digests,
      send: (source, range, ...rest) =>
        refuses(range.end - range.start)
          ? Promise.resolve({ answer: { status: 404, text: "<html>" }, digest: "" })
          : real.digests.send(source, range, ...rest),
    },
  });
}

Deno.test("take is not finalized by a 404 to the first PUT of its final part", async () => {
  await using house = await openHouse();
  const path = house.path("a.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(12 * MIB);
    await mov.stop();
  }
  let refusals = 0;
  const doors = untold((partBytes) => partBytes < 5 * MIB && refusals++ === 0);
  const [outcome] = await house.upload([path], { doors }).done;
  assertEquals(outcome!.is, "failed");
  assertMatch(outcome!.is === "failed" ? outcome!.message : "", /storage answered status 404/);
  assertEquals(house.events.filter(({ type }) => type === "take.finalized"), []);
  assertEquals(await house.upload([path]).done, [{ is: "done" }]);
  const [asset] = await house.assets();
  assertEquals([asset!.status, asset!.sha256], ["complete", await sha256Of(path)]);
});

Deno.test("take whose asset is gone when it is read back is told, not called complete", async () => {
  await using house = await openHouse();
  const path = house.path("a.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(2 * MIB);
    await mov.stop();
  }
  const gone = () =>
    Promise.reject(new Rejected("Cannot read asset a: Frame.io answered 404", 404));
  const doors = (real: TakeRoom) => ({ api: { ...real.api, readAsset: gone } });
  assertEquals(await house.upload([path], { doors }).done, [{ is: "done" }]);
  const warned = house.events.find((event) => event.type === "take.warned");
  assertMatch(warned?.type === "take.warned" ? warned.message : "", /could not be read back.*404/);
  assertEquals(house.events.filter(({ type }) => type === "asset.completed"), []);
});

Deno.test("take whose upload Frame.io marks as failed has failed, though every byte is in", async () => {
  await using house = await openHouse();
  const path = house.path("a.mov");
  {
    await using mov = await createMov(path);
    await mov.roll(2 * MIB);
    await mov.stop();
  }
  const failed = () => Promise.reject(new UploadFailed("Cannot complete asset a", 0));
  const doors = (real: TakeRoom) => ({ api: { ...real.api, readAsset: failed } });
  const [outcome] = await house.upload([path], { doors }).done;
  assertEquals(outcome, {
    ...{ is: "failed", message: "Cannot complete asset a", changedLate: false },
  });
});
