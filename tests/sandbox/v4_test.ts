import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { pairDevice } from "./device_client.ts";
import { clientOf, type SandboxClient, start, withFolder, withSandbox } from "./sandbox_client.ts";
import {
  A_CAM_ID,
  ACCOUNT,
  ACCOUNT_ID,
  DAY_1_ID,
  DEMO_ID,
  type Json,
  SECOND_ID,
  SECOND_ROOT_ID,
  v4,
  v4Ok,
  v4Refused,
  WORKSPACE_ID,
} from "./v4_client.ts";

const ROOT = `${ACCOUNT}/folders/root`;

Deno.test("V4 leads from me to a folder: accounts, workspaces, projects, root folder, children", () =>
  withSandbox(async (client) => {
    const me = await v4Ok(client, "/v4/me");
    assertEquals(typeof me.data.email, "string");
    const accounts = await v4Ok(client, "/v4/accounts");
    assertEquals([accounts.data.length, accounts.links], [1, { next: null }]);
    assertEquals([accounts.data[0].id, accounts.data[0].display_name], [ACCOUNT_ID, "Sandbox"]);
    const workspaces = await v4Ok(client, `${ACCOUNT}/workspaces`);
    assertEquals(workspaces.data.map(idAndName), [[WORKSPACE_ID, "Sandbox Team"]]);
    const projects = await v4Ok(client, `${ACCOUNT}/workspaces/${WORKSPACE_ID}/projects`);
    assertEquals(projects.data.map(idAndName), [[DEMO_ID, "Demo"], [SECOND_ID, "Second"]]);
    assertEquals(await v4Ok(client, `${ACCOUNT}/projects`), projects);
    const { data: demo } = await v4Ok(client, `${ACCOUNT}/projects/${DEMO_ID}`);
    assertEquals([demo.root_folder_id, demo.workspace_id], ["root", WORKSPACE_ID]);
    const { data: root } = await v4Ok(client, `${ACCOUNT}/folders/${demo.root_folder_id}`);
    assertEquals([root.type, root.parent_id, root.project_id], ["folder", null, DEMO_ID]);
    const children = await v4Ok(client, `${ROOT}/children`);
    assertEquals(children.data.map((child: Json) => child.name), ["Day 1", "Day 2"]);
    const cams = await v4Ok(client, `${ACCOUNT}/folders/${children.data[0].id}/folders`);
    assertEquals(cams.data.map((folder: Json) => folder.name), ["A-Cam", "B-Cam"]);
    assertEquals(cams.data[0].parent_id, DAY_1_ID);
  }));

function idAndName({ id, name }: Json): [string, string] {
  return [id, name];
}

Deno.test("V4 takes IMS tokens, and developer tokens with the legacy header only", () =>
  withSandbox(async (client) => {
    const answer = await fetch(`${client.baseUrl}/ims/token/v3`, {
      method: "POST",
      body: new URLSearchParams({
        grant_type: "client_credentials",
        client_id: "test",
        client_secret: "sandbox-secret",
        scope: "openid,AdobeID,frame.s2s.all",
      }),
    });
    const { access_token: token } = await answer.json();
    const ask = async (headers: HeadersInit) => {
      const response = await fetch(`${client.baseUrl}/v4/me`, { headers });
      return { status: response.status, json: await response.json() };
    };
    assertEquals((await ask({ authorization: `Bearer ${token}` })).status, 200);
    const legacy = "x-frameio-legacy-token-auth";
    const developer = { authorization: "Bearer sandbox" };
    assertEquals((await ask({ ...developer, [legacy]: "true" })).status, 200);
    v4Refused(await ask(developer), 401);
    v4Refused(await ask({ ...developer, [legacy]: "false" }), 401);
    v4Refused(await ask({}), 401);
    v4Refused(await ask({ authorization: "Bearer other", [legacy]: "true" }), 401);
    const { token: device } = await pairDevice(client.baseUrl);
    v4Refused(await ask({ authorization: `Bearer ${device}`, [legacy]: "true" }), 401);
    // And the other way round: V2's own routes are not for IMS.
    const v2 = await client.call("/v2/me", { headers: { authorization: `Bearer ${token}` } });
    assertEquals([v2.status, (await v2.json()).message], [401, "Not Authorized"]);
  }));

Deno.test("V4 answers 404 in its own shape for what is not there", () =>
  withSandbox(async (client) => {
    const realtime = await client.create();
    const nobody = crypto.randomUUID();
    const paths = [
      `/v4/accounts/${nobody}/projects`,
      `/v4/accounts/${nobody}/folders/root`,
      `${ACCOUNT}/workspaces/${nobody}/projects`,
      `${ACCOUNT}/projects/${nobody}`,
      `${ACCOUNT}/projects/root`,
      `${ACCOUNT}/folders/${nobody}`,
      `${ACCOUNT}/folders/${DEMO_ID}`,
      `${ACCOUNT}/folders/${realtime}/children`,
      `${ACCOUNT}/folders/${nobody}/children`,
      `${ACCOUNT}/folders/${nobody}/folders`,
      `${ACCOUNT}/folders/${nobody}/files`,
      `${ACCOUNT}/files/${nobody}`,
      `${ACCOUNT}/files/${nobody}/status`,
      `${ACCOUNT}/files/root`,
      "/v4",
      "/v4/other",
      `${ACCOUNT}/other`,
    ];
    for (const path of paths) v4Refused(await v4(client, path), 404);
    for (const parent of [nobody, DEMO_ID, realtime]) {
      const files = `${ACCOUNT}/folders/${parent}/files`;
      const name = "a.mov";
      const local = { data: { name, file_size: 5 } };
      v4Refused(await v4(client, `${files}/local_upload`, local), 404);
      const remote = { data: { name, source_url: "http://127.0.0.1:1/" } };
      v4Refused(await v4(client, `${files}/remote_upload`, remote), 404);
      const folder = await v4(client, `${ACCOUNT}/folders/${parent}/folders`, { data: { name } });
      v4Refused(folder, 404);
    }
    v4Refused(await v4(client, `${ROOT}/files`, { data: { name: "a.mov" } }), 404);
  }));

Deno.test("V4 refuses with 422 and a pointer what its schemas refuse, and makes nothing", () =>
  withSandbox(async (client) => {
    const ok = { name: "a.mov", file_size: 5 };
    const remote = { name: "a.mov", source_url: "https://127.0.0.1/a.mov" };
    const cases: [string, unknown, string][] = [
      ["files/local_upload", { data: { ...ok, media_type: "video/mp4" } }, "/data/media_type"],
      [
        "files/local_upload",
        { data: { ...ok, is_realtime_upload: true } },
        "/data/is_realtime_upload",
      ],
      ["files/local_upload", { data: ok, more: 1 }, "/more"],
      ["files/local_upload", { data: { name: "a.mov" } }, "/data/file_size"],
      ["files/local_upload", { data: { file_size: 5 } }, "/data/name"],
      ["files/local_upload", { data: { ...ok, name: "" } }, "/data/name"],
      ["files/local_upload", { data: { ...ok, name: "x".repeat(256) } }, "/data/name"],
      ["files/local_upload", { data: { ...ok, name: null } }, "/data/name"],
      ["files/local_upload", { data: { ...ok, file_size: 0 } }, "/data/file_size"],
      ["files/local_upload", { data: { ...ok, file_size: 5e12 + 1 } }, "/data/file_size"],
      ["files/local_upload", { data: { ...ok, file_size: 1.5 } }, "/data/file_size"],
      ["files/local_upload", { data: { ...ok, file_size: "5" } }, "/data/file_size"],
      ["files/local_upload", {}, "/data"],
      ["files/local_upload", { data: [] }, "/data"],
      ["files/local_upload", ok, "/name"],
      ["files/remote_upload", { data: { ...remote, file_size: 5 } }, "/data/file_size"],
      ["files/remote_upload", { data: { name: "a.mov" } }, "/data/source_url"],
      ["files/remote_upload", { data: { ...remote, source_url: "" } }, "/data/source_url"],
      [
        "files/remote_upload",
        { data: { ...remote, source_url: "file:///etc" } },
        "/data/source_url",
      ],
      ["folders", { data: { name: "" } }, "/data/name"],
      ["folders", { data: { name: "a", type: "folder" } }, "/data/type"],
    ];
    for (const [path, body, pointer] of cases) {
      v4Refused(await v4(client, `${ROOT}/${path}`, body), 422, pointer);
    }
    v4Refused(await v4(client, `${ROOT}/files/local_upload`, []), 422, "");
    assertEquals((await v4Ok(client, `${ROOT}/children?include_total_count=true`)).total_count, 2);
  }));

Deno.test("V4 answers a body that is no JSON in its own shape: 400, 413, 415", () =>
  withSandbox(async (client) => {
    const send = async (type: string, body: string) => {
      const headers = { "x-frameio-legacy-token-auth": "true", "content-type": type };
      const path = `${ROOT}/files/local_upload`;
      const response = await client.call(path, { method: "POST", headers, body });
      return { status: response.status, json: await response.json() };
    };
    v4Refused(await send("application/json", "{"), 400);
    v4Refused(await send("application/json", ""), 400);
    v4Refused(await send("text/plain", "{}"), 415);
    v4Refused(await send("application/json", `"${"x".repeat(1024 * 1024)}"`), 413);
  }));

Deno.test("V4 takes names of 1 to 255 characters as they are: quotes, spaces, emoji", () =>
  withSandbox(async (client) => {
    for (
      const name of ['Take "1" – 🎬 & más.mov', "a", "🎬".repeat(255), "../../etc/passwd", " "]
    ) {
      const body = { data: { name, file_size: 1 } };
      const { data } = await v4Ok(client, `${ROOT}/files/local_upload`, body);
      assertEquals(data.name, name);
      assertEquals((await v4Ok(client, `${ACCOUNT}/files/${data.id}`)).data.name, name);
      const folder = await v4Ok(client, `${ROOT}/folders`, { data: { name } });
      assertEquals(folder.data.name, name);
    }
  }));

Deno.test("V4 makes folders below folders and shows them", () =>
  withSandbox(async (client) => {
    const path = `${ACCOUNT}/folders/${SECOND_ROOT_ID}`;
    const { data: day } = await v4Ok(client, `${path}/folders`, { data: { name: "Day 3" } });
    assertEquals([day.type, day.parent_id, day.project_id], ["folder", SECOND_ROOT_ID, SECOND_ID]);
    const { data: cam } = await v4Ok(client, `${ACCOUNT}/folders/${day.id}/folders`, {
      data: { name: "A-Cam" },
    });
    assertEquals((await v4Ok(client, `${ACCOUNT}/folders/${cam.id}`)).data, cam);
    assertEquals((await v4Ok(client, `${path}/children`)).data, [day]);
    assertEquals((await v4Ok(client, `${ACCOUNT}/folders/${day.id}/folders`)).data, [cam]);
    assertNotEquals(cam.id, A_CAM_ID);
  }));

Deno.test("V4 children are folders, then files, and follow type", () =>
  withSandbox(async (client) => {
    const create = { data: { name: "a.mov", file_size: 5 } };
    const { data: file } = await v4Ok(client, `${ROOT}/files/local_upload`, create);
    const types = async (query: string) =>
      (await v4Ok(client, `${ROOT}/children${query}`)).data.map((child: Json) => child.type);
    assertEquals(await types(""), ["folder", "folder", "file"]);
    assertEquals(await types("?type=file"), ["file"]);
    assertEquals(await types("?type=folder"), ["folder", "folder"]);
    assertEquals(await types("?type=version_stack"), []);
    const idsOf = async (list: string) => {
      return (await v4Ok(client, `${ROOT}/${list}`)).data.map(({ id }: Json) => id);
    };
    assertEquals(await idsOf("files"), [file.id]);
    assertEquals(await idsOf("folders"), (await idsOf("children")).slice(0, 2));
    v4Refused(await v4(client, `${ROOT}/children?type=movie`), 422, "/type");
  }));

async function fillWith120Children(client: SandboxClient): Promise<void> {
  for (let i = 3; i <= 110; i++) {
    await v4Ok(client, `${ROOT}/folders`, { data: { name: `Day ${i}` } });
  }
  for (let i = 1; i <= 10; i++) {
    const body = { data: { name: `${i}.mov`, file_size: i } };
    await v4Ok(client, `${ROOT}/files/local_upload`, body);
  }
}

Deno.test("V4 pages: 50 at a time, links.next relative and without the query, to the last of 120", () =>
  withSandbox(async (client) => {
    await fillWith120Children(client);
    const names = [
      ...Array.from({ length: 110 }, (_, i) => `Day ${i + 1}`),
      ...Array.from({ length: 10 }, (_, i) => `${i + 1}.mov`),
    ];
    const pages = async (query: string, again: string) => {
      const seen: string[][] = [];
      let next: string | null = `${ROOT}/children${query}`;
      while (next !== null) {
        const page: Json = await v4Ok(client, next);
        seen.push(page.data.map((child: Json) => child.name));
        if (page.links.next !== null) {
          assertMatch(page.links.next, new RegExp(`^${ROOT}/children\\?after=[\\w-]+$`));
        }
        next = page.links.next && page.links.next + again;
      }
      return seen;
    };
    const usual = await pages("?include_total_count=true", "");
    assertEquals([usual.map((page) => page.length), usual.flat()], [[50, 50, 20], names]);
    // page_size is not in the link: who does not send it again gets the usual 50.
    const forgetful = await pages("?page_size=7", "");
    assertEquals(forgetful.map((page) => page.length), [7, 50, 50, 13]);
    const small = await pages("?page_size=7", "&page_size=7");
    assertEquals([small.length, small.flat()], [18, names]);
    assertEquals((await pages("?page_size=120", "")).map((page) => page.length), [120]);
    const folders = await pages("?type=folder&page_size=100", "&type=folder");
    assertEquals(folders.flat(), names.slice(0, 110));
    const counted = await v4Ok(client, `${ROOT}/children?page_size=1&include_total_count=true`);
    assertEquals(counted.total_count, 120);
    assert(!("total_count" in await v4Ok(client, `${ROOT}/children`)));
  }));

Deno.test("V4 refuses page sizes out of bounds, and cursors that this list did not give", () =>
  withSandbox(async (client) => {
    for (const size of ["0", "-1", "501", "1.5", "x", "", "99999999999999999999"]) {
      const answer = await v4(client, `${ROOT}/children?page_size=${size}`);
      v4Refused(answer, 422, "/page_size");
    }
    v4Refused(await v4(client, `${ACCOUNT}/projects?page_size=101`), 422, "/page_size");
    const { links } = await v4Ok(client, `${ACCOUNT}/projects?page_size=1`);
    const after = new URL(links.next, client.baseUrl).searchParams.get("after");
    assertEquals((await v4Ok(client, links.next)).data[0].id, SECOND_ID);
    const negative = btoa(JSON.stringify([-1, `${ROOT}/children`]));
    for (const cursor of ["x", "W10", negative, "%F0%9F%8E%AC", after]) {
      v4Refused(await v4(client, `${ROOT}/children?after=${cursor}`), 422, "/after");
    }
  }));

Deno.test("V4 refuses every create as it is told: 402 beyond the plan, 403 for a locked account", async () => {
  for (const status of [402, 403] as const) {
    const refuses = { status, detail: `Told so: ${status}` };
    await withSandbox(async (client) => {
      const creates = [
        ["folders", { data: { name: "a" } }],
        ["files/local_upload", { data: { name: "a.mov", file_size: 5 } }],
        ["files/remote_upload", { data: { name: "a.mov", source_url: "http://127.0.0.1:1/" } }],
      ] as const;
      for (const [path, body] of creates) {
        const detail = v4Refused(await v4(client, `${ROOT}/${path}`, body), status);
        assertEquals(detail, refuses.detail);
      }
      assertEquals((await v4Ok(client, `${ROOT}/children`)).data.length, 2);
    }, { refuses });
  }
});

Deno.test("V4 refuses names with spaces when it is told to, and takes them with _", () =>
  withSandbox(async (client) => {
    const local = (name: string) => {
      return v4(client, `${ROOT}/files/local_upload`, { data: { name, file_size: 5 } });
    };
    const detail = v4Refused(await local("Take 1.mov"), 422, "/data/name");
    assertMatch(detail, /name must not contain spaces/);
    assertEquals((await local("Take_1.mov")).status, 201);
    const remote = { data: { name: "Take 1.mov", source_url: "http://127.0.0.1:1/" } };
    v4Refused(await v4(client, `${ROOT}/files/remote_upload`, remote), 422, "/data/name");
  }, { refusesSpaces: true }));

Deno.test("folders and files are there after a restart", () =>
  withFolder(async (dir) => {
    const first = await start(dir);
    const before = clientOf(first.baseUrl);
    const { data: folder } = await v4Ok(before, `${ROOT}/folders`, { data: { name: "Day 3" } });
    const path = `${ACCOUNT}/folders/${folder.id}`;
    const create = { data: { name: "a.mov", file_size: 5 } };
    const { data: file } = await v4Ok(before, `${path}/files/local_upload`, create);
    await first.shutdown();

    const second = await start(dir, { port: first.port });
    try {
      const client = clientOf(second.baseUrl);
      assertEquals((await v4Ok(client, path)).data, folder);
      const { upload_urls: _, ...shown } = file;
      assertEquals((await v4Ok(client, `${path}/children`)).data, [shown]);
      // The fixed world is not made a second time.
      assertEquals((await v4Ok(client, `${ACCOUNT}/projects`)).data.length, 2);
      assertEquals((await v4Ok(client, `${ROOT}/children`)).data.length, 3);
    } finally {
      await second.shutdown();
    }
  }));
