/** Broken files by the hundred thousand: no container may throw, hang, or read what it should not. */
import { assert } from "@std/assert";
import type { Container, Look } from "../../src/containers/container.ts";
import { detect } from "../../src/containers/detect.ts";
import { MOST_BYTES_A_LOOK } from "../../src/containers/read_bytes.ts";
import { seededRandom } from "../support/seeded_random.ts";
import { join, readerOf } from "./bytes.ts";

/** Inputs for each family. */
export const INPUTS = 100_000;

/** A whole number from 0 up to, not including, `below`. */
export type Below = (below: number) => number;

/** What a family gives to be broken. */
export interface FuzzedFamily {
  readonly container: Container;
  /** Files as they should be, open and final. The last one is drawn rarely: for a long one. */
  readonly corpus: readonly Uint8Array[];
  /** Bytes that mean something where they are put: names, sizes, placeholders. */
  readonly tokens: readonly Uint8Array[];
  /** Reads that one look may ask of a system that gives all that is asked. */
  readonly mostReads: number;
  /** Fewest times that each verdict must have come, so that the inputs are not all alike. */
  readonly fewest: Partial<Record<Look["verdict"], number>>;
}

/** Fails when a look at any of {@linkcode INPUTS} broken files breaks the rules of {@linkcode Container}. */
export async function fuzz(family: FuzzedFamily, inputs = INPUTS): Promise<void> {
  const seed = 20_261_120;
  const verdicts = { open: 0, final: 0, undecidable: 0 };
  for (let input = 0; input < inputs; input++) {
    const where = `${family.container.name}, seed ${seed}, input ${input}`;
    const { fraction } = seededRandom(seed + input);
    const below: Below = (most) => Math.floor(fraction() * most);
    const bytes = below(50) === 0
      ? noise(below)
      : mutate(draw(family.corpus, below), family, below);
    // One in eight was cut short after its size was taken.
    const sizeBytes = bytes.length + (below(8) === 0 ? below(2_000) : 0);
    const givesLittle = below(8) === 0;
    const mostBytesARead = givesLittle ? 1 + below(16) : Infinity;
    const { read, reads } = readerOf(bytes, { sizeBytes, mostBytesARead });
    try {
      if (input % 8 === 0) await detect(read, sizeBytes);
      reads.calls = reads.totalBytes = 0;
      const look = await family.container.inspect(read, sizeBytes);
      verdicts[look.verdict]++;
      assertSound(look, sizeBytes);
      assert(reads.totalBytes <= MOST_BYTES_A_LOOK, `${reads.totalBytes} bytes read`);
      assert(givesLittle || reads.calls <= family.mostReads, `${reads.calls} reads`);
    } catch (error) {
      throw new Error(where, { cause: error });
    }
  }
  for (const [verdict, fewest] of Object.entries(family.fewest)) {
    assert(verdicts[verdict as Look["verdict"]] >= fewest, JSON.stringify(verdicts));
  }
}

/** Every number of a look is one that the line can reckon with. */
function assertSound(look: Look, sizeBytes: number): void {
  assert(isOffset(look.frontierBytes) && look.frontierBytes <= sizeBytes, "frontier");
  assert(isOffset(look.headBytes) && look.headBytes <= sizeBytes + 16, `head ${look.headBytes}`);
  assert(look.mediaStart === null || isOffset(look.mediaStart), `media start ${look.mediaStart}`);
  assert(look.mediaStart === null || look.mediaStart <= sizeBytes + 16, "media start");
  for (const { start, end } of look.patched) {
    assert(isOffset(start) && isOffset(end) && start < end && end <= sizeBytes + 16, "patched");
  }
}

function isOffset(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function draw<T>(items: readonly T[], below: Below): T {
  return items[below(below(40) === 0 ? items.length : Math.max(1, items.length - 1))]!;
}

function noise(below: Below): Uint8Array {
  return Uint8Array.from({ length: below(600) }, () => below(256));
}

/** One to six changes: a token in place, a flipped byte, a cut, a doubled, zeroed or filled stretch. */
function mutate(
  original: Uint8Array,
  { tokens, corpus }: FuzzedFamily,
  below: Below,
): Uint8Array {
  let bytes = original.slice();
  for (let changes = 1 + below(6); changes > 0 && bytes.length > 8; changes--) {
    const at = place(bytes.length, below);
    switch (below(8)) {
      case 0:
      case 1:
        bytes.set(draw(tokens, below).subarray(0, bytes.length - at), at);
        break;
      case 2:
        bytes[at] = below(256);
        break;
      case 3:
        bytes = bytes.slice(0, at);
        break;
      case 4:
        bytes = join(bytes.subarray(0, at), bytes.subarray(below(at + 1)));
        break;
      case 5:
        bytes.fill(below(4) === 0 ? 0xff : 0, at, at + below(64));
        break;
      case 6:
        bytes = join(bytes, draw(tokens, below), bytes.subarray(bytes.length - below(40)));
        break;
      default: {
        const other = draw(corpus, below);
        if (other.length < 4_096) bytes = join(bytes.subarray(0, at), other);
      }
    }
  }
  return bytes;
}

/** Mostly near the front or the end, where the structure is. */
function place(lengthBytes: number, below: Below): number {
  const last = lengthBytes - 1;
  const near = Math.min(last, 160);
  return [below(lengthBytes), below(near + 1), below(near + 1), last - below(near + 1)][below(4)]!;
}
