import { assertEquals } from "@std/assert";
import { Rejected, Unavailable } from "../../src/errors.ts";
import { MIB } from "../../src/parts/limits.ts";
import { openHouse } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

async function finished(path: string): Promise<void> {
  await using mov = await createMov(path);
  await mov.roll(12 * MIB);
  await mov.stop();
}

Deno.test("take whose create was refused warns of no placeholder: a refusal is an answer", async () => {
  await using house = await openHouse();
  const path = house.path("a.mov");
  await finished(path);
  const refuse = () => Promise.reject(new Rejected("404: no such folder", 404));
  const [refused] = await house.upload([path], {
    doors: (real) => ({ api: { ...real.api, createAsset: refuse } }),
  }).done;
  assertEquals(refused!.is, "failed");
  assertEquals(await house.upload([path]).done, [{ is: "done" }]);
  assertEquals(house.events.filter(({ type }) => type === "take.warned"), []);
});

Deno.test("take keeps its asset when a plan's limit refuses a part that is asked for again", async () => {
  await using house = await openHouse();
  const path = house.path("a.mov");
  await finished(path);
  const answers = [new Unavailable("the answer was lost", "network"), new Rejected("402", 402)];
  const [refused] = await house.upload([path], {
    doors: (real) => ({
      api: {
        ...real.api,
        registerParts(...args) {
          const error = answers.shift();
          return error === undefined ? real.api.registerParts(...args) : Promise.reject(error);
        },
      },
    }),
  }).done;
  assertEquals(refused!.is, "failed");
  assertEquals(await house.upload([path]).done, [{ is: "done" }]);
  assertEquals(house.events.filter(({ type }) => type === "asset.abandoned"), []);
  assertEquals((await house.assets()).length, 1);
});
