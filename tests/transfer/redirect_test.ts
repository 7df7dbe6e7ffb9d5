import { assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import { xxhash128 } from "hash-wasm";
import { Unavailable } from "../../src/errors.ts";
import { type RangeDigest, systemRangeDigest } from "../../src/runtime/range_digest.ts";
import { putPart } from "../../src/transfer/put.ts";
import { noise } from "../support/bytes.ts";
import { memorySource } from "../support/memory_source.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";

const BYTES = noise(300_000);

async function putTo(url: string): Promise<string> {
  const digests = systemRangeDigest();
  const range = { start: 0, end: BYTES.length };
  const order = { partNumber: 4, range, url, filetype: "video/quicktime" };
  const { signal } = new AbortController();
  try {
    return await putPart(digests, memorySource(BYTES), order, signal, () => {});
  } finally {
    digests.close();
  }
}

const stored = async (request: PeerRequest) => {
  await request.whole;
  request.answer(200);
};

Deno.test("putPart() follows a 307 with the same method, headers and body", async () => {
  await using region = await openPeer(stored);
  const location = `${region.url}/parts/4?X-Amz-Signature=1`;
  // As S3 does, before the body is in.
  await using bucket = await openPeer((request) => request.answer(307, "", { location }));
  const digest = await putTo(`${bucket.url}/parts/4?X-Amz-Signature=1`);
  assertEquals(digest, await xxhash128(BYTES));
  const [request] = region.requests;
  assertEquals(request!.head.split("\r\n")[0], "PUT /parts/4?X-Amz-Signature=1 HTTP/1.1");
  assertEquals(request!.header("content-type"), "video/quicktime");
  assertEquals(request!.header("x-amz-acl"), "private");
  assertEquals(await request!.whole, BYTES);
});

Deno.test("putPart() follows a 307 to a path of the same host", async () => {
  await using bucket = await openPeer(async (request) => {
    await request.whole;
    if (request.head.startsWith("PUT /there?a=1 ")) request.answer(200);
    else request.answer(307, "", { location: "/there?a=1" });
  });
  await putTo(`${bucket.url}/here`);
  assertEquals(bucket.requests.length, 2);
});

Deno.test("putPart() gives up after two redirects, to try again later", async () => {
  await using bucket = await openPeer((request) =>
    request.answer(307, "", { location: "/on?s=1" })
  );
  const error = await assertRejects(() => putTo(`${bucket.url}/here`), Unavailable, "307");
  assertEquals(bucket.requests.length, 3);
  assertNotMatch(error.message, /\/on/);
});

Deno.test("putPart() follows no 307 that leads nowhere or away from the web", async () => {
  const locations: Record<string, string>[] = [
    {},
    { location: "http://" },
    { location: "ftp://host/part" },
    { location: "file:///etc/passwd" },
  ];
  for (const headers of locations) {
    await using bucket = await openPeer((request) => request.answer(307, "", headers));
    await assertRejects(() => putTo(`${bucket.url}/here`), Unavailable, "307");
    assertEquals(bucket.requests.length, 1);
  }
});

Deno.test("putPart() follows no 307 out of TLS", async () => {
  const asked: string[] = [];
  const digests: RangeDigest = {
    digest: () => Promise.resolve(""),
    send(_source, _range, { url }) {
      asked.push(url);
      const location = "http://bucket.example/part";
      return Promise.resolve({ answer: { status: 307, text: "", location }, digest: "" });
    },
  };
  const range = { start: 0, end: 1 };
  const order = { partNumber: 1, range, url: "https://bucket.example/part", filetype: "video/mp4" };
  const { signal } = new AbortController();
  await assertRejects(
    () => putPart(digests, memorySource(BYTES), order, signal, () => {}),
    Unavailable,
  );
  assertEquals(asked, ["https://bucket.example/part"]);
});
