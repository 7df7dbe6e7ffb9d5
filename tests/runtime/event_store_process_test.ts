import { assert, assertEquals } from "@std/assert";
import { JOURNAL_FILE, openEventStore } from "../../src/runtime/event_store.ts";
import { type Script, spawnScript } from "../support/script.ts";
import { tempFolder } from "../support/temp_folder.ts";

const WRITER = new URL("./journal_writer.ts", import.meta.url);
const FOR_EVER = "1000000000";

const spawnWriter = (folder: string, takeId: string, count: string) =>
  spawnScript(WRITER, [folder, takeId, count]);

/** Reads what the writer acknowledges up to `last`. */
async function acknowledged(writer: Script, last: number): Promise<void> {
  for (let line = await writer.line(); line !== String(last); line = await writer.line()) {
    assert(line !== null, "the writer ended early");
  }
}

/** The numbers of a take's appends; each was kept whole, none is missing in between. */
function assertWhole(folder: string, takeId: string): number {
  const store = openEventStore(folder);
  const rows = store.read(takeId);
  store.close();
  rows.forEach((row, i) => {
    const wanted = { number: 1 + (i >> 1), half: i % 2 === 0 ? "a" : "b" };
    assertEquals(JSON.parse(row.event), wanted);
  });
  assertEquals(rows.length % 2, 0, "half an append was kept");
  return rows.length / 2;
}

Deno.test("event store keeps every acknowledged row when its process is killed with -9", async () => {
  await using folder = await tempFolder();
  await using writer = spawnWriter(folder.path, "t1", FOR_EVER);
  await acknowledged(writer, 50);
  await writer.kill();
  const last = Math.max(50, ...(await writer.lines()).map(Number));
  const kept = assertWhole(folder.path, "t1");
  assert(kept === last || kept === last + 1, `${kept} kept, ${last} acknowledged`);
});

Deno.test("event store forgets URLs though its process was killed with -9 in between", async () => {
  await using folder = await tempFolder();
  await using writer = spawnWriter(folder.path, "t1", FOR_EVER);
  await acknowledged(writer, 20);
  await writer.kill();
  const store = openEventStore(folder.path);
  const kept = store.read("t1").filter((row) => row.url !== null);
  assertEquals(kept.length, 2, "the newest append's");
  store.forgetUrlsOf("https://s3/");
  store.close();
  for (const entry of Deno.readDirSync(folder.path)) {
    const text = new TextDecoder("latin1").decode(Deno.readFileSync(folder.at(entry.name)));
    assert(!text.includes("X-Amz-Signature"), entry.name);
  }
});

/** Holds a fresh journal for a moment, as a process does that creates it. */
const HOLDER = `
  import { DatabaseSync } from "node:sqlite";
  const db = new DatabaseSync(Deno.args[0]);
  db.exec("BEGIN EXCLUSIVE");
  console.log("held");
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  db.exec("COMMIT");
  db.close();`;

Deno.test("event store waits for another process that creates it in the same moment", async () => {
  await using folder = await tempFolder();
  const url = new URL(`data:application/javascript,${encodeURIComponent(HOLDER)}`);
  await using holder = spawnScript(url, [folder.at(JOURNAL_FILE)]);
  assertEquals(await holder.line(), "held");
  const store = openEventStore(folder.path);
  assertEquals(store.read("t1"), []);
  store.close();
  assertEquals((await holder.status).code, 0);
});

Deno.test("event store serves several processes at once, also while they open it", async () => {
  await using folder = await tempFolder();
  const takes = ["t1", "t2", "t3", "t4"];
  const writers = takes.map((takeId) => spawnWriter(folder.path, takeId, "60"));
  const codes = await Promise.all(writers.map(async (writer) => {
    await writer.lines();
    return (await writer.status).code;
  }));
  for (const writer of writers) await writer[Symbol.asyncDispose]();
  assertEquals(codes, [0, 0, 0, 0]);
  for (const takeId of takes) assertEquals(assertWhole(folder.path, takeId), 60);
});
