import { assertEquals, assertRejects } from "@std/assert";
import { eachBlock, IncompleteBody } from "../../src/sandbox/blocks.ts";
import { someBytes } from "./sandbox_client.ts";

const SIZE_BYTES = 200_000;
const BYTES = someBytes(SIZE_BYTES, 1);

/** The same bytes as a byte stream and as a stream of ready-made chunks, as Deno hands bodies out. */
function streamsOf(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array>[] {
  return [new Blob([bytes]).stream(), ReadableStream.from([bytes])];
}

Deno.test("eachBlock() hands on every byte in order", async () => {
  for (const stream of streamsOf(BYTES)) {
    const seen: number[] = [];
    await eachBlock(stream, SIZE_BYTES, (block) => {
      for (const byte of block) seen.push(byte);
    });
    assertEquals(new Uint8Array(seen), BYTES);
  }
});

Deno.test("eachBlock() throws IncompleteBody for fewer and for more bytes than expected", async () => {
  for (const expectedBytes of [SIZE_BYTES - 1, SIZE_BYTES + 1, 0]) {
    for (const stream of streamsOf(BYTES)) {
      let seenBytes = 0;
      const read = eachBlock(stream, expectedBytes, (block) => void (seenBytes += block.length));
      await assertRejects(() => read, IncompleteBody, `instead of ${expectedBytes}`);
      assertEquals(seenBytes <= expectedBytes, true, "a byte too many was handed on");
    }
  }
});

Deno.test("eachBlock() throws IncompleteBody when the stream breaks off", async () => {
  const broken = new ReadableStream<Uint8Array>({
    type: "bytes",
    pull: (controller) => controller.error(new Error("reset")),
  });
  await assertRejects(() => eachBlock(broken, 1, () => {}), IncompleteBody, "broke off: reset");
});

Deno.test("eachBlock() throws what onBlock throws and lets go of the stream", async () => {
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(new Uint8Array(10)),
    cancel: () => void (cancelled = true),
  });
  const read = () =>
    eachBlock(endless, 100, () => {
      throw new TypeError("disk full");
    });
  await assertRejects(read, TypeError, "disk full");
  assertEquals(cancelled, true);
});
