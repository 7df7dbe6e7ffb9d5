import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { Config, StateFailure } from "../../src/errors.ts";
import { openPartsOnDisk } from "../../src/sandbox/parts_on_disk.ts";
import {
  beginPut,
  clientOf,
  FIVE_MIB,
  incomingCount,
  joined,
  put,
  putStatus,
  someBytes,
  start,
  withFolder,
} from "./sandbox_client.ts";
import { spawnSandbox } from "./spawn_sandbox.ts";

const HEAD = someBytes(FIVE_MIB, 1);
const END = someBytes(FIVE_MIB + 5, 2);
const WHOLE_SHA256 = createHash("sha256").update(joined([HEAD, END])).digest("hex");
const PARTS = [
  { number: 1, size: HEAD.length, is_final: false },
  { number: 2, size: END.length, is_final: true },
];

Deno.test("a take goes on after shutdown() and a new start, with the URLs given before", () =>
  withFolder(async (dir) => {
    const first = await start(dir);
    const client = clientOf(first.baseUrl);
    const id = await client.create();
    const [headUrl, endUrl] = await client.register(id, PARTS, HEAD.length + END.length);
    assertEquals(await putStatus(endUrl!, END), 200);
    const before = await client.shown(id);
    await first.shutdown();

    const second = await start(dir, { port: first.port });
    try {
      assertEquals(await client.shown(id), before);
      assertEquals(await putStatus(headUrl!, HEAD), 200);
      assertEquals((await client.completed(id)).sha256, WHOLE_SHA256);
    } finally {
      await second.shutdown();
    }
  }));

Deno.test("a take goes on after kill -9 inside a PUT: what was answered counts, half a part does not", () =>
  withFolder(async (dir) => {
    const killed = await spawnSandbox(dir);
    const client = clientOf(killed.baseUrl);
    const id = await client.create();
    const [headUrl, endUrl] = await client.register(id, PARTS, HEAD.length + END.length);
    assertEquals(await putStatus(headUrl!, HEAD), 200);
    const { parts: [head] } = await client.shown(id);
    using raw = await beginPut(endUrl!, END.length, dir);
    await raw.send(END.subarray(0, -1));
    await killed.kill();
    assertEquals(incomingCount(dir), 1);

    const sandbox = await start(dir, { port: Number(new URL(killed.baseUrl).port) });
    try {
      assertEquals(incomingCount(dir), 0);
      assertEquals((await client.shown(id)).parts, [
        head!,
        { number: 2, size: END.length, storedAt: null, putCount: 0 },
      ]);
      assertEquals(await putStatus(endUrl!, END), 200);
      assertEquals((await client.completed(id)).sha256, WHOLE_SHA256);
    } finally {
      await sandbox.shutdown();
    }
  }));

Deno.test("shutdown() ends while a PUT stalls, and lets go of its file", () =>
  withFolder(async (dir) => {
    const sandbox = await start(dir);
    const client = clientOf(sandbox.baseUrl);
    const id = await client.create();
    const [url] = await client.register(id, PARTS, HEAD.length + END.length);
    using raw = await beginPut(url!, HEAD.length, dir);
    await raw.send("a few bytes");
    await sandbox.shutdown();
    assertEquals(incomingCount(dir), 0);
    await assertRejects(() => raw.answer("HTTP/1.1 200"), Error);
  }));

Deno.test("an assembly that shutdown() broke off is begun again at the next start", () =>
  withFolder(async (dir) => {
    const disk = await openPartsOnDisk(dir);
    const gate = Promise.withResolvers<void>();
    const reading = Promise.withResolvers<void>();
    const numbersRead: number[] = [];
    const failures: Error[] = [];
    const first = await start(dir, {
      onFailure: (error) => failures.push(error),
      parts: {
        write: disk.write,
        async read(assetId, number) {
          numbersRead.push(number);
          reading.resolve();
          await gate.promise;
          return disk.read(assetId, number);
        },
      },
    });
    const client = clientOf(first.baseUrl);
    const id = await client.create();
    const urls = await client.register(id, PARTS, HEAD.length + END.length);
    assertEquals(await putStatus(urls[0]!, HEAD), 200);
    assertEquals(await putStatus(urls[1]!, END), 200);
    await reading.promise;
    assertEquals((await client.shown(id)).status, "uploading");
    const ended = first.shutdown();
    gate.resolve();
    await ended;

    const second = await start(dir);
    try {
      const asset = await clientOf(second.baseUrl).completed(id);
      assertEquals(asset.sha256, WHOLE_SHA256);
    } finally {
      await second.shutdown();
    }
    assertEquals([numbersRead, failures], [[1], []]);
  }));

Deno.test("a PUT of a part that nobody registered is refused with NoSuchKey", () =>
  withFolder(async (dir) => {
    const first = await start(dir);
    const client = clientOf(first.baseUrl);
    const [url] = await client.register(await client.create(), [PARTS[0]!]);
    await first.shutdown();
    await Deno.remove(`${dir}/sandbox.sqlite`);

    const second = await start(dir, { port: first.port });
    try {
      const response = await put(url!, HEAD);
      assertEquals(response.status, 404);
      assertStringIncludes(await response.text(), "<Code>NoSuchKey</Code>");
    } finally {
      await second.shutdown();
    }
  }));

Deno.test("a URL past its life gives way to a fresh one for the same part", () =>
  withFolder(async (dir) => {
    const brief = await start(dir, { urlLifeSeconds: 0 });
    const id = await clientOf(brief.baseUrl).create();
    const part = { number: 1, size: FIVE_MIB, is_final: false };
    const [expired] = await clientOf(brief.baseUrl).register(id, [part]);
    await brief.shutdown();

    const sandbox = await start(dir, { port: brief.port });
    try {
      assertStringIncludes(await (await put(expired!, HEAD)).text(), "Request has expired");
      const [fresh] = await clientOf(sandbox.baseUrl).register(id, [part]);
      assertEquals(await putStatus(fresh!, HEAD), 200);
    } finally {
      await sandbox.shutdown();
    }
  }));

Deno.test("the signing key is readable by its owner only", () =>
  withFolder(async (dir) => {
    await (await start(`${dir}/new/folder`)).shutdown();
    const { mode } = await Deno.stat(`${dir}/new/folder/signing-key`);
    if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600);
  }));

Deno.test("startSandbox() refuses a broken signing key and names its file", () =>
  withFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/signing-key`, "");
    await assertRejects(() => start(dir), StateFailure, `${dir}/signing-key: it holds no key`);
  }));

Deno.test("startSandbox() refuses a folder that another sandbox uses", () =>
  withFolder(async (dir) => {
    const sandbox = await start(dir);
    try {
      await assertRejects(() => start(dir), StateFailure, "another sandbox uses this folder");
    } finally {
      await sandbox.shutdown();
    }
  }));

Deno.test("startSandbox() refuses a folder that cannot be made", () =>
  withFolder(async (dir) => {
    await Deno.writeTextFile(`${dir}/file`, "");
    await assertRejects(() => start(`${dir}/file/x`), StateFailure, `${dir}/file/x`);
  }));

Deno.test("startSandbox() refuses a port that is taken", () =>
  withFolder(async (dir) => {
    const sandbox = await start(`${dir}/a`);
    try {
      const again = () => start(`${dir}/b`, { port: sandbox.port });
      await assertRejects(again, Config, `port ${sandbox.port}`);
    } finally {
      await sandbox.shutdown();
    }
  }));
