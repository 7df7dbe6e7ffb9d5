import { assertEquals } from "@std/assert";
import { MIB } from "../../src/parts/limits.ts";
import { noise } from "../support/bytes.ts";
import { openHouse, sha256Of } from "../support/house.ts";

/** Long ago enough that silence need not be waited for. */
const LONG_AGO = new Date("2026-01-01T00:00:00Z");

const SIZES = [
  ["1 byte", 1],
  ["5 MiB - 1", 5 * MIB - 1],
  ["5 MiB", 5 * MIB],
  ["5 MiB + 1", 5 * MIB + 1],
  ["10 MiB - 1", 10 * MIB - 1],
  ["10 MiB", 10 * MIB],
  ["10 MiB + 1", 10 * MIB + 1],
  ["15 MiB, on a part boundary", 15 * MIB],
  ["20 MiB + 64 KiB", 20 * MIB + 65536],
] as const;

Deno.test("take of a finished file arrives byte for byte, at every boundary of its size", async (t) => {
  await using house = await openHouse();
  const paths = await Promise.all(SIZES.map(async ([_, sizeBytes]) => {
    const path = house.path(`${sizeBytes}.ts`);
    await Deno.writeFile(path, noise(sizeBytes, sizeBytes));
    await Deno.utime(path, LONG_AGO, LONG_AGO);
    return path;
  }));
  const outcomes = await house.upload(paths).done; // side by side: each waits its settle time
  const assets = await house.assets();
  for (const [i, [words, sizeBytes]] of SIZES.entries()) {
    await t.step(words, async () => {
      assertEquals(outcomes[i], { is: "done" });
      const asset = assets.find(({ name }) => name === `${sizeBytes}.ts`);
      assertEquals(asset?.status, "complete");
      assertEquals(asset?.size, sizeBytes);
      assertEquals(asset?.sha256, await sha256Of(paths[i]!));
      assertEquals(asset?.parts.every((part) => part.putCount === 1), true);
    });
  }
});
