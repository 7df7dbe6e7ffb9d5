import { assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Config } from "../../src/errors.ts";
import { openRealS3 } from "../../src/sandbox/real_s3.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";
import { start, withFolder, withSandbox } from "./sandbox_client.ts";

const KEYS = {
  bucket: "takes",
  region: "eu-central-1",
  accessKeyId: "AKID",
  secretAccessKey: "open-sesame",
};

const EMPTY = "<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>";

/** The target of a request, as a URL. */
function target(request: PeerRequest): URL {
  return new URL(request.head.split(" ")[1]!, "http://s3.test");
}

function listed(numbers: readonly number[], next: string): string {
  const objects = numbers.map((number) =>
    `<Contents><Key>parts/a1/part_${number}</Key><LastModified>2026-11-20T12:00:00.000Z` +
    `</LastModified><ETag>&quot;x&quot;</ETag><Size>${number * 10}</Size></Contents>`
  );
  const token = next === "" ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`;
  return `<?xml version="1.0"?><ListBucketResult>${objects.join("")}${token}</ListBucketResult>`;
}

Deno.test("RealS3.list() follows a list over its pages", async () => {
  await using peer = await openPeer((request) => {
    const { searchParams: query } = target(request);
    const isProbe = query.get("max-keys") === "1";
    const page = query.get("continuation-token") === "a=/+b&"
      ? listed([7], "")
      : listed([1], "a=/+b&amp;");
    request.answer(200, isProbe ? EMPTY : page, { connection: "close" });
  });
  const s3 = await openRealS3({ ...KEYS, endpoint: peer.url });
  const found = await s3.list("a1");
  assertEquals(
    [...found],
    [1, 7].map((number) => {
      return [number, { sizeBytes: number * 10, storedAt: "2026-11-20T12:00:00.000Z" }];
    }),
  );
  assertEquals(target(peer.requests[1]!).pathname, "/takes");
  assertEquals(target(peer.requests[1]!).searchParams.get("prefix"), "parts/a1/");
});

Deno.test("RealS3.list() ends with a server whose list never does", async () => {
  await using peer = await openPeer((request) => {
    request.answer(200, listed([1], "again"), { connection: "close" });
  });
  const s3 = await openRealS3({ ...KEYS, endpoint: peer.url });
  assertEquals((await s3.list("a1")).size, 1);
  assertEquals(peer.requests.length, 1 + 10);
});

Deno.test("openRealS3() says what the server has against the bucket, without keys and URLs", async () => {
  await using peer = await openPeer((request) => {
    const text = "<Error><Code>NoSuchBucket</Code><Message></Message></Error>";
    request.answer(404, text, { connection: "close" });
  });
  const error = await assertRejects(() => openRealS3({ ...KEYS, endpoint: peer.url }), Config);
  assertMatch(error.message, /bucket takes at http:\S+: it answered 404 NoSuchBucket\. .*--bucket/);
  assertNotMatch(Deno.inspect(error), /X-Amz|sesame/);
});

Deno.test("startSandbox() fails on an S3 server that is not there, and leaves its folder free", async () => {
  const { url } = await (async () => {
    await using peer = await openPeer(() => {});
    return peer;
  })();
  await withFolder(async (dir) => {
    for (let i = 0; i < 2; i++) {
      const s3 = { ...KEYS, endpoint: url };

      const attempt = start(dir, { s3 });
      const error = await assertRejects(() => attempt, Config, "no connection");
      assertNotMatch(Deno.inspect(error), /X-Amz|sesame/);
    }
  });
});

Deno.test("RealS3.urlOf() is path style, with the three signed headers and the session's token", async () => {
  await using peer = await openPeer((request) => {
    request.answer(200, EMPTY, { connection: "close" });
  });
  const place = { ...KEYS, endpoint: peer.url, sessionToken: "to/ken+" };
  const s3 = await openRealS3(place);
  const part = { assetId: "a1", number: 12, filetype: "video/quicktime" };
  const life = { lifeSeconds: 86_400, signedAt: new Date("2026-11-20T12:00:00Z") };
  const url = new URL(s3.urlOf(part, life));
  assertEquals(url.origin + url.pathname, `${peer.url}/takes/parts/a1/part_12`);
  const { searchParams: query } = url;
  assertEquals(query.get("X-Amz-SignedHeaders"), "content-type;host;x-amz-acl");
  assertEquals(query.get("X-Amz-Security-Token"), "to/ken+");
  assertEquals(query.get("X-Amz-Credential"), "AKID/20261120/eu-central-1/s3/aws4_request");
  assertEquals(query.get("X-Amz-Expires"), "86400");
});

Deno.test("the sandbox with a real S3 server takes no parts itself, and hands out URLs that lead there", async () => {
  await using peer = await openPeer((request) => {
    request.answer(200, EMPTY, { connection: "close" });
  });
  await withSandbox(async (client) => {
    const id = await client.create();
    const [url] = await client.register(id, [{ number: 1, size: 5, is_final: true }], 5);
    assertEquals(new URL(url!).origin, peer.url);
    const own = url!.replace(`${peer.url}/takes`, `${client.baseUrl}/s3`);
    const answer = await fetch(own, { method: "PUT", body: "12345" });
    await answer.body?.cancel();
    assertEquals(answer.status, 404);
  }, { s3: { ...KEYS, endpoint: peer.url } });
});
