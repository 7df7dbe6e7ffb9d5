/**
 * Puts a mutant in the place of a file of the program, without touching it: the changed text lies in a
 * folder of its own, and an import map leads there instead. Everything else is the program itself.
 */
import { dirname, fromFileUrl, join, toFileUrl } from "@std/path";
import type { Mutant } from "./mutants/mutant.ts";

/** The project's folder. */
export const PROJECT = new URL("../../", import.meta.url);

/** A file that the mutant's text stands in no longer, or more than once. */
export class Misfit extends Error {
  override readonly name = "Misfit";
}

/**
 * The file as the mutant has it.
 *
 * @throws Misfit if the mutant no longer fits.
 */
export function mutated(text: string, { name, file, from, to }: Mutant): string {
  const pieces = text.split(from);
  if (pieces.length !== 2) {
    throw new Misfit(
      `The mutant "${name}" no longer fits: its text stands ${
        pieces.length - 1
      } times in ${file}. ` +
        "Write the bug anew for the file as it is now",
    );
  }
  return pieces.join(to);
}

/** @throws Misfit if one of these no longer fits. */
export async function checkFit(mutants: readonly Mutant[]): Promise<void> {
  for (const mutant of mutants) {
    mutated(await Deno.readTextFile(new URL(mutant.file, PROJECT)), mutant);
  }
}

/**
 * Writes a mutant and its import map down.
 *
 * @param folder An empty folder.
 * @returns Path of the import map.
 */
export async function plant(mutant: Mutant, folder: string): Promise<string> {
  const original = new URL(mutant.file, PROJECT);
  const path = join(folder, ...mutant.file.split("/"));
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, mutated(await Deno.readTextFile(original), mutant));
  const { imports } = JSON.parse(await Deno.readTextFile(new URL("deno.json", PROJECT)));
  const mapPath = join(folder, "import_map.json");
  const ownSource = toFileUrl(join(folder, "src")).href + "/";
  const map = {
    imports: {
      ...imports,
      [original.href]: toFileUrl(path).href,
      // What the mutant imports is the program's own.
      [ownSource]: new URL("src/", PROJECT).href,
    },
  };
  await Deno.writeTextFile(mapPath, JSON.stringify(map, null, 1));
  return mapPath;
}

/** A path of this project, as the system writes it. */
export function projectPath(path: string): string {
  return fromFileUrl(new URL(path, PROJECT));
}
