import { assertEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { openHouse, sha256Of, storedUpTo } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

Deno.test("cards with the same file names take turns: each take goes on, none is uploaded twice", async () => {
  await using house = await openHouse();
  const mount = house.path("media");
  const path = `${mount}/C0001.MOV`;
  for (const [card, mib] of [["A", 40], ["B", 12]] as const) {
    await Deno.mkdir(house.path(card));
    await using mov = await createMov(house.path(`${card}/C0001.MOV`));
    await mov.roll(mib * MIB);
    await mov.stop();
  }
  const sums: string[] = [
    await sha256Of(house.path("A/C0001.MOV")),
    await sha256Of(house.path("B/C0001.MOV")),
  ];
  /** Uploads what is on a card; pulled once the parts up to `pulledAt` are stored. */
  async function insert(card: string, pulledAt?: number): Promise<void> {
    await Deno.rename(house.path(card), mount);
    const upload = house.upload([path]);
    if (pulledAt === undefined) assertEquals(await upload.done, [{ is: "done" }]);
    else {
      await storedUpTo(upload, pulledAt);
      await upload.stop();
    }
    await Deno.rename(mount, house.path(card));
  }
  await insert("A", 4);
  for (const card of ["B", "A", "B", "A"]) await insert(card);
  const assets = await house.assets();
  assertEquals(assets.map(({ status, sha256 }) => [status, sha256]), [
    ["complete", sums[0]!],
    ["complete", sums[1]!],
  ]);
});
