import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { start, type StartOptions } from "./program.ts";

/** The words that a shell makes of a text, as when a person pastes it. */
async function shellWords(text: string, options: StartOptions): Promise<string[]> {
  const { stdout, success } = await new Deno.Command("sh", {
    args: ["-c", `printf '%s\\n' ${text}`],
    ...options,
  }).output();
  assertEquals(success, true, text);
  return new TextDecoder().decode(stdout).trimEnd().split("\n");
}

/**
 * Runs a command without permissions and without a terminal, then with exactly the flags that it printed.
 *
 * @returns The exit status of the second run.
 */
export async function runAsTold(args: readonly string[], options: StartOptions): Promise<number> {
  await using bare = start(args, { ...options, permissions: [] });
  const { code, out, err } = await bare.ended();
  assertNotMatch(err, /^\s+at /m, "no stack");
  assertMatch(err, /^ {2}deno run --allow-.* main\.ts …$/m);
  assertEquals({ code, out }, { code: 2, out: "" });
  const flags = /^ {2}deno run (--allow-.*) main\.ts …$/m.exec(err)![1]!;
  const permissions = await shellWords(flags, options);
  assertEquals(permissions.filter((flag) => !/^--allow-(read|write|net|env)=/.test(flag)), []);
  await using told = start(args, { ...options, permissions });
  const end = await told.ended();
  assertEquals(end.err, "");
  return end.code;
}
