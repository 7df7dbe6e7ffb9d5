import { assertEquals, assertMatch } from "@std/assert";
import { start } from "./program.ts";
import { sideBySide } from "./side_by_side.ts";

/** Runs the demo with a folder of its own for temporary files. @returns What is left there. */
async function runDemo(
  seconds: number,
  isInterrupted: boolean,
): Promise<{ code: number; out: string; left: string[] }> {
  const TMPDIR = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
  try {
    await using program = start(["demo", "--seconds", String(seconds)], { env: { TMPDIR } });
    if (isInterrupted) {
      await program.line(/take01\.mov +recording/);
      program.signal("SIGINT");
    }
    const { code, out } = await program.ended();
    const left = [...Deno.readDirSync(TMPDIR)].map(({ name }) => name);
    return { code, out, left };
  } finally {
    await Deno.remove(TMPDIR, { recursive: true });
  }
}

Deno.test("reeltime demo", async (t) => {
  await sideBySide(t, [
    {
      name: "proves that both sides hold the same bytes, and leaves nothing behind",
      async run() {
        const { code, out, left } = await runDemo(2, false);
        assertEquals({ code, left }, { code: 0, left: [] });
        assertMatch(
          out,
          /sha256 of the recording +([0-9a-f]{64})\n.*sha256 of the asset +\1 +equal/,
        );
      },
    },
    {
      name: "interrupted leaves with 130, and nothing behind",
      async run() {
        const { code, left } = await runDemo(60, true);
        assertEquals({ code, left }, { code: 130, left: [] });
      },
    },
  ]);
});
