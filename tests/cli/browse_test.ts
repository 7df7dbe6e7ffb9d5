import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { fromFileUrl } from "@std/path";
import { BROWSE_USAGE, type Look, parseBrowse, runBrowse } from "../../src/cli/browse_command.ts";
import { colorPaint, noPaint } from "../../src/cli/paint.ts";
import { displayWidth } from "../../src/cli/width.ts";
import { Config, Rejected } from "../../src/errors.ts";
import type { Hierarchy, Level, Place } from "../../src/frameio/hierarchy.ts";
import { v2Hierarchy } from "../../src/frameio/v2_hierarchy.ts";
import { v4Hierarchy } from "../../src/frameio/v4_hierarchy.ts";
import { PROJECTS } from "../../src/sandbox/world.ts";
import { signal, withFrameio } from "../frameio/service.ts";
import { tempFolder } from "../support/temp_folder.ts";

const PLAIN: Look = { columns: null, paint: noPaint };

async function browsed(hierarchy: Hierarchy, id: string | null, look = PLAIN, json = false) {
  const lines: string[] = [];
  const end = await runBrowse({ id, json, hierarchy, look }, (line) => lines.push(line), signal);
  assertEquals(end, 0);
  return lines;
}

/** A hierarchy that gives this level for every id. */
function showing(entries: readonly Partial<Place>[], changes: Partial<Level> = {}): Hierarchy {
  const places = entries.map((entry, i): Place => ({
    ...{ id: `id-${i}`, kind: "folder", name: "", uploadTo: null, viewUrl: null },
    ...entry,
  }));
  return {
    browse: () => Promise.resolve({ place: null, entries: places, isAll: true, ...changes }),
  };
}

Deno.test("parseBrowse() takes one id, or none, and the flags of the account", () => {
  assertEquals(parseBrowse(["--help"]), { is: "help" });
  const bare = parseBrowse([]);
  assert(bare.is === "browse");
  assertEquals([bare.id, bare.json], [null, false]);
  const full = parseBrowse(["--api", "http://x", "007", "--json", "--route", "v4"]);
  assert(full.is === "browse");
  assertEquals([full.id, full.json], ["007", true]);
  assertEquals([full.flags.api, full.flags.route], ["http://x", "v4"]);
});

Deno.test("parseBrowse() refuses what it does not know, and repeats no token", () => {
  assertThrows(() => parseBrowse(["a", "b"]), Config, "Cannot browse b as well: name one id");
  assertThrows(() => parseBrowse(["--lanes", "3"]), Config, "Cannot understand --lanes");
  assertThrows(() => parseBrowse([""]), Config, "an empty argument");
  const error = assertThrows(() => parseBrowse(["fio-u-sesame"]), Config);
  assertNotMatch(error.message, /sesame/);
});

Deno.test("browse shows the sandbox from accounts to folders, with ids that take uploads", async () => {
  await withFrameio(async ({ call, exchange }, sandbox) => {
    const file = await sandbox.create(`a "b" 🎬.mov`);
    for (const hierarchy of [v4Hierarchy(call), v2Hierarchy(exchange)]) {
      const top = (await browsed(hierarchy, null)).join("\n");
      assertMatch(top, /^Accounts\n\n {2}account {2}Sandbox {2}5a0d/);
      assertNotMatch(top, /▸|--folder/);
      const projects = (await browsed(hierarchy, "5a0d0b0c-0002-4000-8000-00000000b001")).join(
        "\n",
      );
      assertMatch(projects, /^Sandbox Team \((workspace|team)\)\n/);
      assertMatch(projects, /\n▸ project {2}Demo {4}root\n▸ project {2}Second {2}5a0d\S+e001\n/);
      assertMatch(projects, /▸ upload into it: --folder ID\nLook into it: reeltime browse ID$/);
      const demo = (await browsed(hierarchy, PROJECTS[0].id)).join("\n");
      assertMatch(demo, /^Demo \(project\)\n {2}--folder root\n/);
      assertMatch(demo, new RegExp(`\n {2}file    a "b" 🎬\\.mov  ${file}\n`));
      assertMatch(demo, /reeltime status ID$/);
      // Every id that is marked can be browsed and is one that --folder takes.
      const marked = demo.split("\n").filter((line) => /^▸ \w+ {2}/.test(line) && !/--/.test(line));
      assertEquals(marked.length, 2);
      for (const line of marked) {
        const id = line.trim().split(" ").at(-1)!;
        assertMatch((await browsed(hierarchy, id)).join("\n"), new RegExp(`--folder ${id}`));
      }
    }
  });
});

Deno.test("browse --json gives one document with every place and its id for --folder", async () => {
  await withFrameio(async ({ call }) => {
    const lines = await browsed(v4Hierarchy(call), "root", PLAIN, true);
    assertEquals(lines.length, 1);
    const level = JSON.parse(lines[0]!) as Level;
    assertEquals(level.place?.uploadTo, "root");
    assertEquals(level.entries.map(({ name }) => name), ["Day 1", "Day 2"]);
    assert(level.entries.every(({ id, uploadTo }) => uploadTo === id));
    assertEquals(Object.keys(level.entries[0]!), ["id", "kind", "name", "uploadTo", "viewUrl"]);
  });
});

Deno.test("browse aligns its columns by what a terminal shows, and never cuts an id", async () => {
  const id = "0f3c6e4e-7d6f-4c43-8f1f-2f6a3a0d9b11";
  const names = ["Spot", "東京カメラ", "🎬 take", "e\u0301", "x".repeat(60)];
  const hierarchy = showing(names.map((name) => ({ name, id, uploadTo: id })));
  for (const columns of [120, 80, 64, 50, 40]) {
    const lines = await browsed(hierarchy, null, { columns, paint: noPaint });
    const shown = lines.filter((line) => line.endsWith(id));
    assertEquals(shown.length, names.length);
    const starts = new Set(shown.map((line) => displayWidth(line.slice(0, -id.length))));
    assertEquals(starts.size, 1, `${columns}`);
    for (const line of lines) assert(displayWidth(line) <= columns, `${columns}: ${line}`);
  }
  const long = "i".repeat(100);
  const lines = await browsed(showing([{ name: "Spot", id: long }]), null, {
    ...PLAIN,
    columns: 40,
  });
  assert(lines.includes(`  ${long}`));
});

Deno.test({
  name: "browse prints names on a terminal that reports no columns",
  ignore: Deno.build.os !== "linux", // where script(1) takes a command as it does here
  async fn() {
    await using state = await tempFolder();
    await withFrameio(async (_, { baseUrl }) => {
      const main = fromFileUrl(new URL("../../main.ts", import.meta.url));
      const browse = `'${Deno.execPath()}' run -A --no-check '${main}' browse root`;
      const command = `stty cols 0; ${browse} --api ${baseUrl} --state '${state.path}'`;
      const { stdout } = await new Deno.Command("script", {
        args: ["-qec", command, "/dev/null"],
        env: { FRAMEIO_TOKEN: "sandbox", FRAMEIO_FOLDER: "" },
        stdin: "null",
      }).output();
      assertMatch(new TextDecoder().decode(stdout), /Demo \(folder\).*▸.*Day 1/s);
    });
  },
});

Deno.test("browse prints nothing that could command a terminal, and colors only on request", async () => {
  const evil = "\x1b[2J\u202e\n\x9b1m";
  const place = { id: evil, kind: evil, name: evil, uploadTo: evil, viewUrl: `https://x/${evil}` };
  const hierarchy = showing([place, place], { place });
  for (const line of await browsed(hierarchy, "x")) assertNotMatch(line, /[\p{Cc}\p{Cf}]/u);
  const colored = await browsed(showing([{ name: "A" }]), null, { columns: 80, paint: colorPaint });
  assert(colored[0]!.startsWith("\x1b[1mAccounts"));
});

Deno.test("browse says that nothing lies there, and where there is more", async () => {
  assertMatch((await browsed(showing([]), null)).join("\n"), /Nothing lies here\.$/);
  const cut = await browsed(showing([{ name: "A" }], { isAll: false }), null);
  assert(cut.includes("  … and more: the list is longer than 1 entries."));
});

Deno.test("browse hands a refusal on", async () => {
  await withFrameio(async ({ call }) => {
    await assertRejects(() => browsed(v4Hierarchy(call), "none"), Rejected, "Cannot find none");
  });
  assertMatch(BROWSE_USAGE, /reeltime browse \[ID\]/);
});
