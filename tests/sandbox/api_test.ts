import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { connectRaw, FIVE_MIB, put, putStatus, someBytes, withSandbox } from "./sandbox_client.ts";

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const DEMO_ID = "5a0d0b0c-0004-4000-8000-00000000d001";
const NOW = "2026-11-20T09:30:00.000Z";
const NEW_ASSET = {
  name: "take.mov",
  filetype: "video/quicktime",
  type: "file",
  is_realtime_upload: true,
};

/** Checks status and shape of a V2 detailed error and returns its detail. */
async function detailOf(response: Response, status: number, title: string): Promise<string> {
  const body = await response.json();
  assertEquals(response.status, status, JSON.stringify(body));
  const detail = body.errors[0].detail;
  assertEquals(body, {
    code: status,
    errors: [{ code: status, detail, status, title }],
    message: title,
  });
  return detail;
}

Deno.test("POST children answers id and name only", () =>
  withSandbox(async (client) => {
    const response = await client.post("/v2/assets/root/children", NEW_ASSET);
    assertEquals(response.status, 200);
    const body = await response.json();
    assertMatch(body.id, UUID);
    assertEquals(body, { id: body.id, name: "take.mov" });
  }));

Deno.test("the API refuses a missing and a wrong token with 401 Not Authorized", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const paths = [
      ["POST", "/v2/assets/root/children"],
      ["POST", `/v2/assets/${id}/realtime_upload/parts`],
      ["GET", `/v2/assets/${id}`],
    ] as const;
    for (const [method, path] of paths) {
      for (const authorization of [undefined, "Bearer other", "sandbox", "Basic sandbox"]) {
        const response = await fetch(client.baseUrl + path, {
          method,
          headers: authorization === undefined ? {} : { authorization },
        });
        await detailOf(response, 401, "Not Authorized");
      }
    }
  }));

Deno.test("POST children answers 404 for an unknown parent and for a file as parent", () =>
  withSandbox(async (client) => {
    const file = await client.create();
    for (const parent of [crypto.randomUUID(), file]) {
      const response = await client.post(`/v2/assets/${parent}/children`, NEW_ASSET);
      await detailOf(response, 404, "Not Found");
    }
  }));

Deno.test("POST children answers 400 for a field against the rules, and creates nothing", () =>
  withSandbox(async (client) => {
    const response = await client.post("/v2/assets/root/children", { ...NEW_ASSET, filesize: 5 });
    await detailOf(response, 400, "Bad Request");
    const shown = await (await fetch(`${client.baseUrl}/sandbox/assets`)).json();
    assertEquals(shown, { assets: [] });
  }));

Deno.test("the API takes JSON only: 415 for another type, 400 for broken text", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    for (const path of ["root/children", `${id}/realtime_upload/parts`]) {
      const send = (type: string, body: string) =>
        client.call(`/v2/assets/${path}`, {
          method: "POST",
          headers: { "content-type": type },
          body,
        });
      const form = await send("application/x-www-form-urlencoded", "name=take.mov");
      await detailOf(form, 415, "Unsupported Media Type");
      await detailOf(await send("application/json; charset=utf-8", "{"), 400, "Bad Request");
    }
  }));

Deno.test("the API refuses a body above 1 MiB with 413, announced or chunked", () =>
  withSandbox(async (client) => {
    const path = "/v2/assets/root/children";
    const long = JSON.stringify({ ...NEW_ASSET, description: "x".repeat(1024 * 1024) });
    const headers = { "content-type": "application/json" };
    const announced = await client.call(path, { method: "POST", headers, body: long });
    await detailOf(announced, 413, "Payload Too Large");
    const body = new Blob([long]).stream();
    const chunked = await client.call(path, { method: "POST", headers, body });
    await detailOf(chunked, 413, "Payload Too Large");
  }));

Deno.test("POST parts answers one URL for each part, in the order of the call", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const urls = await client.register(id, [
      { number: 9, size: FIVE_MIB, is_final: false },
      { number: 2, size: FIVE_MIB + 1, is_final: false },
    ]);
    assertEquals(urls.map((url) => new URL(url).pathname), [
      `/s3/parts/${id}/part_9`,
      `/s3/parts/${id}/part_2`,
    ]);
    const { origin, searchParams } = new URL(urls[0]!);
    assertEquals(origin, client.baseUrl);
    assertEquals([...searchParams.keys()].sort(), [
      "X-Amz-Algorithm",
      "X-Amz-Credential",
      "X-Amz-Date",
      "X-Amz-Expires",
      "X-Amz-Signature",
      "X-Amz-SignedHeaders",
    ]);
    assertEquals(searchParams.get("X-Amz-SignedHeaders"), "content-type;host;x-amz-acl");
    assertEquals(searchParams.get("X-Amz-Expires"), "86400");
  }));

Deno.test("POST parts answers 404 for an unknown asset and for the folder", () =>
  withSandbox(async (client) => {
    for (const id of [crypto.randomUUID(), "root"]) {
      const parts = [{ number: 1, size: FIVE_MIB, is_final: false }];
      await detailOf(await client.tryRegister(id, parts), 404, "Not Found");
    }
  }));

Deno.test("POST parts registers nothing of a refused call", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const refused = await client.tryRegister(id, [
      { number: 1, size: FIVE_MIB, is_final: false },
      { number: 2, size: 9, is_final: true },
    ], 9);
    assertEquals(
      await detailOf(refused, 400, "Bad Request"),
      "The registered parts hold 5242889 bytes, but asset_filesize is 9",
    );
    const { status, size, parts } = await client.shown(id);
    assertEquals({ status, size, parts }, { status: "created", size: null, parts: [] });
    // Neither number is taken: other sizes are accepted.
    await client.register(id, [
      { number: 1, size: FIVE_MIB + 1, is_final: false },
      { number: 2, size: 8, is_final: true },
    ], FIVE_MIB + 9);
  }));

Deno.test("POST parts takes no total before the final part", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    await client.register(id, [{ number: 1, size: FIVE_MIB, is_final: false }], 7);
    assertEquals((await client.shown(id)).size, null);
    await client.register(id, [{ number: 2, size: 1, is_final: true }], FIVE_MIB + 1);
    assertEquals((await client.shown(id)).size, FIVE_MIB + 1);
  }));

Deno.test("POST parts gives a fresh, working URL for a registered number asked again", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const part = { number: 1, size: FIVE_MIB, is_final: false };
    await client.register(id, [part]);
    const [url] = await client.register(id, [part]);
    assertEquals(await putStatus(url!, someBytes(FIVE_MIB, 1)), 200);
    const again = await client.tryRegister(id, [{ ...part, size: FIVE_MIB + 1 }]);
    await detailOf(again, 400, "Bad Request");
    assertEquals((await client.shown(id)).parts.length, 1);
  }));

Deno.test("POST parts answers 400 to every registered number under refuseAgain", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const part = { number: 1, size: FIVE_MIB, is_final: false };
    const [url] = await client.register(id, [part]);
    await detailOf(await client.tryRegister(id, [part]), 400, "Bad Request");
    assertEquals(await putStatus(url!, someBytes(FIVE_MIB, 1)), 200);
  }, { refuseAgain: true }));

Deno.test("POST parts replaces a default name by asset_name, once, and ignores it otherwise", () =>
  withSandbox(async (client) => {
    const { name: _, ...unnamed } = NEW_ASSET;
    const asset = await client.post("/v2/assets/root/children", { ...unnamed, extension: ".mov" });
    const { id, name } = await asset.json();
    assertEquals(name, "[new file].mov");
    const named = await client.create();
    for (const assetName of ["first.mov", "second.mov"]) {
      for (const asset of [id, named]) {
        const response = await client.post(`/v2/assets/${asset}/realtime_upload/parts`, {
          parts: [{ number: 1, size: FIVE_MIB, is_final: false }],
          asset_name: assetName,
        });
        assertEquals(response.status, 200);
        await response.body?.cancel();
      }
    }
    assertEquals((await client.shown(id)).name, "first.mov");
    assertEquals((await client.shown(named)).name, "take.mov");
  }));

Deno.test("GET asset shows a V2 asset from creation to completion", () =>
  withSandbox(async (client) => {
    const id = await client.create("take.mov", "video/quicktime");
    const read = async () => await (await client.call(`/v2/assets/${id}`)).json();
    const asset = {
      id,
      name: "take.mov",
      type: "file",
      filetype: "video/quicktime",
      filesize: null,
      parent_id: "root",
      project_id: DEMO_ID,
      status: "created",
      inserted_at: NOW,
      upload_completed_at: null,
      upload_failed_at: null,
      is_realtime_upload: true,
    };
    assertEquals(await read(), asset);
    const [url] = await client.register(id, [{ number: 1, size: 3, is_final: true }], 3);
    assertEquals(await read(), { ...asset, filesize: 3, status: "uploading" });
    await (await put(url!, someBytes(3, 1))).body?.cancel();
    await client.completed(id);
    const done = await read();
    assertNotEquals(done.upload_completed_at, null);
    assertEquals(new Date(done.upload_completed_at).toISOString(), done.upload_completed_at);
    assertEquals({ ...done, upload_completed_at: null }, {
      ...asset,
      filesize: 3,
      status: "complete",
    });
  }, { now: () => new Date(NOW) }));

Deno.test("GET asset shows the root folder and answers 404 for an unknown id", () =>
  withSandbox(async (client) => {
    const root = await (await client.call("/v2/assets/root")).json();
    assertEquals([root.id, root.type], ["root", "folder"]);
    const response = await client.call(`/v2/assets/${crypto.randomUUID()}`);
    await detailOf(response, 404, "Not Found");
  }));

Deno.test("unknown routes answer 404 as JSON, in the storage NoSuchKey as XML", () =>
  withSandbox(async (client) => {
    for (const path of ["/", "/v2/you", "/sandbox", "/sandbox/other"]) {
      await detailOf(await client.call(path), 404, "Not Found");
    }
    await detailOf(await client.post("/v2/assets/root", {}), 404, "Not Found");
    for (const path of ["/s3/", "/s3/parts/x", "/s3/parts/x/part_1/y"]) {
      const response = await fetch(client.baseUrl + path, { method: "PUT" });
      assertEquals(response.status, 404);
      assertMatch(await response.text(), /<Code>NoSuchKey<\/Code>/);
    }
  }));

Deno.test("the server goes on after garbage on a connection", () =>
  withSandbox(async (client) => {
    using raw = await connectRaw(client.baseUrl);
    await raw.send("\u0000\u0001 not HTTP\r\n\r\n");
    await raw.answer("400 Bad Request");
    assert(await client.create());
  }));
