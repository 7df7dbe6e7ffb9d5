import { DatabaseSync } from "node:sqlite";
import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { StateFailure, Unavailable } from "../../src/errors.ts";
import {
  type EventStore,
  JOURNAL_FILE,
  type NewRow,
  openEventStore,
} from "../../src/runtime/event_store.ts";
import { type TempFolder, tempFolder } from "../support/temp_folder.ts";

const URL_BYTES = "X-Amz-Signature";
const onWindows = Deno.build.os === "windows";

function row(part: number, over: Partial<NewRow> = {}): NewRow {
  const url = `https://s3.example/${part}?${URL_BYTES}=${"0123456789abcdef".repeat(40)}`;
  const event = JSON.stringify({ type: "part.registered", number: part });
  return { takeId: "t1", atMs: 1, event, part, url, forgets: null, ...over };
}

/** Names of the files in the folder that hold the bytes of a presigned URL. */
function filesWithUrls(folder: TempFolder): string[] {
  return [...Deno.readDirSync(folder.path)].map(({ name }) => name).filter((name) =>
    new TextDecoder("latin1").decode(Deno.readFileSync(folder.at(name))).includes(URL_BYTES)
  );
}

function withStore<T>(folder: TempFolder, use: (store: EventStore) => T): T {
  const store = openEventStore(folder.path);
  try {
    return use(store);
  } finally {
    store.close();
  }
}

Deno.test("event store keeps a URL over a restart, until its part is stored", async () => {
  await using folder = await tempFolder();
  withStore(folder, (store) => store.append([row(2), row(3)]));
  withStore(folder, (store) => {
    assertEquals(store.read("t1").map(({ url }) => url), [row(2).url, row(3).url]);
    store.append([row(2, { url: null, forgets: 2 })]);
    assertEquals(store.read("t1").map(({ url }) => url), [null, row(3).url, null]);
  });
});

Deno.test("event store leaves no byte of a forgotten URL in any file once it is closed", async () => {
  await using folder = await tempFolder();
  withStore(folder, (store) => {
    for (let part = 1; part <= 200; part++) store.append([row(part)]);
    assert(filesWithUrls(folder).length > 0, "they are on disk while they are of use");
    for (let part = 1; part <= 100; part++) store.append([row(part, { url: null, forgets: part })]);
    store.append([row(0, { url: null, forgets: "all" })]);
  });
  assertEquals(filesWithUrls(folder), []);
});

Deno.test("event store leaves no forgotten URL behind while another process has it open, too", async () => {
  await using folder = await tempFolder();
  const other = openEventStore(folder.path);
  withStore(folder, (store) => {
    store.append([row(1)]);
    store.append([row(1, { url: null, forgets: 1 })]);
    assert(filesWithUrls(folder).length > 0, "the write-ahead log still holds it");
  });
  assertEquals(filesWithUrls(folder), []);
  other.close();
});

Deno.test("event store forgets the URLs of one server, and no others", async () => {
  await using folder = await tempFolder();
  withStore(folder, (store) => {
    const urls = ["http://127.0.0.1:80/a", "http://127.0.0.1:8091/a", "https://s3.example/%_?"];
    store.append(urls.map((url, part) => row(part, { url })));
    store.forgetUrlsOf("http://127.0.0.1:80/");
    assertEquals(store.read("t1").map(({ url }) => url), [null, urls[1]!, urls[2]!]);
    store.forgetUrlsOf("https://s3.example/%_");
    assertEquals(store.read("t1").map(({ url }) => url), [null, urls[1]!, null]);
  });
});

Deno.test({
  name: "event store is readable by its owner only, from its first moment",
  ignore: onWindows,
  async fn() {
    await using folder = await tempFolder();
    await Deno.chmod(folder.path, 0o755);
    withStore(folder, (store) => {
      store.append([row(1)]);
      const files = [...Deno.readDirSync(folder.path)].map(({ name }) => name);
      assert(files.length >= 2, "the database and its write-ahead log");
      for (const name of files) {
        assertEquals(Deno.statSync(folder.at(name)).mode! & 0o777, 0o600, name);
      }
    });
  },
});

Deno.test({
  name: "event store takes away what others may read of an older journal",
  ignore: onWindows,
  async fn() {
    await using folder = await tempFolder();
    withStore(folder, (store) => store.append([row(1)]));
    await Deno.chmod(folder.at(JOURNAL_FILE), 0o644);
    withStore(folder, (store) => assertEquals(store.read("t1").length, 1));
    assertEquals(Deno.statSync(folder.at(JOURNAL_FILE)).mode! & 0o777, 0o600);
  },
});

Deno.test("event store that cannot be opened says so with the file and a remedy", async () => {
  await using folder = await tempFolder();
  const open = (path: string) => assertThrows(() => openEventStore(path), StateFailure).message;
  assertMatch(open(folder.at("missing")), /^Cannot write the journal .*missing.* --state/);
  await Deno.mkdir(folder.at("taken", JOURNAL_FILE), { recursive: true });
  assertMatch(open(folder.at("taken")), /^Cannot write the journal .*taken.* --state/);
});

Deno.test("event store that was damaged is told as damaged, and is not written over", async () => {
  await using folder = await tempFolder();
  const text = "these are a user's own words\n".repeat(200);
  await Deno.writeTextFile(folder.at(JOURNAL_FILE), text);
  const { message } = assertThrows(() => openEventStore(folder.path), StateFailure);
  assertMatch(message, /not a database\. It is damaged: move it away, .*--state/);
  assertEquals(await Deno.readTextFile(folder.at(JOURNAL_FILE)), text);
});

/** A disk of 1 MiB where the folder was; false where none can be had. */
function mountSmallDisk(folder: TempFolder): boolean {
  return Deno.build.os === "linux" &&
    runs("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
}

function runs(command: string, ...args: (string | TempFolder)[]): boolean {
  const words = args.map((arg) => typeof arg === "string" ? arg : arg.path);
  try {
    return new Deno.Command(command, { args: words, stderr: "null" }).outputSync().success;
  } catch {
    return false;
  }
}

Deno.test("event store on a full disk says so, keeps what was acknowledged, and goes on after", async (t) => {
  await using folder = await tempFolder();
  const isMounted = mountSmallDisk(folder);
  await t.step({
    name: isMounted ? "on a disk of 1 MiB" : "ignored: no tmpfs can be mounted here (root only)",
    ignore: !isMounted,
    fn() {
      const store = openEventStore(folder.path);
      let acknowledged = 0;
      const fill = () => {
        for (;; acknowledged++) store.append([row(acknowledged), row(acknowledged)]);
      };
      const { message } = assertThrows(fill, StateFailure);
      assertMatch(
        message,
        /^Cannot write the journal .*journal\.sqlite: .*full.* Free space there/,
      );
      assert(acknowledged > 10);
      assertEquals(store.read("t1").length, 2 * acknowledged);
      store.close();
      assert(runs("mount", "-o", "remount,size=4m", folder), "somebody frees space");
      withStore(folder, (again) => {
        assertEquals(again.read("t1").length, 2 * acknowledged);
        again.append([row(1, { takeId: "t2" })]);
        assertEquals(again.read("t2").length, 1);
      });
    },
  });
  if (isMounted) runs("umount", "--lazy", folder); // also when the test failed with it open
});

Deno.test("event store that another process holds is busy for a moment: nothing is written, and it goes on after", async () => {
  await using folder = await tempFolder();
  withStore(folder, (store) => {
    const other = new DatabaseSync(folder.at(JOURNAL_FILE));
    other.exec("BEGIN IMMEDIATE");
    const beganMs = performance.now();
    const error = assertThrows(() => store.append([row(1), row(2)]), Unavailable);
    assert(performance.now() - beganMs < 3000, "all of the process waits for it");
    assertEquals(error.outage, "disk");
    assertMatch(error.message, /^Cannot use the journal .* now: another process .* --state$/);
    assertThrows(() => store.forgetUrlsOf("https://s3.example/"), Unavailable);
    assertEquals(store.read("t1"), [], "reading goes on");
    other.exec("ROLLBACK");
    other.close();
    store.append([row(3)]);
    assertEquals(store.read("t1").map(({ part }) => part), [3]);
  });
});
