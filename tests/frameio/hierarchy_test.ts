import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import type { Hierarchy, Level } from "../../src/frameio/hierarchy.ts";
import { MOST_PAGES } from "../../src/frameio/pages.ts";
import { v2Hierarchy } from "../../src/frameio/v2_hierarchy.ts";
import { findV4Folder, v4Hierarchy } from "../../src/frameio/v4_hierarchy.ts";
import { ACCOUNT, PROJECTS, TEAM } from "../../src/sandbox/world.ts";
import {
  lineOf,
  type Said,
  signal,
  v2Error,
  v4Error,
  withAnswers,
  withFrameio,
} from "./service.ts";

const rows = ({ entries }: Level) => entries.map(({ kind, name, id }) => [kind, name, id]);

/** What both APIs show of the sandbox's world, from the top down. */
async function walk(hierarchy: Hierarchy, middle: string, sandboxUrl: string | null) {
  const top = await hierarchy.browse(null, signal);
  assertEquals(top.place, null);
  assertEquals(rows(top), [["account", "Sandbox", ACCOUNT.id]]);
  assertEquals(top.entries[0]!.uploadTo, null);

  const account = await hierarchy.browse(ACCOUNT.id, signal);
  assertEquals(account.place?.name, "Sandbox");
  assertEquals(rows(account), [[middle, "Sandbox Team", TEAM.id]]);

  const projects = await hierarchy.browse(TEAM.id, signal);
  assertEquals([projects.place?.kind, projects.place?.name], [middle, "Sandbox Team"]);
  assertEquals(projects.entries.map(({ kind, name, id, uploadTo }) => [kind, name, id, uploadTo]), [
    ...PROJECTS.map(({ id, name, rootFolderId }) => ["project", name, id, rootFolderId]),
  ]);

  const [demo] = PROJECTS;
  const project = await hierarchy.browse(demo.id, signal);
  assertEquals([project.place?.kind, project.place?.uploadTo], ["project", "root"]);
  const root = await hierarchy.browse("root", signal);
  assertEquals([root.place?.kind, root.place?.uploadTo], ["folder", "root"]);
  assertEquals(root.entries, project.entries);
  assertEquals(root.entries.map(({ kind, name }) => [kind, name]), [
    ["folder", "Day 1"],
    ["folder", "Day 2"],
    ["file", `a "b" 🎬.mov`],
  ]);
  const [day1, , file] = root.entries;
  assertEquals([day1!.uploadTo, file!.uploadTo], [day1!.id, null]);
  assertEquals(file!.viewUrl, sandboxUrl && `${sandboxUrl}/sandbox/assets/${file!.id}/file`);
  assertEquals(rows(await hierarchy.browse(day1!.id, signal)).map(([, name]) => name), [
    "A-Cam",
    "B-Cam",
  ]);
  assert(root.isAll);
  for (const unknown of ["no such id", "a/b?c=d&e", "../../accounts"]) {
    const error = await assertRejects(() => hierarchy.browse(unknown, signal), Rejected);
    assertMatch(error.message, /^Cannot find .* that this token may see/);
  }
}

Deno.test("v4Hierarchy() goes from accounts down to files, each with the id for --folder", async () => {
  await withFrameio(async ({ call }, sandbox) => {
    await sandbox.create(`a "b" 🎬.mov`);
    await walk(v4Hierarchy(call), "workspace", sandbox.baseUrl);
  });
});

Deno.test("v2Hierarchy() gives the same shape of the same things", async () => {
  await withFrameio(async ({ exchange }, sandbox) => {
    const id = await sandbox.create(`a "b" 🎬.mov`);
    await walk(v2Hierarchy(exchange), "team", null);
    const file = await v2Hierarchy(exchange).browse(id, signal);
    assertEquals([file.place?.kind, file.place?.uploadTo, file.entries], ["file", null, []]);
  });
});

Deno.test("browse() reads lists of several pages to their end, on both APIs", async () => {
  await withFrameio(async ({ call, exchange }, sandbox) => {
    const names = Array.from({ length: 205 }, (_, i) => `${i}.mov`);
    for (const name of names) await sandbox.create(name);
    for (const hierarchy of [v4Hierarchy(call), v2Hierarchy(exchange)]) {
      const { entries, isAll } = await hierarchy.browse("root", signal);
      const files = entries.filter(({ kind }) => kind === "file");
      assertEquals(files.map(({ name }) => name), names);
      assert(isAll);
    }
  });
});

Deno.test("v4Hierarchy() appends its query to the next link, whatever host that names", async () => {
  const pages: readonly Said[] = [
    {
      json: {
        data: [{ id: "1", display_name: "One" }],
        links: { next: "/v4/accounts?after=x%2By" },
      },
    },
    { json: { data: [{ id: "2" }], links: { next: "https://evil.example/v4/accounts?after=z" } } },
    { json: { data: [{ name: "no id" }, null, "3"], links: { next: null } } },
  ];
  await withAnswers((_, count) => pages[count - 1]!, async ({ call }, { requests }) => {
    const level = await v4Hierarchy(call).browse(null, signal);
    assertEquals(level.entries.map(({ id, name }) => [id, name]), [["1", "One"], ["2", ""]]);
    assertEquals(requests.map(lineOf), [
      "GET /v4/accounts?page_size=100",
      "GET /v4/accounts?after=x%2By&page_size=100",
      "GET /v4/accounts?after=z&page_size=100",
    ]);
  });
});

Deno.test("v2Hierarchy() follows total-pages, and takes a short list without it as whole", async () => {
  const headers = { "page-number": "1", "per-page": "50", "total-pages": "3", total: "101" };
  const page = (id: string): Said => ({ json: [{ id, name: id }], headers });
  await withAnswers((_, count) => page(`${count}`), async ({ exchange }, { requests }) => {
    const level = await v2Hierarchy(exchange).browse(null, signal);
    assertEquals(level.entries.map(({ id }) => id), ["1", "2", "3"]);
    assertEquals(lineOf(requests[2]), "GET /v2/accounts?page=3&page_size=50");
  });
  for (const total of ["", "many", "-1", "0"]) {
    const answer = { json: [], headers: { "total-pages": total } };
    await withAnswers(() => answer, async ({ exchange }, { requests }) => {
      assertEquals((await v2Hierarchy(exchange).browse(null, signal)).isAll, true);
      assertEquals(requests.length, 1);
    });
  }
});

Deno.test("v2Hierarchy() goes on without total-pages while a page is full", async () => {
  const all = Array.from({ length: 100 }, (_, i) => ({ id: `${i}` }));
  for (const length of [0, 49, 50, 51, 99, 100]) {
    const answer = (request: Parameters<typeof lineOf>[0]) => {
      const page = Number(/page=(\d+)/.exec(lineOf(request))![1]);
      return { json: all.slice(0, length).slice(50 * (page - 1), 50 * page) };
    };
    await withAnswers(answer, async ({ exchange }) => {
      const level = await v2Hierarchy(exchange).browse(null, signal);
      assertEquals([level.entries.length, level.isAll], [length, true]);
    });
  }
  // A service that turns no pages gives the same full one for ever.
  await withAnswers(() => ({ json: all.slice(0, 50) }), async ({ exchange }, { requests }) => {
    const level = await v2Hierarchy(exchange).browse(null, signal);
    assertEquals([level.isAll, requests.length], [false, MOST_PAGES]);
  });
  // More than was asked for is a list that knows no pages.
  await withAnswers(() => ({ json: all }), async ({ exchange }, { requests }) => {
    const level = await v2Hierarchy(exchange).browse(null, signal);
    assertEquals([level.entries.length, level.isAll, requests.length], [100, true, 1]);
  });
});

Deno.test("browse() reads no endless list: it says that there is more", async () => {
  const v4: Said = { json: { data: [{ id: "x" }], links: { next: "/v4/accounts?after=same" } } };
  const v2: Said = { json: [{ id: "x" }], headers: { "total-pages": "1000000" } };
  for (const [answer, make] of [[v4, v4Hierarchy], [v2, v2Hierarchy]] as const) {
    await withAnswers(() => answer, async ({ call, exchange }, { requests }) => {
      const hierarchy = make === v4Hierarchy ? v4Hierarchy(call) : v2Hierarchy(exchange);
      const level = await hierarchy.browse(null, signal);
      assertEquals([level.isAll, requests.length], [false, MOST_PAGES]);
    });
  }
});

Deno.test("browse() takes no answer of another shape for an empty list", async () => {
  for (const json of [{}, { data: {} }, { data: null }, "null", { data: [], links: { next: 7 } }]) {
    await withAnswers(() => ({ json }), async ({ call, exchange }) => {
      await assertRejects(() => v4Hierarchy(call).browse(null, signal), Unavailable);
      await assertRejects(() => v2Hierarchy(exchange).browse(null, signal), Unavailable);
    });
  }
  const elsewhere = { json: { data: [], links: { next: "/v2/accounts" } } };
  await withAnswers(() => elsewhere, async ({ call }) => {
    await assertRejects(() => v4Hierarchy(call).browse(null, signal), Unavailable, "outside");
  });
});

Deno.test("browse() hands on why it is not let in", async () => {
  await withAnswers(() => v4Error(403, "Account is locked"), async ({ call }) => {
    await assertRejects(() => v4Hierarchy(call).browse(null, signal), Rejected, "is locked, for");
  });
  await withAnswers(() => v2Error(401, "Not Authorized"), async ({ exchange }) => {
    await assertRejects(() => v2Hierarchy(exchange).browse("x", signal), TokenExpired);
  });
  await withAnswers(() => v2Error(429, "slow down"), async ({ exchange }) => {
    await assertRejects(() => v2Hierarchy(exchange).browse("x", signal), Unavailable);
  });
  // A folder that exists and may not be seen is not the same as one that does not exist.
  const accounts = { json: { data: [{ id: "a1" }], links: { next: null } } };
  const answer = (path: string) =>
    path.includes("/folders/")
      ? v4Error(403, "private")
      : path.includes("accounts?")
      ? accounts
      : path.includes("workspaces?")
      ? { json: { data: [] } }
      : v4Error(404, "none");
  await withAnswers((request) => answer(lineOf(request)), async ({ call }) => {
    await assertRejects(() => v4Hierarchy(call).browse("f1", signal), Rejected, "private");
  });
});

/** Two accounts; the first one lets nobody look into it, and `last` lies in the other. */
function twoAccounts(middle: "workspaces" | "teams") {
  const list = (...ids: string[]) => {
    const items = ids.map((id) => ({ id }));
    return { json: middle === "teams" ? items : { data: items } };
  };
  return (request: Parameters<typeof lineOf>[0]): Said => {
    const path = lineOf(request).replace(/^GET|\?.*$/g, "");
    if (path.endsWith("/accounts")) return list("shut", "open");
    if (path.includes("/accounts/shut")) return v4Error(403, "not here");
    if (path.endsWith(`/open/${middle}`)) return list("last");
    if (path.endsWith("/last/projects")) return list("p1");
    return v4Error(404, "none");
  };
}

Deno.test("browse() asks the next account where one refuses, and tells it if nothing is found", async () => {
  for (const middle of ["workspaces", "teams"] as const) {
    await withAnswers(twoAccounts(middle), async ({ call, exchange }) => {
      const hierarchy = middle === "workspaces" ? v4Hierarchy(call) : v2Hierarchy(exchange);
      const level = await hierarchy.browse("last", signal);
      assertEquals([level.place?.id, level.entries.map(({ id }) => id)], ["last", ["p1"]]);
      await assertRejects(() => hierarchy.browse("none", signal), Rejected, "not here");
    });
  }
});

Deno.test("findV4Folder() takes an answer without data for no answer", async () => {
  await withAnswers(() => ({ json: "null" }), async ({ call }) => {
    await assertRejects(() => findV4Folder(call, "f1", "a1", signal), Unavailable, "no data");
  });
});

Deno.test("findV4Folder() finds the account of a folder, and a project's root folder", async () => {
  await withFrameio(async ({ call }) => {
    const found = { accountId: ACCOUNT.id, folderId: "root" };
    assertEquals(await findV4Folder(call, "root", null, signal), found);
    assertEquals(await findV4Folder(call, "root", ACCOUNT.id, signal), found);
    assertEquals(await findV4Folder(call, PROJECTS[0].id, null, signal), found);
    for (const id of ["none", TEAM.id, ACCOUNT.id]) {
      await assertRejects(() => findV4Folder(call, id, null, signal), Rejected, "Cannot find");
    }
  });
});
