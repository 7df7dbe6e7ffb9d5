import { assertEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { openHouse, sha256Of, storedUpTo } from "../support/house.ts";
import { createMov } from "../support/mov_writer.ts";

Deno.test("take of a file allocated in advance sends only what is written, and each byte once", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await mov.allocate(60 * MIB);
  const upload = house.upload([path]);
  await mov.roll(22 * MIB);
  await storedUpTo(upload, 4);
  await house.turns(upload, 3);
  const planned = house.events.filter((event) => event.type === "part.planned").length;
  assertEquals(planned, 3, "nothing of the empty end is declared");
  await mov.roll(10 * MIB);
  await storedUpTo(upload, 6);
  await mov.stop(); // cuts the file to what was written
  assertEquals(await upload.done, [{ is: "done" }]);
  const [asset] = await house.assets();
  assertEquals(asset?.sha256, await sha256Of(path));
  assertEquals(asset?.parts.every((part) => part.putCount === 1), true);
});

Deno.test("take sends zeros as zeros once it has ended", async () => {
  await using house = await openHouse();
  const path = house.path("take01.mov");
  await using mov = await createMov(path);
  await mov.roll(6 * MIB);
  await mov.black(12 * MIB);
  const upload = house.upload([path]);
  await house.turns(upload, 3);
  assertEquals(house.events.filter((event) => event.type === "part.planned").length, 0);
  await mov.stop();
  assertEquals(await upload.done, [{ is: "done" }]);
  const [asset] = await house.assets();
  assertEquals(asset?.sha256, await sha256Of(path));
});
