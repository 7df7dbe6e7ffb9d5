import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { parseStatus, runStatus, STATUS_USAGE } from "../../src/cli/status_command.ts";
import { Config, Rejected } from "../../src/errors.ts";
import {
  type ReadStatus,
  type UploadStatus,
  v2Status,
  v4Status,
} from "../../src/frameio/asset_status.ts";
import { signal, withFrameio } from "../frameio/service.ts";

async function told(read: ReadStatus, assetId: string, json = false) {
  const lines: string[] = [];
  const end = await runStatus({ assetId, json, read }, (line) => lines.push(line), signal);
  return { lines, end };
}

const STATUS: UploadStatus = {
  id: "a1",
  name: "a.mov",
  is: "complete",
  startedAt: null,
  completedAt: "2026-11-20T12:00:00Z",
  failedAt: null,
  viewUrl: "https://next.frame.io/project/p/view/a1",
};

Deno.test("parseStatus() takes one asset and the flags of the account", () => {
  assertEquals(parseStatus(["--help"]), { is: "help" });
  const ask = parseStatus(["--json", "1e3", "--account", "acc"]);
  assert(ask.is === "status");
  assertEquals([ask.assetId, ask.json, ask.flags.account], ["1e3", true, "acc"]);
  assertThrows(() => parseStatus([]), Config, "Name the asset: reeltime status ASSET");
  assertThrows(() => parseStatus(["a", "b"]), Config, "Cannot read b as well");
  assertThrows(() => parseStatus(["a", "--idle", "3"]), Config, "Cannot understand --idle");
  assertNotMatch(assertThrows(() => parseStatus(["eyJsesame"]), Config).message, /sesame/);
});

Deno.test("status says in words how an upload stands; only a failed one ends with 1", async () => {
  const cases: readonly [UploadStatus["is"], end: number, words: RegExp][] = [
    ["complete", 0, /^a\.mov: complete: Frame\.io has every byte since 2026-11-20T12:00:00Z$/],
    ["under_way", 0, /^a\.mov: not complete: its upload is under way$/],
    ["waiting", 0, /has not begun$/],
    ["failed", 1, /^a\.mov: failed: delete it in Frame\.io and upload the file again$/],
  ];
  for (const [is, end, words] of cases) {
    const shown = await told(() => Promise.resolve({ ...STATUS, is }), "a1");
    assertEquals(shown.end, end);
    assertMatch(shown.lines[0]!, words);
    assertEquals(shown.lines.slice(1), ["  asset  a1", `  link   ${STATUS.viewUrl}`]);
  }
});

Deno.test("status shows an asset without name and link by its id, and nothing that moves a cursor", async () => {
  const bare = { ...STATUS, name: null, viewUrl: null };
  assertEquals((await told(() => Promise.resolve(bare), "a1")).lines.length, 2);
  const evil = "\x1b[2J\n\u202e";
  const odd = { ...STATUS, id: evil, name: evil, completedAt: evil, viewUrl: `https://x/${evil}` };
  for (const line of (await told(() => Promise.resolve(odd), "a1")).lines) {
    assertNotMatch(line, /[\p{Cc}\p{Cf}]/u);
  }
});

Deno.test("status tells of the sandbox's asset by both APIs, also as JSON", async () => {
  await withFrameio(async ({ call }, sandbox) => {
    const id = await sandbox.create(`a "b" 🎬.mov`);
    for (const read of [v4Status(call, null), v2Status(call)]) {
      const { lines, end } = await told(read, id);
      assertEquals(end, 0);
      assertMatch(lines[0]!, /^a "b" 🎬\.mov: not complete: /);
      assertEquals(lines[1], `  asset  ${id}`);
      const json = await told(read, id, true);
      assertEquals(json.lines.length, 1);
      assertEquals(Object.keys(JSON.parse(json.lines[0]!)).sort(), Object.keys(STATUS).sort());
      await assertRejects(() => told(read, "none"), Rejected);
    }
  });
  assertMatch(STATUS_USAGE, /reeltime status ASSET/);
});
