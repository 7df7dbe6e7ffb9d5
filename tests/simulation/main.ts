/**
 * `deno task sim`: replays one seed, or runs a swarm of them over all processors.
 *
 *     deno task sim --seed=N [--log]         one world, again exactly as it was
 *     deno task sim --minutes=M [--from=N]   as many worlds as fit, from seed N on
 */
import { parseArgs } from "@std/cli/parse-args";
import { planOf } from "./draw.ts";
import { lineOf, violationsOf } from "./report.ts";
import { simulate } from "./simulate.ts";
import { runSwarm } from "./swarm.ts";

const print = (text: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

/** Replays one world. @returns Whether it kept every promise. */
async function replay(seed: number, showsLog: boolean): Promise<boolean> {
  print(`seed ${seed}`);
  const plan = planOf(seed);
  const result = await simulate(seed, plan, { keepsLog: showsLog });
  if (showsLog) {
    print(JSON.stringify(plan, null, 1));
    result.lines.forEach(print);
  }
  violationsOf(result).forEach(print);
  print(lineOf(result));
  return result.violations.length === 0;
}

/** Runs worlds for some minutes. */
async function swarm(minutes: number, fromSeed: number): Promise<boolean> {
  print(
    `seeds from ${fromSeed} on, for ${minutes} minutes, on ${navigator.hardwareConcurrency} processors`,
  );
  return await runSwarm({ minutes, fromSeed, workers: navigator.hardwareConcurrency }, print);
}

const flags = parseArgs(Deno.args, { string: ["seed", "minutes", "from"], boolean: ["log"] });
const numbers = [flags.seed, flags.minutes, flags.from ?? "1"].map(Number);
const [seed, minutes, from] = numbers as [number, number, number];
if (Number.isInteger(seed)) Deno.exitCode = await replay(seed, flags.log === true) ? 0 : 1;
else if (minutes > 0 && Number.isInteger(from)) Deno.exitCode = await swarm(minutes, from) ? 0 : 1;
else {
  print("Give --seed=N to replay one world, or --minutes=M [--from=N] to run a swarm of them");
  Deno.exitCode = 2;
}
