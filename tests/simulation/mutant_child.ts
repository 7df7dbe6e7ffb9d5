/**
 * A process that runs the simulator for somebody else: a seed comes in by line, what was seen goes out.
 * The one who asks may have put a mutant in the place of a file; see mutate.ts.
 */
import { simulate } from "./simulate.ts";

/** What one seed showed; `saw` is null where every promise was kept. */
export interface Sighting {
  readonly seed: number;
  readonly saw: string | null;
}

async function see(seed: number): Promise<Sighting> {
  try {
    const { violations } = await simulate(seed);
    return { seed, saw: violations[0] ?? null };
  } catch (error) {
    return { seed, saw: `throws: ${(error as Error).message}` };
  }
}

const encoder = new TextEncoder();
let text = "";
for await (const piece of Deno.stdin.readable.pipeThrough(new TextDecoderStream())) {
  const lines = (text + piece).split("\n");
  text = lines.pop()!;
  for (const line of lines) {
    await Deno.stdout.write(encoder.encode(`${JSON.stringify(await see(Number(line)))}\n`));
  }
}
