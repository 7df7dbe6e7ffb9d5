import { assertEquals, assertStringIncludes } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import {
  clientOf,
  putStatus,
  type SandboxClient,
  someBytes,
  start,
  withFolder,
  withSandbox,
} from "./sandbox_client.ts";
import {
  A_CAM_ID,
  ACCOUNT,
  ACCOUNT_ID,
  DAY_1_ID,
  DEMO_ID,
  type Json,
  SECOND_ID,
  SECOND_ROOT_ID,
  v4Ok,
  WORKSPACE_ID as TEAM_ID,
} from "./v4_client.ts";

/** The JSON and headers of a V2 GET that must succeed. */
async function get(client: SandboxClient, path: string): Promise<{ json: Json; headers: Headers }> {
  const response = await client.call(path);
  const json = await response.json();
  assertEquals(response.status, 200, JSON.stringify(json));
  return { json, headers: response.headers };
}

/** What a create call answers. */
async function create(client: SandboxClient, parent: string, child: Json): Promise<Json> {
  const response = await client.post(`/v2/assets/${parent}/children`, child);
  const json = await response.json();
  assertEquals(response.status, 200, JSON.stringify(json));
  return json;
}

/** Checks V2's detailed error shape and gives the detail. */
async function refused(response: Response, status: number, title: string): Promise<string> {
  const json = await response.json();
  const detail = json.errors?.[0]?.detail;
  assertEquals([response.status, typeof detail], [status, "string"], JSON.stringify(json));
  assertEquals(json, {
    code: status,
    errors: [{ code: status, detail, status, title }],
    message: title,
  });
  return detail;
}

Deno.test("V2 leads from me to a folder: accounts, teams, projects, root asset, children", () =>
  withSandbox(async (client) => {
    const { json: me } = await get(client, "/v2/me");
    assertEquals(me.account_id, ACCOUNT_ID);
    const { json: accounts } = await get(client, "/v2/accounts");
    assertEquals(accounts, [{ id: ACCOUNT_ID, display_name: "Sandbox" }]);
    const { json: teams } = await get(client, `/v2/accounts/${ACCOUNT_ID}/teams`);
    assertEquals(teams, [{ id: TEAM_ID, name: "Sandbox Team", account_id: ACCOUNT_ID }]);
    const { json: projects } = await get(client, `/v2/teams/${TEAM_ID}/projects`);
    const second = {
      id: SECOND_ID,
      name: "Second",
      root_asset_id: SECOND_ROOT_ID,
      team_id: TEAM_ID,
    };
    assertEquals(projects, [
      { id: DEMO_ID, name: "Demo", root_asset_id: "root", team_id: TEAM_ID },
      second,
    ]);
    assertEquals((await get(client, `/v2/projects/${SECOND_ID}`)).json, second);
    const { json: root } = await get(client, "/v2/assets/root");
    assertEquals([root.type, root.parent_id, root.project_id], ["folder", null, DEMO_ID]);
    const { json: days } = await get(client, "/v2/assets/root/children");
    assertEquals(days.map(({ name }: Json) => name), ["Day 1", "Day 2"]);
    const { json: cams } = await get(client, `/v2/assets/${DAY_1_ID}/children`);
    assertEquals(cams.map(({ id, parent_id }: Json) => [id, parent_id])[0], [A_CAM_ID, DAY_1_ID]);
  }));

Deno.test("V2 and health answer as documented who asks without a token", () =>
  withSandbox(async (client) => {
    for (const path of ["/health", "/v2/health"]) {
      const response = await fetch(client.baseUrl + path);
      assertEquals([response.status, await response.json()], [200, { status: "ok" }]);
    }
    const paths = [
      "/v2/me",
      "/v2/accounts",
      `/v2/teams/${TEAM_ID}/projects`,
      "/v2/assets/root/children",
    ];
    for (const path of paths) {
      await refused(await fetch(client.baseUrl + path), 401, "Not Authorized");
    }
  }));

Deno.test("V2 answers 404 for what is not there", () =>
  withSandbox(async (client) => {
    const nobody = crypto.randomUUID();
    const file = await client.create();
    const paths = [
      `/v2/accounts/${nobody}/teams`,
      `/v2/teams/${nobody}/projects`,
      `/v2/projects/${nobody}`,
      "/v2/projects/root",
      `/v2/assets/${nobody}`,
      `/v2/assets/${DEMO_ID}`,
      `/v2/assets/${nobody}/children`,
      `/v2/assets/${DEMO_ID}/children`,
      `/v2/assets/${file}/children`,
    ];
    for (const path of paths) await refused(await client.call(path), 404, "Not Found");
  }));

Deno.test("V2 creates nothing in a project, a file or an unknown parent, and names the root folder", () =>
  withSandbox(async (client) => {
    const children = [
      { type: "file", name: "a.mov", filetype: "video/quicktime", is_realtime_upload: true },
      { type: "file", name: "a.mov", filetype: "video/quicktime", filesize: 5 },
      { type: "file", name: "a.mov", source: { url: "http://127.0.0.1:1/" } },
      { type: "folder", name: "a" },
    ];
    const file = await client.create();
    for (const child of children) {
      for (const parent of [file, crypto.randomUUID()]) {
        const response = await client.post(`/v2/assets/${parent}/children`, child);
        await refused(response, 404, "Not Found");
      }
      const response = await client.post(`/v2/assets/${SECOND_ID}/children`, child);
      const detail = await refused(response, 404, "Not Found");
      assertStringIncludes(detail, `is a project; its root folder is "${SECOND_ROOT_ID}"`);
    }
  }));

Deno.test("V2 makes folders below folders, with any name, and files in them", () =>
  withSandbox(async (client) => {
    const name = `"Day 3" – 🎬 / x`;
    const day = await create(client, "root", { type: "folder", name });
    assertEquals([day.type, day.name, day.parent_id, day.project_id], [
      "folder",
      name,
      "root",
      DEMO_ID,
    ]);
    const cam = await create(client, day.id, { type: "folder", name: "A-Cam" });
    const realtime = {
      type: "file",
      name: "a.mov",
      filetype: "video/quicktime",
      is_realtime_upload: true,
    };
    const file = await create(client, cam.id, realtime);
    const { json } = await get(client, `/v2/assets/${cam.id}/children`);
    assertEquals(json.map((child: Json) => [child.id, child.type]), [[file.id, "file"]]);
    assertEquals((await get(client, `/v2/assets/${day.id}`)).json, day);
    assertEquals((await client.shown(file.id)).parent, cam.id);
    // V4 sees the same world.
    const v4Children = await v4Ok(client, `${ACCOUNT}/folders/${day.id}/children`);
    assertEquals(v4Children.data.map((child: Json) => child.id), [cam.id]);
    for (const name of ["", null, undefined, 7]) {
      const response = await client.post("/v2/assets/root/children", { type: "folder", name });
      await refused(response, 400, "Bad Request");
    }
    const odd = { type: "folder", name: "a", is_realtime_upload: true };
    await refused(await client.post("/v2/assets/root/children", odd), 400, "Bad Request");
  }));

Deno.test("V2 pages 120 children: a bare array, with the page's place in the headers", () =>
  withSandbox(async (client) => {
    for (let i = 1; i <= 100; i++) await create(client, A_CAM_ID, { type: "folder", name: `${i}` });
    for (let i = 101; i <= 120; i++) {
      await create(client, A_CAM_ID, { type: "file", name: `${i}`, filesize: 1 });
    }
    const page = async (query: string) => {
      const { json, headers } = await get(client, `/v2/assets/${A_CAM_ID}/children${query}`);
      const names = ["page-number", "per-page", "total-pages", "total"];
      return [
        json.map(({ name }: Json) => Number(name)),
        names.map((name) => Number(headers.get(name))),
      ];
    };
    const numbers = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i);
    assertEquals(await page(""), [numbers(1, 50), [1, 50, 3, 120]]);
    assertEquals(await page("?page=3"), [numbers(101, 120), [3, 50, 3, 120]]);
    assertEquals(await page("?page=4"), [[], [4, 50, 3, 120]]);
    assertEquals(await page("?page=2&page_size=7"), [numbers(8, 14), [2, 7, 18, 120]]);
    assertEquals(await page("?page_size=500"), [numbers(1, 120), [1, 500, 1, 120]]);
    assertEquals(await page("?type=file"), [numbers(101, 120), [1, 50, 1, 20]]);
    assertEquals(await page("?page=9007199254740991"), [[], [9007199254740991, 50, 3, 120]]);
    for (const query of ["page=0", "page=x", "page_size=0", "page_size=501", "type=movie"]) {
      const response = await client.call(`/v2/assets/${A_CAM_ID}/children?${query}`);
      await refused(response, 422, "Invalid arguments");
    }
  }));

Deno.test("V2 refuses every create as it is told: 402 beyond the plan, 403 for a locked account", async () => {
  for (const [status, title] of [[402, "Usage exceeded"], [403, "Forbidden"]] as const) {
    await withSandbox(async (client) => {
      const children = [
        { type: "folder", name: "a" },
        { type: "file", name: "a.mov", filesize: 5 },
        { type: "file", name: "a.mov", filetype: "video/quicktime", is_realtime_upload: true },
      ];
      for (const child of children) {
        const response = await client.post("/v2/assets/root/children", child);
        assertEquals(await refused(response, status, title), "Told so");
      }
    }, { refuses: { status, detail: "Told so" } });
  }
});

Deno.test("V2 refuses names of files with spaces when it is told to, and takes them with _", () =>
  withSandbox(async (client) => {
    const filetype = "video/quicktime";
    const kinds = [{ is_realtime_upload: true }, { filesize: 5 }, {
      source: { url: "http://127.0.0.1:1/" },
    }];
    for (const kind of kinds) {
      const file = { type: "file", filetype, ...kind };
      const spaced = await client.post("/v2/assets/root/children", { ...file, name: "Take 1.mov" });
      const detail = await refused(spaced, 400, "Bad Request");
      assertStringIncludes(detail, "name must not contain spaces");
      await create(client, "root", { ...file, name: "Take_1.mov" });
    }
    await create(client, "root", { type: "folder", name: "Day 3" });
  }, { refusesSpaces: true }));

/** The tables of the version before folders. */
const OLD_TABLES = `
  CREATE TABLE assets (
    created INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,
    has_default_name INTEGER NOT NULL, filetype TEXT NOT NULL, size_bytes INTEGER, sha256 TEXT,
    completed_at TEXT
  ) STRICT;
  CREATE TABLE parts (
    asset_id TEXT NOT NULL REFERENCES assets (id), number INTEGER NOT NULL, size_bytes INTEGER NOT NULL,
    is_final INTEGER NOT NULL, stored_at TEXT, put_count INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (asset_id, number)
  ) STRICT, WITHOUT ROWID;
  INSERT INTO assets (id, name, has_default_name, filetype) VALUES ('old', 'a.mov', 0, 'video/quicktime');
  INSERT INTO assets VALUES (9, 'done', 'b.mov', 0, 'video/mp4', 3, 'abc', '2026-01-01T00:00:00.000Z');
  INSERT INTO parts VALUES ('done', 1, 3, 1, '2026-01-01T00:00:00.000Z', 1);
`;

Deno.test("a folder of the version before this one is opened: its takes are in the root folder and go on", () =>
  withFolder(async (dir) => {
    const db = new DatabaseSync(`${dir}/sandbox.sqlite`);
    db.exec(OLD_TABLES);
    db.close();
    for (const _ of ["migrated", "opened again"]) {
      const sandbox = await start(dir);
      await sandbox.shutdown();
    }
    const sandbox = await start(dir);
    try {
      const client = clientOf(sandbox.baseUrl);
      const { json } = await get(client, "/v2/assets/root/children?type=file");
      assertEquals(json.map(({ id, status }: Json) => [id, status]), [
        ["old", "created"],
        ["done", "complete"],
      ]);
      const { kind, parent } = await client.shown("old");
      assertEquals([kind, parent], ["realtime", "root"]);
      const [url] = await client.register("old", [{ number: 1, size: 3, is_final: true }], 3);
      assertEquals(await putStatus(url!, someBytes(3, 1)), 200);
      await client.completed("old");
      assertEquals((await v4Ok(client, `${ACCOUNT}/files/old`)).data.status, "uploaded");
    } finally {
      await sandbox.shutdown();
    }
  }));
