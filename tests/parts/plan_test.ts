import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  MAX_FILE_BYTES,
  MAX_PART_BYTES,
  MAX_PART_NUMBER,
  MIB,
  MIN_HEAD_BYTES,
  MIN_PART_BYTES,
} from "../../src/parts/limits.ts";
import { growingPartBytes, type Part, planGrowing, planRemainder } from "../../src/parts/plan.ts";
import { seededRandom } from "../support/seeded_random.ts";

/** The whole plan of a file of `totalBytes`, with `grownBytes` of it seen while it grew. */
function wholePlan(totalBytes: number, grownBytes: number, headBytes = MIN_HEAD_BYTES): Part[] {
  if (totalBytes <= headBytes) return planRemainder(1, 0, totalBytes);
  const head = { number: 1, sizeBytes: headBytes, isFinal: false };
  const growing = planGrowing(2, headBytes, grownBytes, Infinity);
  const offset = growing.reduce((sum, part) => sum + part.sizeBytes, headBytes);
  return [head, ...growing, ...planRemainder(growing.length + 2, offset, totalBytes)];
}

/** Every rule the service has on a finished list of parts. */
function assertWireRules(parts: Part[], totalBytes: number) {
  assertEquals(parts.reduce((sum, p) => sum + p.sizeBytes, 0), totalBytes, "sizes add up");
  parts.forEach((part, i) => {
    assertEquals(part.number, i + 1, "numbers without a gap");
    assert(part.number <= MAX_PART_NUMBER, `number ${part.number}`);
    assertEquals(part.isFinal, i === parts.length - 1, "one final part, the highest number");
    assert(part.sizeBytes >= 1 && part.sizeBytes <= MAX_PART_BYTES, `size ${part.sizeBytes}`);
    if (!part.isFinal) assert(part.sizeBytes >= MIN_PART_BYTES, `size ${part.sizeBytes}`);
  });
}

Deno.test("planGrowing() reaches 5 TiB with 7,959 numbers", () => {
  const parts = planGrowing(2, MIN_HEAD_BYTES, MAX_FILE_BYTES, Infinity);
  const whole = wholePlan(MAX_FILE_BYTES, MAX_FILE_BYTES);
  assertWireRules(whole, MAX_FILE_BYTES);
  assertEquals(parts.length + 2, 7959);
});

Deno.test("planGrowing() keeps the part being filled at or below max(5 MiB, 0.1 %)", () => {
  let offset = MIN_HEAD_BYTES;
  for (const part of planGrowing(2, offset, MAX_FILE_BYTES, Infinity)) {
    assert(part.sizeBytes <= Math.max(MIN_PART_BYTES, offset / 1000), `at ${offset}`);
    offset += part.sizeBytes;
  }
});

Deno.test("planGrowing() plans a part only when a byte lies beyond it", () => {
  const end = MIN_HEAD_BYTES + MIN_PART_BYTES;
  assertEquals(planGrowing(2, MIN_HEAD_BYTES, end, 9), []);
  assertEquals(planGrowing(2, MIN_HEAD_BYTES, end + 1, 9), [
    { number: 2, sizeBytes: MIN_PART_BYTES, isFinal: false },
  ]);
});

Deno.test("planGrowing() plans at most as many parts as asked for", () => {
  assertEquals(planGrowing(2, MIN_HEAD_BYTES, 1000 * MIB, 3).map((p) => p.number), [2, 3, 4]);
});

Deno.test("planRemainder() keeps the final part at 64 KiB or less where the rules allow it", () => {
  for (const rest of [5 * MIB + 1, 5 * MIB + 70_000, 10 * MIB, 1000 * MIB]) {
    const final = planRemainder(7, 100 * MIB, 100 * MIB + rest).at(-1)!;
    assert(final.isFinal && final.sizeBytes <= 64 * 1024, `${final.sizeBytes} of ${rest}`);
  }
});

Deno.test("planRemainder() throws when nothing is left for a final part", () => {
  assertThrows(() => planRemainder(3, 10 * MIB, 10 * MIB), RangeError, "Cannot plan a final part");
});

Deno.test("plan keeps every wire rule at each boundary", () => {
  const sizes = [1, 5 * MIB - 1, 5 * MIB, 5 * MIB + 1, 10 * MIB - 1, 10 * MIB, 10 * MIB + 1];
  for (const total of sizes) {
    for (const grown of [0, total >> 1, total]) assertWireRules(wholePlan(total, grown), total);
  }
});

Deno.test("plan keeps every wire rule for 3,000 random sizes up to 5 TiB", () => {
  const random = seededRandom(20261120);
  for (let i = 0; i < 3000; i++) {
    // Even over the magnitudes, not over the bytes: small files matter as much as large ones.
    const total = Math.max(1, Math.floor(2 ** (random.fraction() * Math.log2(MAX_FILE_BYTES))));
    const head = MIN_HEAD_BYTES + Math.floor(random.fraction() * 3) * MIB;
    assertWireRules(wholePlan(total, Math.floor(total * random.fraction()), head), total);
  }
});

Deno.test("plan keeps every wire rule when the size is known from the start, up to 5 TiB", () => {
  for (const total of [60e9, 1e12, MAX_FILE_BYTES - 1, MAX_FILE_BYTES]) {
    assertWireRules(wholePlan(total, total), total);
  }
});

Deno.test("growingPartBytes() never passes 5 GiB", () => {
  assertEquals(growingPartBytes(MAX_FILE_BYTES * 2), MAX_PART_BYTES);
});
