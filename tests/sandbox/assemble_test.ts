import { assertEquals, assertMatch } from "@std/assert";
import { createHash } from "node:crypto";
import type { PartFiles } from "../../src/sandbox/parts_on_disk.ts";
import {
  beginPut,
  connectRaw,
  FIVE_MIB,
  incomingCount,
  joined,
  put,
  putHead,
  putStatus,
  someBytes,
  withSandbox,
} from "./sandbox_client.ts";

const TAIL_BYTES = 12_345;

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

Deno.test("the file is its parts by number, byte for byte, whatever the order they came in", () =>
  withSandbox(async (client, dir) => {
    const head = someBytes(FIVE_MIB, 1);
    const middle = someBytes(FIVE_MIB + 1, 2);
    const late = someBytes(FIVE_MIB + 2, 3);
    const end = someBytes(TAIL_BYTES, 4);
    const whole = joined([head, middle, late, end]);
    const id = await client.create("take.mov", "video/quicktime");
    const [middleUrl, lateUrl] = await client.register(id, [
      { number: 2, size: middle.length, is_final: false },
      { number: 10, size: late.length, is_final: false },
    ]);
    assertEquals(await putStatus(lateUrl!, late), 200);
    const [endUrl, headUrl] = await client.register(id, [
      { number: 11, size: end.length, is_final: true },
      { number: 1, size: head.length, is_final: false },
    ], whole.length);
    assertEquals(await putStatus(endUrl!, end), 200);
    assertEquals(await putStatus(middleUrl!, middle), 200);
    const { status, size, sha256: early } = await client.shown(id);
    assertEquals({ status, size, early }, {
      status: "uploading",
      size: whole.length,
      early: null,
    });
    assertEquals(await putStatus(headUrl!, head), 200);

    const asset = await client.completed(id);
    assertEquals([asset.size, asset.sha256], [whole.length, sha256(whole)]);
    assertEquals(asset.parts.map((part) => part.number), [1, 2, 10, 11]);
    const response = await fetch(`${client.baseUrl}/sandbox/assets/${id}/file`);
    assertEquals(response.headers.get("content-length"), String(whole.length));
    assertEquals(response.headers.get("content-type"), "video/quicktime");
    assertEquals(sha256(new Uint8Array(await response.arrayBuffer())), sha256(whole));

    // No second copy: what lies on disk is the parts.
    const sizes = [...Deno.readDirSync(`${dir}/parts/${id}`)]
      .map(({ name }) => Deno.statSync(`${dir}/parts/${id}/${name}`).size);
    assertEquals(sizes.reduce((sum, bytes) => sum + bytes, 0), whole.length);
    assertEquals(incomingCount(dir), 0);
  }));

Deno.test("GET /sandbox/assets shows files from creation, oldest first, without a token", () =>
  withSandbox(async (client) => {
    const read = async () => await (await fetch(`${client.baseUrl}/sandbox/assets`)).json();
    assertEquals(await read(), { assets: [] });
    const first = await client.create("a.mov");
    const second = await client.create("b.mov");
    const created = {
      ...{ kind: "realtime", parent: "root", mediaType: "video/quicktime" },
      ...{ status: "created", size: null, sha256: null, parts: [] },
    };
    assertEquals(await read(), {
      assets: [{ id: first, name: "a.mov", ...created }, { id: second, name: "b.mov", ...created }],
    });
    await client.register(first, [{ number: 4, size: FIVE_MIB, is_final: false }]);
    const parts = [{ number: 4, size: FIVE_MIB, storedAt: null, putCount: 0 }];
    assertEquals((await read()).assets[0], {
      id: first,
      name: "a.mov",
      ...created,
      status: "uploading",
      parts,
    });
  }));

Deno.test("GET file answers 404 for an unknown asset and 409 until it is complete", () =>
  withSandbox(async (client) => {
    const statusOf = async (id: string) => {
      const response = await fetch(`${client.baseUrl}/sandbox/assets/${id}/file`);
      return (await response.json()).code;
    };
    assertEquals(await statusOf(crypto.randomUUID()), 404);
    const id = await client.create();
    assertEquals(await statusOf(id), 409);
    const [url] = await client.register(id, [{ number: 1, size: 3, is_final: true }], 3);
    assertEquals(await statusOf(id), 409);
    assertEquals(await putStatus(url!, someBytes(3, 1)), 200);
    await client.completed(id);
    const head = await fetch(`${client.baseUrl}/sandbox/assets/${id}/file`, { method: "HEAD" });
    assertEquals([head.status, head.headers.get("content-length")], [200, "3"]);
  }));

Deno.test("GET file that a client breaks off leaks nothing", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const size = 4 * FIVE_MIB;
    const [url] = await client.register(id, [{ number: 1, size, is_final: true }], size);
    assertEquals(await putStatus(url!, someBytes(size, 1)), 200);
    await client.completed(id);
    const response = await fetch(`${client.baseUrl}/sandbox/assets/${id}/file`);
    const reader = response.body!.getReader();
    await reader.read();
    await reader.cancel();
  }));

Deno.test("a PUT to an assembled asset is refused and changes nothing", () =>
  withSandbox(async (client) => {
    const id = await client.create();
    const part = { number: 1, size: TAIL_BYTES, is_final: true };
    const [url] = await client.register(id, [part], TAIL_BYTES);
    assertEquals(await putStatus(url!, someBytes(TAIL_BYTES, 1)), 200);
    const before = await client.completed(id);
    const [fresh] = await client.register(id, [part], TAIL_BYTES);
    for (const again of [url!, fresh!]) {
      const response = await put(again, someBytes(TAIL_BYTES, 2));
      assertEquals(response.status, 404);
      assertMatch(await response.text(), /<Code>NoSuchUpload<\/Code>/);
    }
    // Refused before a byte of the body is read.
    using raw = await connectRaw(url!);
    await raw.send(putHead(url!, `Content-Length: ${TAIL_BYTES}`));
    assertMatch(await raw.answer("</Error>"), /^HTTP\/1.1 404 [^]*<Code>NoSuchUpload<\/Code>/);
    assertEquals(await client.shown(id), before);
  }));

Deno.test("two PUTs of one part at once both count, and the part is the one that ended last", () =>
  withSandbox(async (client, dir) => {
    const id = await client.create();
    const part = { number: 1, size: FIVE_MIB, is_final: false };
    const [url] = await client.register(id, [part]);
    const slow = someBytes(FIVE_MIB, 1);
    using raw = await beginPut(url!, FIVE_MIB, dir);
    await raw.send(slow.subarray(0, -1));
    assertEquals(await putStatus(url!, someBytes(FIVE_MIB, 2)), 200);
    await raw.send(slow.subarray(-1));
    await raw.answer("HTTP/1.1 200 OK");
    assertEquals((await client.shown(id)).parts[0]!.putCount, 2);
    assertEquals(await Deno.readFile(`${dir}/parts/${id}/part_1`), slow);
  }));

Deno.test("a PUT that ends after another one completed its asset is refused and changes nothing", () =>
  withSandbox(async (client, dir) => {
    const id = await client.create();
    const [url] = await client.register(
      id,
      [{ number: 1, size: FIVE_MIB, is_final: true }],
      FIVE_MIB,
    );
    const slow = someBytes(FIVE_MIB, 1);
    const quick = someBytes(FIVE_MIB, 2);
    using raw = await beginPut(url!, FIVE_MIB, dir);
    await raw.send(slow.subarray(0, -1));
    assertEquals(await putStatus(url!, quick), 200);
    await raw.send(slow.subarray(-1));
    const answer = await raw.answer("</Error>");
    assertMatch(answer, /^HTTP\/1.1 404 [^]*<Code>NoSuchUpload<\/Code>/);
    const asset = await client.completed(id);
    assertEquals([asset.sha256, asset.parts[0]!.putCount], [sha256(quick), 1]);
    assertEquals(incomingCount(dir), 0);
  }));

Deno.test("an asset whose parts' bytes are not kept completes without a sha256", () => {
  const seen: string[] = [];
  const digestOnly: PartFiles = {
    async write(assetId, number, body, sizeBytes) {
      let count = 0;
      for await (const chunk of body) count += chunk.length;
      seen.push(`${assetId} ${number} ${sizeBytes} ${count}`);
      return { digest: "d1", keep: () => {}, discard: () => {} };
    },
    read: () => Promise.resolve(null),
  };
  return withSandbox(async (client) => {
    const id = await client.create();
    const [url] = await client.register(id, [{ number: 3, size: 9, is_final: true }], 9);
    const response = await put(url!, someBytes(9, 1));
    await response.body?.cancel();
    assertEquals(response.headers.get("etag"), '"d1"');
    assertEquals((await client.completed(id)).sha256, null);
    assertEquals(seen, [`${id} 3 9 9`]);
    const file = await fetch(`${client.baseUrl}/sandbox/assets/${id}/file`);
    assertEquals((await file.json()).code, 404);
  }, { parts: digestOnly });
});

Deno.test("a file that cannot be put together is told to onFailure", async () => {
  const failures: string[] = [];
  await withSandbox(async (client) => {
    const id = await client.create();
    const [url] = await client.register(id, [{ number: 1, size: 9, is_final: true }], 9);
    assertEquals(await putStatus(url!, someBytes(9, 1)), 200);
    assertEquals((await client.shown(id)).status, "uploading");
    assertEquals(failures, [`Cannot assemble asset ${id}: gone`]);
  }, {
    onFailure: (error) => failures.push(error.message),
    parts: {
      async write(_assetId, _number, body) {
        await body.cancel();
        return { digest: "0", keep: () => {}, discard: () => {} };
      },
      read: () => Promise.reject(new Error("gone")),
    },
  });
});
