import { assertEquals } from "@std/assert";
import { huntAll, seedsFrom, tableOf } from "./mutant_hunt.ts";
import { mutants } from "./mutants/all.ts";
import { readHints } from "./mutants/hints.ts";

/** Seeds after which a mutant has survived. */
const MOST_SEEDS = 4500;

Deno.test("the simulator catches every bug of the list", async () => {
  assertEquals(new Set(mutants.map(({ name }) => name)).size, mutants.length);
  const hints = await readHints();
  const caught = await huntAll(
    mutants,
    ({ name }) => seedsFrom({ from: 1, most: MOST_SEEDS, hint: hints[name] }),
  );
  const table = tableOf(caught).join("\n");
  await Deno.stdout.write(new TextEncoder().encode(`\n${table}\n`));
  const survivors = caught.filter(({ seed }) => seed === null).map(({ mutant }) => mutant.name);
  assertEquals(survivors, [], "These bugs went unseen: strengthen the checkers or the plans");
});
