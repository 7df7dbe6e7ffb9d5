/**
 * `deno task mutants`: hunts every mutant from seed 1 on, without hints, and prints the table.
 *
 *     deno task mutants [--only=TEXT] [--new] [--from=1] [--most=3000] [--write]
 *
 * `--only` names a part of a mutant's name or file, `--new` leaves out those that have a hint; `--write`
 * keeps the seeds as hints for the test.
 */
import { parseArgs } from "@std/cli/parse-args";
import { huntAll, seedsFrom, tableOf } from "./mutant_hunt.ts";
import { mutants } from "./mutants/all.ts";
import { readHints, writeHints } from "./mutants/hints.ts";

const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const flags = parseArgs(Deno.args, { string: ["only", "from", "most"], boolean: ["new", "write"] });
const hints = await readHints();
const wanted = mutants.filter(({ name, file }) =>
  `${file} ${name}`.includes(`${flags.only ?? ""}`) && !(flags.new && name in hints)
);
const [from, most] = [flags.from ?? 1, flags.most ?? 3000].map(Number) as [number, number];
const caught = await huntAll(
  wanted,
  () => seedsFrom({ from, most }),
  ({ mutant, seed, tried, unsound }) =>
    print(
      `${seed === null ? `SURVIVED ${tried}` : `seed ${seed}`}: ${mutant.name}` +
        (unsound.length > 0 ? ` (the program itself fails at ${unsound.join(", ")})` : ""),
    ),
);
tableOf(caught).forEach(print);
const survivors = caught.filter(({ seed }) => seed === null);
print(`${caught.length - survivors.length} of ${caught.length} caught`);
if (flags.write) {
  const found = caught.flatMap(({ mutant, seed }) => seed === null ? [] : [[mutant.name, seed]]);
  await writeHints({ ...hints, ...Object.fromEntries(found) });
}
Deno.exitCode = survivors.length === 0 ? 0 : 1;
