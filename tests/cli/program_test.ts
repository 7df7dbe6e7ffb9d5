import { assertEquals } from "@std/assert";
import { join } from "@std/path";

const at = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

/** How a program leaves whose command throws this. */
async function leave(thrown: string) {
  const source = `
    import { runProgram } from ${at("cli/program.ts")};
    import { Config, Rejected } from ${at("errors.ts")};
    await runProgram(() => { throw ${thrown}; });`;
  const url = `data:application/typescript,${encodeURIComponent(source)}`;
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--config", join(Deno.cwd(), "deno.json"), url],
    stdin: "null",
  }).output();
  return { code, err: new TextDecoder().decode(stderr) };
}

Deno.test("runProgram() tells an error without what could command a terminal, line by line", async () => {
  const evil = JSON.stringify("one\n  two\x1b]0;owned\x07\x1b[2J\r\u202eend");
  assertEquals(await leave(`new Config(${evil})`), {
    code: 2,
    err: "reeltime: one\n  two�]0;owned��[2J��end\n",
  });
  assertEquals((await leave(`new Rejected(${evil}, 404)`)).code, 1);
});
