import { assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

/** What readLine() makes of these pieces of stdin, each sent when the one before was answered. */
async function linesOf(pieces: readonly string[], answered: readonly string[]): Promise<string[]> {
  const program = fromFileUrl(new URL("./line_reader.ts", import.meta.url));
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", "--no-check", program],
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const keys = child.stdin.getWriter();
  const said = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  for (const [index, piece] of pieces.entries()) {
    await keys.write(new TextEncoder().encode(piece));
    while (!text.endsWith(answered[index]!)) text += (await said.read()).value;
  }
  await keys.close();
  for (let part = await said.read(); !part.done; part = await said.read()) text += part.value;
  await child.status;
  return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}

Deno.test("readLine() reads a line in pieces, of any length, and the rest without its end", async () => {
  const long = `https://example.com/?code=${"x".repeat(6000)}`;
  const pieces = ["hello é🎬\n", "\r\n", `${long}\n`, "the rest"];
  const lines = await linesOf(pieces, ['é🎬"\n', '""\n', 'x"\n', ""]);
  assertEquals(lines, ["hello é🎬", "", long, "the rest"]);
});
