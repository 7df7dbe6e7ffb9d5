/**
 * Seeds that showed each mutant when they were hunted last: `deno task mutants --write`. A hint is only
 * tried first. Whenever plans or recorders change, seeds shift; then the search from 1 on finds others.
 */
const HINTS = new URL("./hints.json", import.meta.url);

/** A good first seed by the mutant's name. */
export type Hints = Readonly<Record<string, number>>;

/** The hints that are kept. */
export async function readHints(): Promise<Hints> {
  try {
    return JSON.parse(await Deno.readTextFile(HINTS));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
}

/** Keeps hints, in the order of the names. */
export async function writeHints(hints: Hints): Promise<void> {
  const sorted = Object.entries(hints).sort(([a], [b]) => a < b ? -1 : 1);
  const text = JSON.stringify(Object.fromEntries(sorted), null, 2);
  await Deno.writeTextFile(HINTS, `${text}\n`);
}
