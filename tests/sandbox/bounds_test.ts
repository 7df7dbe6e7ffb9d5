import { assertEquals, assertThrows } from "@std/assert";
import { ApiRefusal } from "../../src/sandbox/api_refusal.ts";
import {
  type DeclaredPart,
  newParts,
  readPartsCall,
  type Registered,
} from "../../src/sandbox/bounds.ts";

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const TIB = 1024 * GIB;

function refused(check: () => unknown, reason: string): void {
  assertEquals(assertThrows(check, ApiRefusal, reason).status, 400);
}

/** A parts call of one part, with what differs. */
function callOf(part: Record<string, unknown>, more: Record<string, unknown> = {}) {
  return readPartsCall({
    parts: [{ number: 1, size: 5 * MIB, is_final: false, ...part }],
    ...more,
  });
}

function part(number: number, sizeBytes: number, isFinal = false): DeclaredPart {
  return { number, sizeBytes, isFinal };
}

function registered(parts: DeclaredPart[], totalBytes: number | null = null): Registered {
  return {
    find: (number) => parts.find((known) => known.number === number) ?? null,
    sumBytes: parts.reduce((sum, known) => sum + known.sizeBytes, 0),
    highestNumber: Math.max(0, ...parts.map((known) => known.number)),
    totalBytes,
  };
}

function tryNew(
  before: DeclaredPart[],
  asked: DeclaredPart[],
  options: { total?: number; totalBefore?: number; refuseAgain?: boolean } = {},
): DeclaredPart[] {
  return newParts(
    registered(before, options.totalBefore ?? null),
    { parts: asked, totalBytes: options.total ?? null, assetName: null },
    options.refuseAgain ?? false,
  );
}

Deno.test("readPartsCall() reads parts, total and name", () => {
  const call = callOf({ number: 3, size: 7, is_final: true }, {
    asset_filesize: 7,
    asset_name: "a.mov",
  });
  assertEquals(call, { parts: [part(3, 7, true)], totalBytes: 7, assetName: "a.mov" });
});

Deno.test("readPartsCall() takes null for a total or a name as absent", () => {
  const call = callOf({}, { asset_filesize: null, asset_name: null });
  assertEquals(call, { parts: [part(1, 5 * MIB)], totalBytes: null, assetName: null });
});

Deno.test("readPartsCall() refuses a body that holds no parts", () => {
  for (const body of [null, [], "parts", 7]) {
    refused(() => readPartsCall(body), "The body must be a JSON object");
  }
  for (const body of [{}, { parts: {} }, { parts: [] }]) {
    refused(() => readPartsCall(body), "parts must be an array");
  }
  refused(() => readPartsCall({ parts: [1] }), "parts[0] must be a JSON object: 1");
});

Deno.test("readPartsCall() permits numbers 1 to 10,000", () => {
  callOf({ number: 1 });
  callOf({ number: 10_000 });
  for (const number of [0, 10_001, -1, 1.5, "1", undefined]) {
    refused(() => callOf({ number }), "parts[0].number must be 1 to 10000");
  }
});

Deno.test("readPartsCall() permits 5 MiB to 5 GiB for a part that is not final", () => {
  callOf({ size: 5 * MIB });
  callOf({ size: 5 * GIB });
  for (const size of [5 * MIB - 1, 0, -1, 5 * GIB + 1, 6e6 + 0.5, "5242880", undefined]) {
    refused(() => callOf({ size }), "parts[0].size must be 5242880 to 5368709120");
  }
});

Deno.test("readPartsCall() permits 1 byte to 5 GiB for the final part", () => {
  callOf({ size: 1, is_final: true });
  callOf({ size: 5 * GIB, is_final: true });
  for (const size of [0, 5 * GIB + 1]) {
    refused(() => callOf({ size, is_final: true }), "parts[0].size must be 1 to 5368709120");
  }
});

Deno.test("readPartsCall() requires is_final as a boolean", () => {
  for (const isFinal of [undefined, null, 0, "false"]) {
    refused(() => callOf({ is_final: isFinal }), "parts[0].is_final must be true or false");
  }
});

Deno.test("readPartsCall() permits a total of 1 byte to 5 TiB", () => {
  callOf({}, { asset_filesize: 1 });
  callOf({}, { asset_filesize: 5 * TIB });
  for (const total of [0, 5 * TIB + 1, 1.5, "1"]) {
    refused(() => callOf({}, { asset_filesize: total }), "asset_filesize must be 1 to");
  }
});

Deno.test("readPartsCall() requires an extension in asset_name", () => {
  for (const name of ["take", "take.", 7]) {
    refused(() => callOf({}, { asset_name: name }), "asset_name must contain an extension");
  }
});

Deno.test("newParts() takes numbers in any order and with gaps", () => {
  const asked = [part(7, 5 * MIB), part(2, 6 * MIB)];
  assertEquals(tryNew([part(5, 5 * MIB)], asked), asked);
});

Deno.test("newParts() leaves out a number registered with the same size and flag", () => {
  const again = part(1, 5 * MIB);
  assertEquals(tryNew([again], [again, part(2, 5 * MIB)]), [part(2, 5 * MIB)]);
});

Deno.test("newParts() refuses a registered number with another size or flag", () => {
  const before = [part(1, 5 * MIB)];
  refused(() => tryNew(before, [part(1, 6 * MIB)]), "with size 5242880 and is_final false");
  refused(() => tryNew(before, [part(1, 5 * MIB, true)], { total: 5 * MIB }), "is_final false");
});

Deno.test("newParts() refuses every registered number under refuseAgain", () => {
  const again = part(1, 5 * MIB);
  refused(() => tryNew([again], [again], { refuseAgain: true }), "Part 1 is already registered");
  assertEquals(tryNew([again], [part(2, 5 * MIB)], { refuseAgain: true }).length, 1);
});

Deno.test("newParts() refuses a number twice in one call", () => {
  refused(() => tryNew([], [part(1, 5 * MIB), part(1, 5 * MIB)]), "Part 1 is in this call twice");
});

Deno.test("newParts() requires the total with the final part", () => {
  refused(() => tryNew([], [part(1, 9, true)]), "asset_filesize is required");
  const before = [part(1, 9, true)];
  refused(() => tryNew(before, before, { totalBefore: 9 }), "asset_filesize is required");
});

Deno.test("newParts() permits one final part", () => {
  const two = [part(1, 5 * MIB, true), part(2, 5 * MIB, true)];
  refused(() => tryNew([], two, { total: 10 * MIB }), "The call has 2 final parts");
  const before = [part(1, 5 * MIB), part(3, 9, true)];
  const total = 5 * MIB + 9;
  refused(
    () => tryNew(before, [part(2, 9, true)], { total, totalBefore: total }),
    "already has a final part",
  );
});

Deno.test("newParts() requires the final part to have the highest number", () => {
  const total = 5 * MIB + 9;
  refused(() => tryNew([part(3, 5 * MIB)], [part(2, 9, true)], { total }), "below part 3");
  refused(() => tryNew([], [part(2, 9, true), part(3, 5 * MIB)], { total }), "below part 3");
  refused(
    () => tryNew([part(2, 9, true)], [part(3, 5 * MIB)], { totalBefore: 9 }),
    "Part 3 is above the final part 2",
  );
});

Deno.test("newParts() requires the sum of all sizes to equal the total, and names both", () => {
  const before = [part(1, 5 * MIB)];
  assertEquals(tryNew(before, [part(2, 9, true)], { total: 5 * MIB + 9 }), [part(2, 9, true)]);
  for (const total of [5 * MIB + 8, 5 * MIB + 10]) {
    refused(
      () => tryNew(before, [part(2, 9, true)], { total }),
      `hold 5242889 bytes, but asset_filesize is ${total}`,
    );
  }
});

Deno.test("newParts() refuses a new number below the final part: the sum is complete", () => {
  refused(
    () => tryNew([part(2, 9, true)], [part(1, 5 * MIB)], { totalBefore: 9 }),
    "hold 5242889 bytes, but asset_filesize is 9",
  );
});

Deno.test("newParts() takes the final part again with the same total only", () => {
  const before = [part(1, 9, true)];
  assertEquals(tryNew(before, before, { total: 9, totalBefore: 9 }), []);
  refused(() => tryNew(before, before, { total: 10, totalBefore: 9 }), "already 9, not 10");
});

Deno.test("newParts() refuses parts of more than 5 TiB together", () => {
  const full = Array.from({ length: 1024 }, (_, i) => part(i + 1, 5 * GIB));
  assertEquals(tryNew(full.slice(1), full.slice(0, 1)).length, 1);
  refused(() => tryNew(full, [part(2000, 5 * MIB)]), "bytes, above 5497558138880");
});
