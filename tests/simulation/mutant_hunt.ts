import {
  FIRST_DEVICE_SEED,
  FIRST_ENDING_SEED,
  FIRST_OPERATED_SEED,
  FIRST_SHARING_SEED,
} from "./draw.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { checkFit, plant } from "./mutate.ts";
import { createRunner, HANGS, type Runner } from "./mutant_runner.ts";

/** How a mutant came out. */
export interface Catch {
  readonly mutant: Mutant;
  /** The seed that showed it; null if it survived. */
  readonly seed: number | null;
  /** Seeds tried, that one included. */
  readonly tried: number;
  readonly saw: string;
  /** Seeds at which the program itself breaks a promise: they prove nothing. */
  readonly unsound: readonly number[];
}

/** Longest time that one seed of a mutant may take, in milliseconds. */
const SEED_MS = 15_000;

/** A mutant hangs if the program itself is done with the same seed in this time. */
const CONTROL_MS = SEED_MS / 3;

/**
 * Tries one seed after the other until one shows the mutant, and the program itself keeps every
 * promise at that seed.
 */
async function hunt(
  mutant: Mutant,
  seeds: Iterable<number>,
  control: Runner,
): Promise<Catch> {
  const folder = await Deno.makeTempDir({ prefix: "mutant-" });
  const runner = createRunner(await plant(mutant, folder), SEED_MS);
  const unsound: number[] = [];
  let tried = 0;
  try {
    for (const seed of seeds) {
      tried++;
      const saw = await runner.see(seed);
      if (saw === null) continue;
      const own = await control.see(seed);
      if (own === null) return { mutant, seed, tried, saw, unsound };
      if (own !== HANGS) unsound.push(seed);
    }
    return { mutant, seed: null, tried, saw: "nothing", unsound };
  } finally {
    await runner.end();
    await Deno.remove(folder, { recursive: true });
  }
}

/**
 * Hunts mutants, as many side by side as there are processors.
 *
 * @param seedsFor Seeds to try for a mutant, in this order.
 * @param onCatch Told of each as it comes.
 * @returns In the order of the mutants.
 * @throws Misfit before anything else if a mutant no longer fits the program.
 */
export async function huntAll(
  mutants: readonly Mutant[],
  seedsFor: (mutant: Mutant) => Iterable<number>,
  onCatch: (caught: Catch) => void = () => {},
): Promise<Catch[]> {
  await checkFit(mutants);
  const caught: Catch[] = [];
  let next = 0;
  async function lane(): Promise<void> {
    const control = createRunner(null, CONTROL_MS);
    try {
      for (let i = next++; i < mutants.length; i = next++) {
        caught[i] = await hunt(mutants[i]!, seedsFor(mutants[i]!), control);
        onCatch(caught[i]!);
      }
    } finally {
      await control.end();
    }
  }
  await Promise.all(Array.from({ length: navigator.hardwareConcurrency }, lane));
  return caught;
}

/** `most` seeds from `from` on, in turn of each band of `draw.ts`; a hint before all. */
export function* seedsFrom(
  { from, most, hint }: { from: number; most: number; hint?: number | undefined },
): Generator<number> {
  if (hint !== undefined) yield hint;
  for (let seed = from; seed < from + most / 5; seed++) {
    yield seed;
    yield FIRST_ENDING_SEED + seed;
    yield FIRST_DEVICE_SEED + seed;
    yield FIRST_OPERATED_SEED + seed;
    yield FIRST_SHARING_SEED + seed;
  }
}

/** The table of what was caught, a line each. */
export function tableOf(caught: readonly Catch[]): string[] {
  const rows = caught.map(({ mutant, seed, tried, saw }) => [
    mutant.name,
    mutant.file.replace("src/", ""),
    seed === null ? `none of ${tried}` : String(seed),
    shortened(saw),
  ]);
  const head = ["mutant", "file", "seed", "what was seen"];
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column]!.length))
  );
  const lineOf = (row: readonly string[]) =>
    `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [lineOf(head), lineOf(widths.map((width) => "-".repeat(width))), ...rows.map(lineOf)];
}

/** Longest text of a table's cell, in characters. */
const MOST_SEEN = 78;

function shortened(saw: string): string {
  const plain = saw.replaceAll("|", "/").replaceAll("\n", " ");
  return plain.length <= MOST_SEEN ? plain : `${plain.slice(0, MOST_SEEN - 1)}…`;
}
