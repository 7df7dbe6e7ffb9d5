import { assertEquals } from "@std/assert";
import { createWalkMemory } from "../../src/containers/walk_memory.ts";
import { media, readerOf } from "./bytes.ts";

const MEDIA_AT = 36;
const bytes = media(1000);

/** A memory that has kept an offset of these bytes. */
async function kept(at: number) {
  const memory = createWalkMemory();
  await memory.keep(readerOf(bytes).read, bytes.length, MEDIA_AT, at);
  return memory;
}

Deno.test("resume() is 0 before anything is kept", async () => {
  assertEquals(await createWalkMemory().resume(readerOf(bytes).read, 1000, MEDIA_AT), 0);
});

Deno.test("resume() goes on where the last look came to, also in a file that has grown", async () => {
  const grown = media(2000);
  grown.set(bytes);
  assertEquals(await (await kept(400)).resume(readerOf(grown).read, 2000, MEDIA_AT), 400);
});

Deno.test("resume() forgets a place that no longer holds", async () => {
  const other = bytes.slice();
  other[410]! ^= 1;
  const cases: readonly [Uint8Array, mediaStart: number][] = [
    [other, MEDIA_AT],
    [bytes, MEDIA_AT + 1000],
    [bytes.subarray(0, 408), MEDIA_AT],
    [bytes.subarray(0, 0), MEDIA_AT],
  ];
  for (const [now, mediaStart] of cases) {
    const memory = await kept(400);
    assertEquals(await memory.resume(readerOf(now).read, now.length, mediaStart), 0);
    assertEquals(await memory.resume(readerOf(bytes).read, bytes.length, MEDIA_AT), 0);
  }
});

Deno.test("keep() of a look that came less far than another changes nothing", async () => {
  const memory = await kept(400);
  await memory.keep(readerOf(bytes).read, bytes.length, MEDIA_AT, 200);
  assertEquals(await memory.resume(readerOf(bytes).read, bytes.length, MEDIA_AT), 400);
});
