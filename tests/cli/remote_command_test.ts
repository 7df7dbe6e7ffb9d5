import { assert, assertEquals, assertRejects } from "@std/assert";
import { parseCommand } from "../../src/cli/args.ts";
import { runRemote } from "../../src/cli/remote_command.ts";
import { Config } from "../../src/errors.ts";
import { v2Hierarchy } from "../../src/frameio/v2_hierarchy.ts";
import { signal, withFrameio } from "../frameio/service.ts";
import { openPeer } from "../support/raw_peer.ts";
import { tempFolder } from "../support/temp_folder.ts";
import { surroundings } from "./surroundings_stub.ts";

Deno.test("upload --url goes into the folder of --folder-path, made where it is missing", async () => {
  await using state = await tempFolder();
  await using source = await openPeer((request) => request.answer(200, "x".repeat(1000)));
  await withFrameio(async ({ exchange }, sandbox) => {
    const entries = async (id: string) => (await v2Hierarchy(exchange).browse(id, signal)).entries;
    const named = async (id: string, name: string) =>
      (await entries(id)).find((entry) => entry.name === name)!.id;
    const run = (...args: string[]) => {
      const command = parseCommand([
        ...["upload", "--url", `${source.url}/clip`, "--name", "a.mov", "--folder", "root"],
        ...["--api", sandbox.baseUrl, "--state", state.path, ...args],
      ], surroundings({ env: { FRAMEIO_TOKEN: "sandbox" } }));
      assert(command.is === "remote");
      return runRemote(command, () => {}, signal);
    };
    for (const route of ["v4", "user"]) {
      assertEquals(await run("--route", route, "--folder-path", `Day 1/${route}`), 0);
      const made = await named(await named("root", "Day 1"), route);
      assertEquals((await entries(made)).map(({ name }) => name), ["a.mov"]);
      await assertRejects(() => run("--route", route, "--folder-path", ".."), Config, '".." is no');
    }
    assertEquals(await run(), 0);
    assertEquals((await entries("root")).map(({ name }) => name), ["Day 1", "Day 2", "a.mov"]);
  });
});
