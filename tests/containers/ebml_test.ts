import { assertEquals } from "@std/assert";
import { hasRoomInSize, parseElement, walkElements } from "../../src/containers/ebml.ts";
import { join, media, readerOf } from "./bytes.ts";
import { element, id, size, unknownSize } from "./ebml_bytes.ts";

Deno.test("parseElement() reads the examples of RFC 8794 §4.4: one value in one to four bytes", () => {
  for (const bytes of [[0x82], [0x40, 0x02], [0x20, 0x00, 0x02], [0x10, 0x00, 0x00, 0x02]]) {
    const parsed = parseElement(join(id("EC"), new Uint8Array(bytes)), 100);
    assertEquals(parsed, {
      id: 0xec,
      start: 100,
      dataStart: 101 + bytes.length,
      sizeWidthBytes: bytes.length,
      dataBytes: 2,
    });
  }
});

Deno.test("parseElement() reads IDs and sizes of every length, at their limits", () => {
  for (const hex of ["80", "FE", "4000", "200000", "10000000", "1FFFFFFE"]) {
    for (let width = 1; width <= 7; width++) {
      const largest = 2 ** (7 * width) - 2;
      const parsed = parseElement(join(id(hex), size(largest, width)), 0);
      assertEquals(typeof parsed === "object" && [parsed.id, parsed.dataBytes], [
        parseInt(hex, 16),
        largest,
      ]);
    }
  }
});

Deno.test("parseElement() says null to an unknown size and rounds those above 2^53", () => {
  for (let width = 1; width <= 8; width++) {
    const parsed = parseElement(join(id("1F43B675"), unknownSize(width)), 0);
    assertEquals(typeof parsed === "object" && parsed.dataBytes, null);
  }
  const nearly = unknownSize();
  nearly[7] = 0xfe;
  const parsed = parseElement(join(id("1F43B675"), nearly), 0);
  assertEquals(typeof parsed === "object" && parsed.dataBytes, 2 ** 56);
});

Deno.test("parseElement() says short where the header is cut off, broken where none can be", () => {
  const header = join(id("1F43B675"), size(5, 8));
  for (let lengthBytes = 0; lengthBytes < header.length; lengthBytes++) {
    assertEquals(parseElement(header.subarray(0, lengthBytes), 0), "short");
  }
  assertEquals(parseElement(new Uint8Array(12), 0), "broken");
  assertEquals(parseElement(id("08FFFFFF80"), 0), "broken");
  assertEquals(parseElement(id("EC00FFFFFFFFFFFFFF"), 0), "broken");
});

Deno.test("hasRoomInSize() tells a size that was kept room for from one known as it was written", () => {
  const roomOf = (field: Uint8Array) => {
    const parsed = parseElement(join(id("1F43B675"), field), 0);
    return typeof parsed === "object" && hasRoomInSize(parsed);
  };
  assertEquals([roomOf(size(0)), roomOf(size(126)), roomOf(size(127))], [false, false, false]);
  assertEquals([roomOf(size(16_382)), roomOf(size(16_383))], [false, false]);
  assertEquals([roomOf(size(126, 2)), roomOf(size(127, 2))], [true, false]);
  assertEquals([roomOf(size(1_200_000, 8)), roomOf(unknownSize())], [true, true]);
});

Deno.test("walkElements() says where it came to, and why it went no further", async () => {
  const two = join(element("EC", media(20)), element("BF", media(4)));
  const cluster = element("1F43B675", media(30));
  const walk = async (bytes: Uint8Array, options = {}) => {
    const { read } = readerOf(bytes);
    const walked = await walkElements(read, bytes.length, 0, { most: 9, ...options });
    return [walked.stop, walked.elements.length, walked.at, walked.last?.start ?? null];
  };
  const at = two.length;
  assertEquals(await walk(two), ["end", 2, at, null]);
  assertEquals(await walk(two.subarray(0, -1)), ["unfinished", 1, 22, 22]);
  assertEquals(await walk(join(two, cluster.subarray(0, 4))), ["unfinished", 2, at, null]);
  assertEquals(await walk(join(two, id("EC"), unknownSize())), ["unfinished", 2, at, at]);
  assertEquals(await walk(join(two, cluster), { until: 0x1f43b675 }), ["asked", 2, at, at]);
  assertEquals(await walk(join(two, cluster), { ids: [0xec, 0xbf] }), ["broken", 2, at, null]);
  assertEquals(await walk(join(two, new Uint8Array(12))), ["zeros", 2, at, null]);
  assertEquals(await walk(join(two, new Uint8Array(11), media(1))), ["broken", 2, at, null]);
  assertEquals(await walk(two, { most: 1 }), ["limit", 1, 22, null]);
});
