/** The doctor as a process with an environment of its own: `doctor_process.ts API [flag…]`. */
import { parseDoctor, runDoctor } from "../../src/cli/doctor_command.ts";

const [apiBase, ...flags] = Deno.args;
const ask = parseDoctor(flags);
if (ask.is === "help") Deno.exit(9);
const account = {
  apiBase: apiBase!,
  checkToken: () => Promise.resolve("the token is a developer token"),
  checkFolder: () => Promise.resolve("the folder is there"),
};
const say = (text: string) => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
Deno.exitCode = await runDoctor(ask, account, say, new AbortController().signal);
