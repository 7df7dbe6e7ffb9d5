import { assertEquals, assertLessOrEqual } from "@std/assert";
import { createHash } from "node:crypto";
import { createAssembler } from "../../src/sandbox/assemble.ts";
import { openPartsOnDisk } from "../../src/sandbox/parts_on_disk.ts";
import { createRemotes, REMOTE_LIMITS } from "../../src/sandbox/remote.ts";
import { openStore } from "../../src/sandbox/store.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";
import {
  clientOf,
  incomingCount,
  type SandboxClient,
  someBytes,
  start,
  until,
  withFolder,
  withSandbox,
} from "./sandbox_client.ts";
import { ACCOUNT, ACCOUNT_ID, DAY_1_ID, DEMO_ID, type Json, v4, v4Ok } from "./v4_client.ts";

const REMOTE_UPLOAD = `${ACCOUNT}/folders/root/files/remote_upload`;

/** Serves every address with `answer`, on this machine. */
async function withSource(
  answer: (request: Request) => Response | Promise<Response>,
  test: (url: string) => Promise<void>,
): Promise<void> {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, answer);
  try {
    await test(`http://127.0.0.1:${server.addr.port}/file`);
  } finally {
    await server.shutdown();
  }
}

/** The upload status once it is one way or the other. */
async function settled(client: SandboxClient, id: string): Promise<Json> {
  const deadlineMs = Date.now() + 10_000;
  while (Date.now() < deadlineMs) {
    const { data } = await v4Ok(client, `${ACCOUNT}/files/${id}/status`);
    if (data.upload_complete || data.upload_failed) return data;
  }
  throw new Error(`The upload of ${id} did not end within 10 s`);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

Deno.test("V4 remote upload: accepted, fetched, complete, byte for byte, by links.status", () =>
  withSandbox(async (client) => {
    const bytes = someBytes(9_000_001, 1);
    await withSource((request) => {
      assertEquals(request.headers.get("accept-encoding"), "identity");
      assertEquals(request.headers.get("authorization"), null);
      return new Response(bytes);
    }, async (url) => {
      const body = { data: { name: "Day 1 🎬.mov", source_url: url } };
      const { data, links } = await v4Ok(client, REMOTE_UPLOAD, body, 202);
      assertEquals(links, { status: `/v4/accounts/${ACCOUNT_ID}/files/${data.id}/status` });
      assertEquals([data.name, data.status, data.parent_id, data.project_id, data.media_type], [
        "Day 1 🎬.mov",
        "created",
        "root",
        DEMO_ID,
        "video/quicktime",
      ]);
      assertEquals(data.file_size, 0);
      const status = await settled(client, data.id);
      assertEquals([status.upload_complete, status.upload_failed], [true, false]);
      assertEquals(await v4Ok(client, links.status), { data: status });
      const { data: file } = await v4Ok(client, `${ACCOUNT}/files/${data.id}`);
      assertEquals([file.status, file.file_size], ["uploaded", bytes.length]);
      const shown = await client.shown(data.id);
      assertEquals([shown.kind, shown.sha256], ["remote", sha256(bytes)]);
      assertEquals(shown.parts.map(({ number }) => number), [1, 2, 3]);
      const fetched = await (await fetch(file.view_url)).arrayBuffer();
      assertEquals(sha256(new Uint8Array(fetched)), sha256(bytes));
    });
  }));

Deno.test("V2 remote upload by source.url answers the asset without URLs, and completes", () =>
  withSandbox(async (client) => {
    const bytes = someBytes(100, 1);
    await withSource(() => new Response(new Blob([bytes]).stream()), async (url) => { // chunked
      const asset = { type: "file", name: "a.mov", filetype: "video/mp4", source: { url } };
      const response = await client.post(`/v2/assets/${DAY_1_ID}/children`, asset);
      const json = await response.json();
      assertEquals([response.status, json.filetype, json.parent_id, "upload_urls" in json], [
        200,
        "video/mp4",
        DAY_1_ID,
        false,
      ]);
      assertEquals((await client.completed(json.id)).sha256, sha256(bytes));
      const read = await (await client.call(`/v2/assets/${json.id}`)).json();
      assertEquals([read.filesize, typeof read.upload_completed_at], [100, "string"]);
    });
  }));

Deno.test("a remote upload follows a redirect", () =>
  withSandbox(async (client) => {
    await withSource(
      ({ url }) => url.endsWith("/file") ? Response.redirect(`${url}/moved`) : new Response("abc"),
      async (url) => {
        const body = { data: { name: "a.txt", source_url: url } };
        const { data } = await v4Ok(client, REMOTE_UPLOAD, body, 202);
        assertEquals((await settled(client, data.id)).upload_complete, true);
        assertEquals((await client.shown(data.id)).size, 3);
      },
    );
  }));

Deno.test("a remote upload fails where the source gives no whole file, and leaves nothing", () =>
  withSandbox(async (client, dir) => {
    const ways: [string, (request: PeerRequest) => void][] = [
      ["404", (request) => request.answer(404, "gone")],
      ["500", (request) => request.answer(500, "")],
      ["empty", (request) => request.answer(200, "")],
      ["204", (request) => request.write("HTTP/1.1 204 No Content\r\n\r\n")],
      ["no answer", (request) => request.reset()],
      ["no HTTP", (request) => {
        request.write("hello\r\n\r\n");
        request.end();
      }],
      ["cut short", (request) => {
        const bytes = "x".repeat(5 * 1024 * 1024); // a whole piece is taken in already
        request.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length + 1}\r\n\r\n${bytes}`);
        request.end();
      }],
      ["chunks cut short", (request) => {
        request.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
        request.end();
      }],
      ["over 50 GB", (request) => {
        request.write("HTTP/1.1 200 OK\r\nContent-Length: 50000000001\r\n\r\n");
      }],
      ["over 1 GiB", (request) => {
        request.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741825\r\n\r\n");
      }],
      ["round in circles", (request) => request.answer(302, "", { location: "/file" })],
    ];
    for (const [name, answer] of ways) {
      await using peer = await openPeer(answer);
      const body = { data: { name, source_url: `${peer.url}/file` } };
      const { data } = await v4Ok(client, REMOTE_UPLOAD, body, 202);
      const status = await settled(client, data.id);
      assertEquals([status.upload_failed, status.upload_complete, status.upload_completed_at], [
        true,
        false,
        null,
      ], name);
      const shown = await client.shown(data.id);
      assertEquals([shown.status, shown.size, shown.parts], ["failed", null, []], name);
      const v2 = await (await client.call(`/v2/assets/${data.id}`)).json();
      assertEquals([typeof v2.upload_failed_at, v2.upload_completed_at], ["string", null]);
      assertEquals(incomingCount(dir), 0, name);
    }
    // A port where nobody listens, and the sandbox goes on.
    const body = { data: { name: "a.mov", source_url: "http://127.0.0.1:1/" } };
    const { data } = await v4Ok(client, REMOTE_UPLOAD, body, 202);
    assertEquals((await settled(client, data.id)).upload_failed, true);
    assertEquals((await v4(client, "/v4/me")).status, 200);
  }));

Deno.test("a remote upload that shutdown() broke off has failed at the next start", () =>
  withFolder(async (dir) => {
    await using peer = await openPeer((request) => {
      const bytes = "x".repeat(5 * 1024 * 1024);
      request.write(`HTTP/1.1 200 OK\r\nContent-Length: ${bytes.length + 1}\r\n\r\n${bytes}`);
    });
    const first = await start(dir);
    const body = { data: { name: "a.mov", source_url: peer.url } };
    const { data } = await v4Ok(clientOf(first.baseUrl), REMOTE_UPLOAD, body, 202);
    await until(() => incomingCount(dir) === 1);
    const status = await v4Ok(clientOf(first.baseUrl), `${ACCOUNT}/files/${data.id}/status`);
    assertEquals([status.data.upload_failed, status.data.upload_complete], [false, false]);
    await first.shutdown();
    assertEquals(incomingCount(dir), 0);
    const store = openStore(dir);
    assertEquals(store.unfetched(), [data.id]); // broken off, not given up after a long wait
    store.close();

    const second = await start(dir);
    try {
      assertEquals((await settled(clientOf(second.baseUrl), data.id)).upload_failed, true);
    } finally {
      await second.shutdown();
    }
  }));

Deno.test("a fetched file that was not assembled is neither lost nor given up at the next start", () =>
  withFolder(async (dir) => {
    const disk = await openPartsOnDisk(dir);
    const read = () => Promise.reject(new Error("the disk is away"));
    const failures: Error[] = [];
    const onFailure = (error: Error) => failures.push(error);
    const first = await start(dir, { parts: { write: disk.write, read }, onFailure });
    let id = "";
    await withSource(() => new Response("abc"), async (url) => {
      const body = { data: { name: "a.mov", source_url: url } };
      id = (await v4Ok(clientOf(first.baseUrl), REMOTE_UPLOAD, body, 202)).data.id;
      await until(() => failures.length > 0);
    });
    await first.shutdown();

    const second = await start(dir);
    try {
      const { sha256: sum } = await clientOf(second.baseUrl).completed(id);
      assertEquals(sum, sha256(new TextEncoder().encode("abc")));
      const v2 = await (await clientOf(second.baseUrl).call(`/v2/assets/${id}`)).json();
      assertEquals(v2.upload_failed_at, null);
    } finally {
      await second.shutdown();
    }
  }));

/** A fetcher of its own with tighter limits, and the store it writes to. */
async function withRemotes(
  limits: Partial<typeof REMOTE_LIMITS> | Record<string, number>,
  test: (create: (url: string) => string, statusOf: (id: string) => string) => Promise<void>,
): Promise<void> {
  await withFolder(async (dir) => {
    const store = openStore(dir);
    const parts = await openPartsOnDisk(dir);
    const failures: Error[] = [];
    const onFailure = (error: Error) => failures.push(error);
    const assembler = createAssembler(store, parts, onFailure);
    const deps = { store, parts, assembler, now: () => new Date(), onFailure };
    const remotes = createRemotes(deps, { ...REMOTE_LIMITS, ...limits });
    const file = { name: "a.mov", filetype: "video/quicktime", parentId: "root" };
    await test((url) => remotes.create(file, url), (id) => store.asset(id)!.status);
    await remotes.stop();
    await assembler.stop();
    store.close();
    assertEquals(failures, []);
  });
}

Deno.test("createRemotes() gives up on a source that stalls, or gives more than may be read", () =>
  withRemotes({ stallMs: 20, mostReadBytes: 10 }, async (create, statusOf) => {
    const heads = [
      "", // never an answer
      "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nb\r\nhello world\r\n0\r\n\r\n",
    ];
    for (const head of heads) {
      await using peer = await openPeer((request) => head !== "" && request.write(head));
      const id = create(peer.url);
      await until(() => statusOf(id) === "failed");
    }
    await using peer = await openPeer((request) => request.answer(200, "0123456789"));
    const id = create(peer.url);
    await until(() => statusOf(id) === "complete");
  }));

Deno.test("createRemotes() reads nothing of a source that announces over 50 GB", () =>
  withRemotes({ mostReadBytes: Infinity }, async (create, statusOf) => {
    await using peer = await openPeer((request) => {
      request.write("HTTP/1.1 200 OK\r\nContent-Length: 50000000001\r\n\r\nabc");
    });
    const id = create(peer.url);
    await until(() => statusOf(id) === "failed");
  }));

Deno.test("createRemotes() fetches a few at once, and the others in turn", () =>
  withRemotes({ atOnce: 2 }, async (create, statusOf) => {
    const asked: PeerRequest[] = [];
    await using peer = await openPeer((request) => asked.push(request));
    const ids = [1, 2, 3, 4, 5].map(() => create(peer.url));
    for (let answered = 0; answered < ids.length; answered++) {
      await until(() => asked.length === Math.min(ids.length, answered + 2));
      assertLessOrEqual(asked.length - answered, 2);
      asked[answered]!.answer(200, "abc");
    }
    await until(() => ids.every((id) => statusOf(id) === "complete"));
  }));

Deno.test("a fetched file that cannot be kept is told of, and the sandbox goes on", () =>
  withFolder(async (dir) => {
    const disk = await openPartsOnDisk(`${dir}/disk`);
    const failures: string[] = [];
    const sandbox = await start(dir, {
      onFailure: ({ message }) => failures.push(message),
      parts: {
        read: disk.read,
        async write(...args) {
          const keep = () => {
            throw new Error("No space left on device");
          };
          return { ...await disk.write(...args), keep };
        },
      },
    });
    try {
      const client = clientOf(sandbox.baseUrl);
      await withSource(() => new Response("abc"), async (url) => {
        const secret = `${url}?X-Amz-Signature=secret`;
        const body = { data: { name: "a.mov", source_url: secret } };
        const { data } = await v4Ok(client, REMOTE_UPLOAD, body, 202);
        await until(() => failures.length > 0);
        assertEquals(failures, [`Cannot keep asset ${data.id}: No space left on device`]);
      });
      assertEquals((await v4(client, "/v4/me")).status, 200);
    } finally {
      await sandbox.shutdown();
    }
  }));
