import { assertEquals, assertRejects } from "@std/assert";
import { createDataFrontier, ZERO_BLOCK_BYTES } from "../../src/recording/data_frontier.ts";
import { noise } from "../support/bytes.ts";

const BLOCK = ZERO_BLOCK_BYTES;

/** A file in memory that counts what is read of it. */
function file(bytes: Uint8Array) {
  const counted = { readBytes: 0, read };
  function read(start: number, into: Uint8Array): Promise<number> {
    const piece = bytes.subarray(start, start + into.length);
    into.set(piece);
    counted.readBytes += piece.length;
    return Promise.resolve(piece.length);
  }
  return counted;
}

/** `dataBytes` of data in a file of `sizeBytes` that was allocated at once. */
function allocated(dataBytes: number, sizeBytes: number): Uint8Array {
  const bytes = new Uint8Array(sizeBytes);
  bytes.set(noise(dataBytes, 3));
  return bytes;
}

const always = () => true;

Deno.test("find() is the size of a file whose end is written", async () => {
  const { read } = file(noise(3 * BLOCK + 5));
  assertEquals(await createDataFrontier().find(read, 3 * BLOCK + 5, 0, always), 3 * BLOCK + 5);
});

Deno.test("find() is not misled by a read that was given up and writes into its memory later", async () => {
  const frontier = createDataFrontier();
  let given: Uint8Array | null = null;
  const givenUp = (_start: number, into: Uint8Array) => {
    given = into;
    return Promise.reject(new Error("given up"));
  };
  await assertRejects(() => frontier.find(givenUp, 40 * BLOCK, 0, always), Error, "given up");
  const { read } = file(new Uint8Array(40 * BLOCK));
  const late = async (start: number, into: Uint8Array) => {
    const got = await read(start, into);
    given!.fill(1);
    return got;
  };
  assertEquals(await frontier.find(late, 40 * BLOCK, 0, always), 0);
});

Deno.test("find() stops at the first block of zeros where the end is empty", async () => {
  const frontier = createDataFrontier();
  for (const dataBytes of [0, 1, BLOCK - 1, BLOCK, 5 * BLOCK + 100]) {
    const { read } = file(allocated(dataBytes, 40 * BLOCK));
    const wanted = Math.ceil(dataBytes / BLOCK) * BLOCK;
    assertEquals(await createDataFrontier().find(read, 40 * BLOCK, 0, always), wanted);
    assertEquals(await frontier.find(read, 40 * BLOCK, 0, always), wanted, "growing");
  }
});

Deno.test("find() goes on from where it came last time", async () => {
  const frontier = createDataFrontier();
  const { read } = file(allocated(500 * BLOCK, 900 * BLOCK));
  await frontier.find(read, 900 * BLOCK, 0, always);
  const later = file(allocated(501 * BLOCK, 900 * BLOCK));
  assertEquals(await frontier.find(later.read, 900 * BLOCK, 0, always), 501 * BLOCK);
  assertEquals(later.readBytes <= 3 * BLOCK, true, `${later.readBytes} bytes read`);
});

Deno.test("find() begins behind the head, whose zeros are the container's business", async () => {
  const bytes = allocated(10 * BLOCK, 20 * BLOCK);
  bytes.fill(0, 100, 4 * BLOCK);
  assertEquals(
    await createDataFrontier().find(file(bytes).read, 20 * BLOCK, 4 * BLOCK - 9, always),
    10 * BLOCK,
  );
});

Deno.test("find() takes zeros in the middle for data once the end is written", async () => {
  const bytes = allocated(20 * BLOCK, 20 * BLOCK);
  bytes.fill(0, 5 * BLOCK, 9 * BLOCK);
  assertEquals(
    await createDataFrontier().find(file(bytes).read, 20 * BLOCK, 0, always),
    20 * BLOCK,
  );
});

Deno.test("find() begins anew in a file that was cut", async () => {
  const frontier = createDataFrontier();
  await frontier.find(file(allocated(30 * BLOCK, 40 * BLOCK)).read, 40 * BLOCK, 0, always);
  assertEquals(
    await frontier.find(file(allocated(BLOCK, 8 * BLOCK)).read, 8 * BLOCK, 0, always),
    BLOCK,
  );
});

Deno.test("find() stops when its time is over, and goes on at the next look", async () => {
  const frontier = createDataFrontier();
  const { read } = file(allocated(30 * BLOCK, 40 * BLOCK));
  const blocks = (count: number) => () => count-- > 0;
  assertEquals(await frontier.find(read, 40 * BLOCK, 0, blocks(12)), 12 * BLOCK);
  assertEquals(await frontier.find(read, 40 * BLOCK, 0, blocks(12)), 24 * BLOCK);
  assertEquals(await frontier.find(read, 40 * BLOCK, 0, blocks(12)), 30 * BLOCK);
});
