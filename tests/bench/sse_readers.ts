// deno-lint-ignore-file no-console -- what it prints is what it is for
/**
 * Readers of the event stream beside a take, in turns with the same take without any: what the readers
 * are told, how late, and what they cost the upload.
 *
 *   deno run -A tests/bench/sse_readers.ts [--readers 200] [--mbit 200] [--seconds 20] [--runs 5]
 */
import { parseArgs } from "@std/cli/parse-args";
import { MIB } from "../../src/parts/limits.ts";
import { startSandbox } from "../e2e/sandbox.ts";
import { type LoadFigures, runLoad } from "./sse_load.ts";

const flags = parseArgs(Deno.args, { string: ["readers", "mbit", "seconds", "runs"] });
const number = (name: string, otherwise: number) => Number(flags[name] ?? otherwise);
const readers = number("readers", 200);
const load = { megabitsPerSecond: number("mbit", 200), seconds: number("seconds", 20) };
const runs = number("runs", 5);

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor((values.length - 1) / 2)]!;
const rows: { alone: LoadFigures; read: LoadFigures }[] = [];

await using sandbox = await startSandbox();
console.log("run  readers  events  holes  p50 ms  p99 ms  RSS MiB    MB/s");
for (let run = 1; run <= runs; run++) {
  const alone = await runLoad(sandbox, { ...load, readers: 0 });
  const read = await runLoad(sandbox, { ...load, readers });
  rows.push({ alone, read });
  for (const [count, figures] of [[0, alone], [readers, read]] as const) {
    const { eventsEach, readersWithHoles, p50Ms, p99Ms, peakRssBytes, bytesPerSecond } = figures;
    const cells = [run, count, eventsEach, readersWithHoles, p50Ms, p99Ms]
      .concat([Math.round(peakRssBytes / MIB)]).map(String).concat(
        (bytesPerSecond / 1e6).toFixed(2),
      );
    const widths = [3, 9, 8, 7, 8, 8, 9, 8];
    console.log(cells.map((cell, i) => cell.padStart(widths[i]!)).join(""));
  }
}
const ratio = median(rows.map(({ alone, read }) => read.bytesPerSecond / alone.bytesPerSecond));
console.log(
  `upload rate with readers: ${(100 * ratio).toFixed(1)} % of without, median of ${runs}`,
);
const holes = rows.reduce((sum, { read }) => sum + read.readersWithHoles, 0);
if (holes > 0 || ratio < 0.95) {
  console.log(holes > 0 ? `${holes} readers missed something` : "the upload was slowed down");
  Deno.exitCode = 1;
}
