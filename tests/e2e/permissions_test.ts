import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { createMov } from "../support/mov_writer.ts";
import { runAsTold } from "./as_told.ts";

Deno.test("reeltime without permissions prints the flags that are enough", async () => {
  const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
  try {
    const cwd = join(folder, "card 1"); // a space, as cards have
    await Deno.mkdir(cwd);
    await using mov = await createMov(join(cwd, "take01.mov"));
    await mov.roll(1_000_000);
    await mov.stop();
    const args = ["--watch", "take01.mov", "--sandbox", "--state", join(folder, "the state")];
    assertEquals(await runAsTold([...args, "--no-listen"], { cwd }), 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
