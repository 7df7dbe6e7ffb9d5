/** Says each line that it reads, as JSON, until there is none. */
import { readLine } from "../../src/cli/browser.ts";

const { signal } = new AbortController();
for (let line = await readLine(signal); line !== null; line = await readLine(signal)) {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(line)}\n`));
}
