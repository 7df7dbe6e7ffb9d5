/** The real program and the sandbox against a real S3 server: Ceph's radosgw. */
import { assert, assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import { join } from "@std/path";
import { createHash } from "node:crypto";
import { Rejected, UrlExpired } from "../../src/errors.ts";
import { MIB } from "../../src/parts/limits.ts";
import { systemRangeDigest } from "../../src/runtime/range_digest.ts";
import { type Sandbox, startSandbox as startOwnSandbox } from "../../src/sandbox/server.ts";
import { putPart } from "../../src/transfer/put.ts";
import { clientOf, someBytes } from "../sandbox/sandbox_client.ts";
import { memorySource } from "../support/memory_source.ts";
import { roll } from "./camera.ts";
import { ACCESS, openDesk } from "./desk.ts";
import { start } from "./program.ts";
import { noRadosgw, type Radosgw, startRadosgw } from "./radosgw.ts";
import { type SandboxProcess, startSandbox } from "./sandbox.ts";
import { sideBySide } from "./side_by_side.ts";

const TYPE = "video/quicktime";
const SIGNED = { "content-type": TYPE, "x-amz-acl": "private" };
const SECRETS = /X-Amz-(Signature|Credential)|secretsecret/i;

/** A growing recording arrives on the real server, bit for bit. */
async function checkGrowing(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("Tag 3 „A-Cam“ 🎬.mov");
  const step = () => ({ bytes: 2 * MIB, pauseMs: 20 });
  await using camera = await roll(path, { mostBytes: 40 * MIB, step });
  const program = desk.watch(path, ["--json"]);
  await program.event((event) => event.type === "part.stored" && event.number === 3);
  assert(camera.sizeBytes() > 0);
  await camera.full;
  await camera.stop();
  const { code, out, err } = await program.ended();
  assertEquals(code, 0, err);
  const asset = await sandbox.arrived("Tag 3 „A-Cam“ 🎬.mov", path);
  assert(asset.parts.length > 4 && asset.parts.every(({ storedAt }) => storedAt !== null));
  const answer = await fetch(`${sandbox.url}/sandbox/assets/${asset.id}/file`);
  assertEquals(await answer.bytes(), await Deno.readFile(path), "as the sandbox hands it out");
  for (const text of [out, err, sandbox.program.printed()]) assertNotMatch(text, SECRETS);
}

/** A finished file, whose parts and URLs all come with the asset. */
async function checkFinished(sandbox: SandboxProcess): Promise<void> {
  await using desk = await openDesk(sandbox.url);
  const path = desk.path("it's done 🎬.mov");
  await Deno.writeFile(path, someBytes(50_645_990, 3)); // the guide's example: three parts
  await using program = start(["upload", path, ...desk.place, "--json"], { env: ACCESS });
  const { code, out, err } = await program.ended();
  assertEquals(code, 0, err);
  const { parts } = await sandbox.arrived("it's done 🎬.mov", path);
  assertEquals(parts.map(({ size }) => size), [16_881_997, 16_881_997, 16_881_996]);
  for (const text of [out, err, sandbox.program.printed()]) assertNotMatch(text, SECRETS);
}

/** A fresh asset's one part: its presigned URL, from a sandbox. */
async function urlFrom(baseUrl: string, sizeBytes: number): Promise<{ id: string; url: string }> {
  const client = clientOf(baseUrl);
  const id = await client.create();
  const part = { number: 1, size: sizeBytes, is_final: true };
  const [url] = await client.register(id, [part], sizeBytes);
  return { id, url: url! };
}

const SMALL = someBytes(1000, 7);

/** What no uploader may send, and what the real server says to it. */
async function checkRefused(sandbox: SandboxProcess, old: Sandbox): Promise<void> {
  const { id, url } = await urlFrom(sandbox.url, SMALL.length);
  const expired = await urlFrom(old.baseUrl, SMALL.length);
  const stream = () => new Blob([SMALL]).stream();
  const cases: readonly [string, string, HeadersInit, BodyInit, number, string][] = [
    ["another type", url, { ...SIGNED, "content-type": "video/mp4" }, SMALL, 403, "Signature"],
    ["no type", url, { "x-amz-acl": "private" }, SMALL, 403, "SignatureDoesNotMatch"],
    ["no acl", url, { "content-type": TYPE }, SMALL, 403, "SignatureDoesNotMatch"],
    ["another acl", url, { ...SIGNED, "x-amz-acl": "public-read" }, SMALL, 403, "Signature"],
    ["chunked", url, SIGNED, stream(), 411, "MissingContentLength"],
    ["a token", url, { ...SIGNED, authorization: "Bearer x" }, SMALL, 400, "InvalidArgument"],
    ["a changed URL", url.replace("part_1", "part_2"), SIGNED, SMALL, 403, "Signature"],
    ["an expired URL", expired.url, SIGNED, SMALL, 403, "AccessDenied"],
  ];
  for (const [name, to, headers, body, status, code] of cases) {
    const answer = await fetch(to, { method: "PUT", headers, body });
    const text = await answer.text();
    assertEquals([answer.status, text.includes(`<Code>${code}`)], [status, true], name + text);
  }
  assertEquals((await clientOf(sandbox.url).shown(id)).parts[0]!.storedAt, null);
}

/** What reeltime's own PUT makes of the real server's answers. */
async function checkClasses(rgw: Radosgw, sandbox: SandboxProcess, old: Sandbox): Promise<void> {
  const digests = systemRangeDigest();
  const put = (url: string, filetype = TYPE) => {
    const order = { partNumber: 1, range: { start: 0, end: SMALL.length }, url, filetype };
    const { signal } = new AbortController();
    return putPart(digests, memorySource(SMALL), order, signal, () => {});
  };
  try {
    const { id, url } = await urlFrom(sandbox.url, SMALL.length);
    const expired = await urlFrom(old.baseUrl, SMALL.length);
    await assertRejects(() => put(expired.url), UrlExpired, "403 AccessDenied");
    for (const wrong of [() => put(url, "video/mp4"), () => put(url.replace("part_1", "part_2"))]) {
      const error = await assertRejects(wrong, Rejected, "403 SignatureDoesNotMatch");
      assertNotMatch(Deno.inspect(error), SECRETS);
    }
    const nowhere = url.replace(`/${rgw.bucket}/`, "/nowhere/");
    await assertRejects(() => put(nowhere), Rejected);
    await put(url);
    assertEquals((await clientOf(sandbox.url).completed(id)).status, "complete");
  } finally {
    digests.close();
  }
}

/** The server cannot know a part's size: the sandbox does not take another one for the part. */
async function checkSize(sandbox: SandboxProcess): Promise<void> {
  const { id, url } = await urlFrom(sandbox.url, SMALL.length);
  const put = async (body: Uint8Array<ArrayBuffer>) => {
    const answer = await fetch(url, { method: "PUT", headers: SIGNED, body });
    await answer.body?.cancel();
    assertEquals(answer.status, 200);
  };
  await put(SMALL.slice(1));
  const client = clientOf(sandbox.url);
  assertEquals((await client.shown(id)).status, "uploading");
  await sandbox.program.line(/Part 1 of asset \S+ has 999 bytes on the server, but .* 1000/);
  await put(SMALL);
  assertEquals((await client.completed(id)).parts[0]!.storedAt !== null, true);
}

/** What came while the sandbox was away is seen when it is back, also by who never asked before. */
async function checkRestart(rgw: Radosgw, dir: string): Promise<void> {
  const options = { dir, hostname: "127.0.0.1", port: 0, s3: placeOf(rgw) };
  const before = await startOwnSandbox(options);
  const { id, url } = await urlFrom(before.baseUrl, SMALL.length);
  await before.shutdown();
  const answer = await fetch(url, { method: "PUT", headers: SIGNED, body: SMALL });
  await answer.body?.cancel();
  assertEquals(answer.status, 200);
  const after = await startOwnSandbox(options);
  try {
    const { sha256 } = await clientOf(after.baseUrl).completed(id);
    assertEquals(sha256, createHash("sha256").update(SMALL).digest("hex"));
  } finally {
    await after.shutdown();
  }
}

Deno.test({
  name: `reeltime against a real S3 server, radosgw${noRadosgw}`,
  ignore: noRadosgw !== "",
  async fn(t) {
    await using rgw = await startRadosgw();
    const flags = ["--s3", rgw.endpoint, "--bucket", rgw.bucket];
    await using sandbox = await startSandbox("127.0.0.1:0", flags, { env: rgw.env });
    const folder = await Deno.makeTempDir({ prefix: "reeltime-e2e-" });
    const old = await startOwnSandbox({
      dir: join(folder, "old"),
      hostname: "127.0.0.1",
      port: 0,
      s3: placeOf(rgw),
      urlLifeSeconds: 60,
      now: () => new Date(Date.now() - 3_600_000), // its URLs expired an hour ago
    });
    try {
      await sideBySide(t, [
        { name: "uploads a growing recording bit for bit", run: () => checkGrowing(sandbox) },
        { name: "uploads a finished file bit for bit", run: () => checkFinished(sandbox) },
        { name: "is refused what it never sends", run: () => checkRefused(sandbox, old) },
        { name: "knows its refusals' remedies", run: () => checkClasses(rgw, sandbox, old) },
        { name: "completes nothing whose size is another", run: () => checkSize(sandbox) },
        {
          name: "is completed by a sandbox that was away",
          run: () => checkRestart(rgw, join(folder, "away")),
        },
      ]);
    } finally {
      await old.shutdown();
      await Deno.remove(folder, { recursive: true });
    }
  },
});

function placeOf({ endpoint, bucket, env }: Radosgw) {
  return {
    endpoint,
    bucket,
    region: env.AWS_REGION!,
    accessKeyId: env.AWS_ACCESS_KEY_ID!,
    secretAccessKey: env.AWS_SECRET_ACCESS_KEY!,
  };
}
