import { assertEquals, assertMatch } from "@std/assert";
import { accountCommands } from "../../src/cli/account_commands.ts";
import { runPair } from "../../src/cli/pair_command.ts";
import { secret } from "../../src/config.ts";
import { approve } from "../sandbox/auth_client.ts";
import { withAccess } from "./access_stub.ts";
import { surroundings } from "./surroundings_stub.ts";

const { signal } = new AbortController();

Deno.test("doctor does not call a folder well that a device cannot choose", () =>
  withAccess(async (world) => {
    const { baseUrl, stateFolder, said, say, doors } = world;
    const clientSecret = secret("sandbox-secret");
    world.onSleep = () =>
      approve(baseUrl, /\d{6}/.exec(said.join().replace(/https?:\S+/g, ""))![0]);
    await runPair(
      { apiBase: baseUrl, clientId: "app", clientSecret, stateFolder },
      say,
      signal,
      doors,
    );
    const doctor = async (env: Record<string, string>, ...args: string[]) => {
      said.length = 0;
      const place = ["--api", baseUrl, "--storage", `${baseUrl}/s3/x`, "--state", stateFolder];
      const around = {
        ...surroundings({ env }),
        asked: () => ({ variables: [], files: [], refused: false }),
      };
      const end = await accountCommands.doctor!(
        [...place, ...args],
        around,
        say,
        signal,
      );
      return [end, said.find((line) => /Folder/.test(line))] as const;
    };
    const none = "ok    Folder    chosen by the device's project";
    assertEquals(await doctor({}), [0, none]);
    assertEquals(await doctor({ FRAMEIO_FOLDER: "f" }), [0, none]);
    for (const args of [["--folder", "f"], ["--folder-path", "a/b"]]) {
      const [end, line] = await doctor({}, ...args);
      assertEquals(end, 1);
      assertMatch(line!, /^FAIL {2}Folder {4}Cannot use --folder or .*\n +Leave them out, or give/);
    }
  }));
