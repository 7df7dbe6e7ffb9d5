import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { equalParts, spreadParts } from "../../src/sandbox/ordinary.ts";
import {
  clientOf,
  joined,
  put,
  type SandboxClient,
  someBytes,
  start,
  withFolder,
  withSandbox,
} from "./sandbox_client.ts";
import { ACCOUNT, DEMO_ID, type Json, v4, v4Ok } from "./v4_client.ts";

/** The guide's example: size, and the sizes of its parts (V4 guide, how to upload). */
const GUIDE_BYTES = 50_645_990;
const GUIDE_PARTS = [16_881_997, 16_881_997, 16_881_996];

const LOCAL_UPLOAD = `${ACCOUNT}/folders/root/files/local_upload`;

function sum(sizes: number[]): number {
  return sizes.reduce((total, size) => total + size, 0);
}

/** Creates a V2 upload and gives the answer's JSON. */
async function createV2(client: SandboxClient, asset: Json): Promise<Json> {
  const response = await client.post("/v2/assets/root/children", asset);
  const json = await response.json();
  assertEquals(response.status, 200, JSON.stringify(json));
  return json;
}

async function status(client: SandboxClient, id: string): Promise<Json> {
  return (await v4Ok(client, `${ACCOUNT}/files/${id}/status`)).data;
}

async function putAs(url: string, type: string, bytes: Uint8Array<ArrayBuffer>): Promise<number> {
  const response = await put(url, bytes, { "content-type": type });
  await response.body?.cancel();
  return response.status;
}

Deno.test("spreadParts() and equalParts() cut the guide's file as the guide does", () => {
  assertEquals(spreadParts(GUIDE_BYTES), GUIDE_PARTS);
  assertEquals(equalParts(GUIDE_BYTES), GUIDE_PARTS);
});

Deno.test("spreadParts() and equalParts() cut any file into at most 10,000 parts without a rest", () => {
  for (
    const sizeBytes of [1, 2, 19_999_999, 2e7, 2e7 + 1, 4e7 + 1, 199_999_999_999, 5e12, 5 * 2 ** 40]
  ) {
    for (const sizes of [spreadParts(sizeBytes), equalParts(sizeBytes)]) {
      assertEquals(sum(sizes), sizeBytes);
      assert(sizes.length <= 10_000 && Math.min(...sizes) >= 1);
      assert(Math.max(...sizes) <= 5 * 2 ** 30); // one S3 PUT
    }
    assert(Math.max(...spreadParts(sizeBytes)) - Math.min(...spreadParts(sizeBytes)) <= 1);
  }
});

Deno.test("equalParts() keeps chunk = ceil(size / urls) whatever number of parts is asked for", () => {
  for (const [sizeBytes, count] of [[10, 4], [10, 3], [7, 5], [1, 10], [100, 7], [9, 9]] as const) {
    const sizes = equalParts(sizeBytes, count);
    const chunk = Math.ceil(sizeBytes / sizes.length);
    assertEquals(sum(sizes), sizeBytes);
    assertEquals(sizes.slice(0, -1), Array(sizes.length - 1).fill(chunk));
    assert(sizes.at(-1)! >= 1 && sizes.at(-1)! <= chunk && sizes.length <= count);
  }
});

Deno.test("V4 local upload: created, PUT part by part, complete without another call", () =>
  withSandbox(async (client) => {
    const body = { data: { name: "take 1.wav", file_size: GUIDE_BYTES } };
    const { data: file } = await v4Ok(client, LOCAL_UPLOAD, body);
    const { upload_urls: urls, ...shown } = file;
    assertEquals(urls.map(({ size }: Json) => size), GUIDE_PARTS);
    assertEquals(shown, {
      id: file.id,
      name: "take 1.wav",
      type: "file",
      status: "created",
      file_size: GUIDE_BYTES,
      media_type: "audio/x-wav", // not what a client would think: "audio/wave"
      parent_id: "root",
      project_id: DEMO_ID,
      created_at: file.created_at,
      updated_at: file.created_at,
      view_url: `${client.baseUrl}/sandbox/assets/${file.id}/file`,
    });
    const begun = { id: file.id, filetype: "audio/x-wav", upload_failed: false };
    const open = { ...begun, upload_complete: false, upload_completed_at: null };
    assertEquals(await status(client, file.id), { ...open, uploaded_at: null });

    const whole = someBytes(GUIDE_BYTES, 1);
    let offset = 0;
    const pieces = GUIDE_PARTS.map((size) => whole.subarray(offset, offset += size));
    for (const i of [2, 0, 1]) {
      assertEquals(await putAs(urls[i].url, "audio/x-wav", pieces[i]!), 200);
      if (i === 1) break;
      assertEquals(await status(client, file.id), { ...open, uploaded_at: file.created_at });
    }
    const { sha256 } = await client.completed(file.id);
    assertEquals(sha256, createHash("sha256").update(whole).digest("hex"));
    const done = await status(client, file.id);
    assertEquals(done.upload_complete, true);
    assertEquals(new Date(done.upload_completed_at).toISOString(), done.upload_completed_at);
    const { data } = await v4Ok(client, `${ACCOUNT}/files/${file.id}?include=media_links.original`);
    assertEquals([data.status, data.updated_at], ["uploaded", done.upload_completed_at]);
    const bytes = new Uint8Array(await (await fetch(data.view_url)).arrayBuffer());
    assertEquals(createHash("sha256").update(bytes).digest("hex"), sha256);
  }));

Deno.test("V4 local upload takes 5 TB to the byte, and its sizes are not what V2 would compute", () =>
  withSandbox(async (client) => {
    const sizesOf = async (fileSize: number): Promise<number[]> => {
      const body = { data: { name: "a.mov", file_size: fileSize } };
      const { data } = await v4Ok(client, LOCAL_UPLOAD, body);
      return data.upload_urls.map(({ size }: Json) => size);
    };
    assertEquals(await sizesOf(1), [1]);
    assertEquals(await sizesOf(40_000_001), [13_333_334, 13_333_334, 13_333_333]);
    assertEquals(await sizesOf(40_000_000 + 3), [13_333_335, 13_333_334, 13_333_334]);
    const most = await sizesOf(5e12);
    assertEquals([most.length, sum(most)], [10_000, 5e12]);
  }));

Deno.test("an ordinary PUT with another Content-Type than the server's is refused by the signature", () =>
  withSandbox(async (client) => {
    const { data } = await v4Ok(client, LOCAL_UPLOAD, { data: { name: "a.mkv", file_size: 5 } });
    assertEquals(data.media_type, "video/matroska");
    const bytes = someBytes(5, 1);
    const [{ url }] = data.upload_urls;
    for (const type of ["video/x-matroska", "application/octet-stream"]) {
      const response = await put(url, bytes, { "content-type": type });
      assertEquals(response.status, 403);
      assertStringIncludes(await response.text(), "<Code>SignatureDoesNotMatch</Code>");
    }
    assertEquals((await client.shown(data.id)).parts[0]!.putCount, 0);
    assertEquals(await putAs(url, data.media_type, bytes), 200);
    await client.completed(data.id);
  }));

Deno.test("an ordinary PUT of another size is refused, and after the last one it is too late", () =>
  withSandbox(async (client) => {
    const asset = { type: "file", name: "a.mov", filetype: "video/quicktime", filesize: 5 };
    const { id, upload_urls: [url] } = await createV2(client, asset);
    for (const [size, code] of [[4, "EntityTooSmall"], [6, "EntityTooLarge"]] as const) {
      const response = await put(url, someBytes(size, 1));
      assertEquals(response.status, 400);
      assertStringIncludes(await response.text(), `<Code>${code}</Code>`);
    }
    assertEquals(await putAs(url, asset.filetype, someBytes(5, 1)), 200);
    await client.completed(id);
    const late = await put(url, someBytes(5, 2));
    assertEquals(late.status, 404);
    assertStringIncludes(await late.text(), "<Code>NoSuchUpload</Code>");
  }));

Deno.test("V2 ordinary upload answers the whole asset with its URLs as plain strings", () =>
  withSandbox(async (client) => {
    const asset = { type: "file", name: "Day 1 – 🎬.mov", filetype: "video/quicktime" };
    const created = await createV2(client, { ...asset, filesize: GUIDE_BYTES });
    const { id, upload_urls: urls } = created;
    assertEquals(created, {
      ...asset,
      id,
      filesize: GUIDE_BYTES,
      parent_id: "root",
      project_id: DEMO_ID,
      status: "created",
      inserted_at: created.inserted_at,
      is_realtime_upload: false,
      realtime_upload: null,
      upload_completed_at: null,
      upload_failed_at: null,
      upload_urls: urls,
    });
    assertEquals(urls.length, 3);
    const chunk = Math.ceil(GUIDE_BYTES / urls.length);
    const whole = someBytes(GUIDE_BYTES, 1);
    for (const [i, url] of urls.entries()) {
      const piece = whole.subarray(i * chunk, (i + 1) * chunk);
      assertEquals(await putAs(url, asset.filetype, piece), 200);
    }
    const { sha256, kind, mediaType, parent } = await client.completed(id);
    assertEquals(sha256, createHash("sha256").update(whole).digest("hex"));
    assertEquals([kind, mediaType, parent], ["ordinary", asset.filetype, "root"]);
    const read = await (await client.call(`/v2/assets/${id}`)).json();
    assertEquals([read.status, typeof read.upload_completed_at], ["complete", "string"]);
  }));

Deno.test("V2 ordinary upload without filetype gets the one of its name", () =>
  withSandbox(async (client) => {
    const types = [
      ["a.mov", "video/quicktime"],
      ["A.MKV", "video/matroska"],
      ["a", "application/octet-stream"],
    ];
    for (const [name, filetype] of types) {
      const created = await createV2(client, { type: "file", name, filesize: 1 });
      assertEquals(created.filetype, filetype);
    }
  }));

Deno.test("V2 ordinary upload answers 400 for a field against the rules, and creates nothing", () =>
  withSandbox(async (client) => {
    const asset = { type: "file", name: "a.mov", filetype: "video/quicktime", filesize: 5 };
    const changes: Json[] = [
      { filesize: undefined },
      { filesize: null },
      { filesize: 0 },
      { filesize: -1 },
      { filesize: 5 * 2 ** 40 + 1 },
      { filesize: "5" },
      { name: undefined },
      { name: "" },
      { name: 7 },
      { filetype: "mov" },
      { filetype: "video/mp4\r\nx: y" },
      { type: "version_stack" },
      { type: undefined },
      { is_realtime_upload: true },
      { source: {} },
      { source: "https://example.com/" },
      { source: { url: "ftp://example.com/" } },
    ];
    for (const change of changes) {
      const response = await client.post("/v2/assets/root/children", { ...asset, ...change });
      const json = await response.json();
      assertEquals([response.status, json.code], [400, 400], JSON.stringify(change));
      assertEquals(Object.keys(json.errors[0]), ["code", "detail", "status", "title"]);
    }
    assertEquals(await (await fetch(`${client.baseUrl}/sandbox/assets`)).json(), { assets: [] });
  }));

Deno.test("there is no fresh URL for an ordinary upload: expired is expired", () =>
  withFolder(async (dir) => {
    let now = new Date("2026-11-20T09:00:00Z");
    const sandbox = await start(dir, { now: () => now });
    try {
      const client = clientOf(sandbox.baseUrl);
      const { data } = await v4Ok(client, LOCAL_UPLOAD, { data: { name: "a.mov", file_size: 5 } });
      now = new Date("2026-11-21T09:00:00Z");
      const late = await put(data.upload_urls[0].url, someBytes(5, 1));
      assertEquals(late.status, 403);
      assertStringIncludes(await late.text(), "<Message>Request has expired</Message>");
      const parts = [{ number: 1, size: 5, is_final: true }];
      const again = await client.tryRegister(data.id, parts, 5);
      assertEquals([again.status, (await again.json()).message], [400, "Bad Request"]);
      assertEquals((await v4(client, `${ACCOUNT}/files/${data.id}/upload_urls`)).status, 404);
    } finally {
      await sandbox.shutdown();
    }
  }));

Deno.test("an ordinary upload goes on after a restart with the URLs it has", () =>
  withFolder(async (dir) => {
    const [head, end] = [someBytes(13_000_000, 1), someBytes(12_999_999, 2)];
    const first = await start(dir);
    const asset = { type: "file", name: "a.mov", filesize: head.length + end.length };
    const { id, upload_urls: urls } = await createV2(clientOf(first.baseUrl), asset);
    assertEquals(urls.length, 2);
    assertEquals(await putAs(urls[0], "video/quicktime", head), 200);
    await first.shutdown();

    const second = await start(dir, { port: first.port });
    try {
      assertEquals(await putAs(urls[1], "video/quicktime", end), 200);
      const { sha256 } = await clientOf(second.baseUrl).completed(id);
      assertEquals(sha256, createHash("sha256").update(joined([head, end])).digest("hex"));
    } finally {
      await second.shutdown();
    }
  }));
