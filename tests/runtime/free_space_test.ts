import { assert, assertEquals } from "@std/assert";
import { freeSpaceOf } from "../../src/runtime/free_space.ts";
import { tempFolder } from "../support/temp_folder.ts";

/** What df says, in bytes. */
async function dfBytes(path: string): Promise<number> {
  const { stdout } = await new Deno.Command("df", { args: ["-B1", "--output=avail", path] })
    .output();
  return Number(new TextDecoder().decode(stdout).split("\n")[1]);
}

Deno.test({
  name: "freeSpaceOf() tells what df tells, also of a file that is not there yet",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using folder = await tempFolder();
    const space = await freeSpaceOf(folder.at("later.mov"));
    const off = Math.abs(space!.freeBytes - await dfBytes(folder.path));
    assert(off < 2 ** 30, `${off} bytes off`); // others write meanwhile
    assertEquals((await freeSpaceOf(folder.at("other.mov")))?.volume, space!.volume);
  },
});

Deno.test("freeSpaceOf() tells nothing of what is not there", async () => {
  assertEquals(await freeSpaceOf("/nowhere/at/all/a.mov"), null);
});
