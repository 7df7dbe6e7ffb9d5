import { assert, assertEquals, assertMatch, assertRejects, assertThrows } from "@std/assert";
import { Config, Limit, Rejected, Unavailable } from "../../src/errors.ts";
import {
  folderFinder,
  inFolder,
  parseFolderPath,
  searchOf,
} from "../../src/frameio/folder_path.ts";
import { type Folders, v2Folders, v4Folders } from "../../src/frameio/folders.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import { v2FinishedRoute } from "../../src/frameio/v2_finished_route.ts";
import { v2Hierarchy } from "../../src/frameio/v2_hierarchy.ts";
import { ACCOUNT, FOLDERS } from "../../src/sandbox/world.ts";
import {
  type Calls,
  jsonOf,
  lineOf,
  type Said,
  signal,
  v4Error,
  withAnswers,
  withFrameio,
} from "./service.ts";

const APIS: readonly ((calls: Calls) => Folders)[] = [
  ({ call }) => v4Folders(call, ACCOUNT.id),
  ({ exchange }) => v2Folders(exchange),
];

/** Names of the folders in a folder of the sandbox. */
async function namesIn(calls: Calls, id: string): Promise<string[]> {
  const { entries } = await v2Hierarchy(calls.exchange).browse(id, signal);
  return entries.filter(({ kind }) => kind === "folder").map(({ name }) => name);
}

Deno.test("parseFolderPath() reads names between slashes and refuses what names nothing", () => {
  assertEquals(parseFolderPath("Day 3/A-Cam"), ["Day 3", "A-Cam"]);
  assertEquals(parseFolderPath("/ Day 3 //A-Cam/"), ["Day 3", "A-Cam"]);
  assertEquals(parseFolderPath(`"q" 🎬/it's`), [`"q" 🎬`, "it's"]);
  for (const bad of ["", "/", " / ", "..", "a/../b", "./a", "a\u0007", "x".repeat(256)]) {
    const { message } = assertThrows(() => parseFolderPath(bad), Config);
    assertMatch(message, /^Cannot use --folder-path /);
  }
  assertThrows(() => parseFolderPath("a/".repeat(33)), Config, "more than 32");
  assertEquals(parseFolderPath("🎬".repeat(255)).length, 1);
});

Deno.test("folderFinder() finds what is there and creates what is missing, on both APIs", async () => {
  for (const api of APIS) {
    await withFrameio(async (calls) => {
      const find = folderFinder(api(calls), "root", signal);
      const day1 = FOLDERS.find(({ name }) => name === "Day 1")!;
      const aCam = FOLDERS.find(({ name }) => name === "A-Cam")!;
      assertEquals(await find(["Day 1", "A-Cam"]), aCam.id);
      assertEquals(await namesIn(calls, day1.id), ["A-Cam", "B-Cam"]);
      const deep = await find(["Day 1", `Kamera "Ü" 🎬`, "it's 2"]);
      assertEquals(await namesIn(calls, day1.id), ["A-Cam", "B-Cam", `Kamera "Ü" 🎬`]);
      assertEquals(await find(["day 1"]) === day1.id, false, "capitals count");
      assertEquals(await namesIn(calls, "root"), ["Day 1", "Day 2", "day 1"]);
      // Another run of the program finds what this one made.
      const later = folderFinder(api(calls), "root", signal);
      assertEquals(await later(["Day 1", `Kamera "U\u0308" 🎬`, "it's 2"]), deep);
      assertEquals(await find([]), "root");
    });
  }
});

Deno.test("folderFinder() looks for a folder once for many takes, and makes no twins", async () => {
  for (const api of APIS) {
    await withFrameio(async (calls) => {
      const find = folderFinder(api(calls), "root", signal);
      const paths = [["New", "A"], ["New", "B"], ["New"], ["New", "A"], ["New", "A", "1"]];
      const ids = await Promise.all(paths.map(find));
      assertEquals(ids[0], ids[3]);
      assertEquals(new Set(ids).size, 4);
      assertEquals(await namesIn(calls, "root"), ["Day 1", "Day 2", "New"]);
      assertEquals((await namesIn(calls, ids[2]!)).sort(), ["A", "B"]);
    });
  }
});

Deno.test("folderFinder() asks no second time for a path that it knows", async () => {
  const answer = (): Said => ({ json: { data: [{ id: "f1", name: "A" }] } });
  await withAnswers(answer, async ({ call }, { requests }) => {
    const find = folderFinder(v4Folders(call, "acc/1"), "ro/ot", signal);
    assertEquals([await find(["A"]), await find(["A"])], ["f1", "f1"]);
    assertEquals(requests.map(lineOf), [
      "GET /v4/accounts/acc%2F1/folders/ro%2Fot/folders?page_size=100",
    ]);
  });
});

Deno.test("folderFinder() looks again before it would create again after a lost answer", async () => {
  const made: { id: string; name: string }[] = [];
  let losses = 0;
  const answer = (request: Parameters<typeof lineOf>[0]): Said | "break" => {
    if (lineOf(request).startsWith("GET")) return { json: { data: made, links: { next: null } } };
    const { name } = (jsonOf(request) as { data: { name: string } }).data;
    made.push({ id: `f${made.length}`, name });
    losses += 1;
    return "break"; // it is made, and nobody is told
  };
  await withAnswers(answer, async ({ call }) => {
    const find = folderFinder(v4Folders(call, "a"), "root", signal);
    const first = await Promise.allSettled([find(["Day 3"]), find(["Day 3"])]);
    for (const outcome of first) assert(outcome.status === "rejected");
    assertEquals(await find(["Day 3"]), "f0");
    assertEquals([made.length, losses], [1, 1]);
  });
});

Deno.test("folderFinder() passes files of that name over, and reads every page first", async () => {
  const page = (count: number): Said => ({
    json: [{ id: `x${count}`, name: "A", type: "file" }, { name: "A", type: "folder" }],
    headers: { "total-pages": "3" },
  });
  const answer = (request: Parameters<typeof lineOf>[0], count: number): Said =>
    lineOf(request).startsWith("POST") ? { json: { id: "new", type: "folder" } } : page(count);
  await withAnswers(answer, async ({ exchange }, { requests }) => {
    assertEquals(await folderFinder(v2Folders(exchange), "root", signal)(["A"]), "new");
    assertEquals(requests.map((request) => lineOf(request).split(" ")[0]), [
      ...["GET", "GET", "GET", "POST"],
    ]);
    assertEquals(jsonOf(requests[3]), { type: "folder", name: "A" });
  });
});

Deno.test("folderFinder() creates nothing beside a list that is too long to be read", async () => {
  const endless = { json: { data: [], links: { next: "/v4/x?after=1" } } };
  await withAnswers(() => endless, async ({ call }, { requests }) => {
    const find = folderFinder(v4Folders(call, "a"), "root", signal);
    await assertRejects(() => find(["A"]), Limit, "Cannot look for the folder A in folder root");
    assert(requests.every((request) => lineOf(request).startsWith("GET")));
  });
});

Deno.test("folderFinder() hands refusals on and tries again when asked again", async () => {
  let status = 403;
  const list = { json: { data: [{ id: "f1", name: "A" }] } };
  const answer = () => status === 200 ? list : v4Error(status, "no");
  await withAnswers(answer, async ({ call }) => {
    const find = folderFinder(v4Folders(call, "a"), "root", signal);
    await assertRejects(() => find(["A"]), Rejected, "lacks the permission");
    status = 500;
    await assertRejects(() => find(["A"]), Unavailable);
    status = 200;
    assertEquals(await find(["A"]), "f1");
  });
});

Deno.test("inFolder() finds the folder before the asset; what goes wrong there created no asset", async () => {
  const asset = { name: "a.mov", filetype: "video/quicktime", sizeBytes: 3, ageSeconds: 0 };
  await withFrameio(async (calls) => {
    const find = folderFinder(v2Folders(calls.exchange), "root", signal);
    const route = inFolder(
      () => find(["Day 3", "A-Cam"]),
      (folderId) => v2FinishedRoute(calls.call, folderId),
      v2FinishedRoute(calls.call, "root"),
    );
    assertEquals(route.takes, "finished");
    await Promise.all([route.createAsset(asset, signal), route.createAsset(asset, signal)]);
    const folder = await v2Hierarchy(calls.exchange).browse(await find(["Day 3", "A-Cam"]), signal);
    assertEquals(folder.entries.map(({ name }) => name), ["a.mov", "a.mov"]);
    assertEquals(await namesIn(calls, "root"), ["Day 1", "Day 2", "Day 3"]);
  });
  await withAnswers(() => "break", async ({ call, exchange }) => {
    const find = folderFinder(v2Folders(exchange), "root", signal);
    const anywhere = v2FinishedRoute(call, "root");
    const route = inFolder(() => find(["A"]), () => anywhere, anywhere);
    const error = await assertRejects(() => route.createAsset(asset, signal), Unavailable);
    assertEquals([error.outage, error.notCarriedOut], ["network", true]);
    const lost = await assertRejects(() => anywhere.createAsset(asset, signal), Unavailable);
    assertEquals(lost.notCarriedOut, false);
  });
});

/** A service whose folder `A` can be deleted; each new one has an id of its own. */
function shelf() {
  let made = 0;
  const there = new Set<string>();
  const created: string[] = [];
  const folders: Folders = {
    async *list() {
      yield { items: [...there], isLast: true };
    },
    create() {
      const id = `f${++made}`;
      there.add(id);
      return Promise.resolve(id);
    },
    read: (id) => ({ id: id as string, name: "A", kind: "folder", uploadTo: null, viewUrl: null }),
  };
  const routeIn = (folderId: string) => ({
    createAsset() {
      if (!there.has(folderId)) return Promise.reject(new Rejected("not found", 404));
      created.push(folderId);
      return Promise.resolve({ assetId: "a", viewUrl: null });
    },
  } as unknown as AssetRoute);
  const search = searchOf(() => folderFinder(folders, "root", signal), ["A"]);
  return { route: inFolder(search, routeIn, routeIn("root")), there, created };
}

Deno.test("inFolder() makes a folder once more that was deleted, once for all takes", async () => {
  const asset = { name: "a.mov", filetype: "video/quicktime", sizeBytes: 3, ageSeconds: 0 };
  const { route, there, created } = shelf();
  await route.createAsset(asset, signal);
  there.clear();
  await Promise.all([1, 2, 3].map(() => route.createAsset(asset, signal)));
  assertEquals([created, [...there]], [["f1", "f2", "f2", "f2"], ["f2"]]);
});

Deno.test("inFolder() says what else was not found, after it has looked for the folder", async () => {
  const asset = { name: "a.mov", filetype: "video/quicktime", sizeBytes: 3, ageSeconds: 0 };
  let calls = 0;
  const refusing = {
    createAsset: () => (calls++, Promise.reject(new Rejected("no such account", 404))),
  } as unknown as AssetRoute;
  const route = inFolder(() => Promise.resolve("f1"), () => refusing, refusing);
  await assertRejects(() => route.createAsset(asset, signal), Rejected, "no such account");
  assertEquals(calls, 1);
});
