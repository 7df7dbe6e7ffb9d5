import { assertEquals, assertNotMatch, assertRejects } from "@std/assert";
import { xxhash128 } from "hash-wasm";
import { Unavailable } from "../../src/errors.ts";
import { systemRangeDigest } from "../../src/runtime/range_digest.ts";
import { putPart } from "../../src/transfer/put.ts";
import { noise } from "../support/bytes.ts";
import { memorySource } from "../support/memory_source.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";

const BYTES = noise(300_000);
const QUERY = "X-Amz-Signature=0123456789abcdef";

/** Puts bytes 1,000 to 300,000 as part 4 to a peer that behaves as told. */
async function putTo(
  onRequest: (request: PeerRequest) => unknown,
  path = `/parts/part_4?${QUERY}`,
  signal = new AbortController().signal,
) {
  await using peer = await openPeer(onRequest);
  const digests = systemRangeDigest();
  const order = {
    partNumber: 4,
    range: { start: 1000, end: BYTES.length },
    url: peer.url + path,
    filetype: "video/quicktime",
  };
  try {
    const digest = await putPart(digests, memorySource(BYTES), order, signal, () => {});
    return { digest, requests: peer.requests };
  } finally {
    digests.close();
  }
}

/** Answers once the body is in, as S3 does. */
const answering =
  (status: number, text = "", headers: Record<string, string> = {}) =>
  async (request: PeerRequest) => {
    await request.whole;
    request.answer(status, text, headers);
  };

Deno.test("putPart() sends the signed headers, an exact length and nothing that S3 refuses", async () => {
  const { requests: [request] } = await putTo(answering(200));
  const [line, ...headers] = request!.head.split("\r\n");
  assertEquals(line, `PUT /parts/part_4?${QUERY} HTTP/1.1`);
  const names = headers.map((header) => header.split(":")[0]!.toLowerCase()).sort();
  assertEquals(names, ["connection", "content-length", "content-type", "host", "x-amz-acl"]);
  assertEquals(request!.header("content-length"), String(BYTES.length - 1000));
  assertEquals(request!.header("content-type"), "video/quicktime");
  assertEquals(request!.header("x-amz-acl"), "private");
});

Deno.test("putPart() returns the digest of the bytes that arrived", async () => {
  const { digest, requests: [request] } = await putTo(answering(200, "", { etag: '"x"' }));
  assertEquals(await request!.whole, BYTES.subarray(1000));
  assertEquals(digest, await xxhash128(BYTES.subarray(1000)));
});

Deno.test("putPart() uses the presigned URL byte for byte", async () => {
  const paths = [
    "/it's%2Fa/part_4?X-Amz-Meta=a%2Fb+c'd!(e)*&b=1&a=2&empty=&X-Amz-Signature=0%20",
    '/a/../b/./c//d?x={|}^`"&X-Amz-Signature=1',
    "/",
  ];
  for (const path of paths) {
    const { requests: [request] } = await putTo(answering(200), path);
    assertEquals(request!.head.split("\r\n")[0], `PUT ${path} HTTP/1.1`);
  }
});

Deno.test("putPart() escapes in a URL only what no request line can hold", async () => {
  const cases = [["/a b?c=ü#part", "/a%20b?c=%C3%BC"], ["?c=1", "/?c=1"], ["", "/"]] as const;
  for (const [path, sent] of cases) {
    const { requests: [request] } = await putTo(answering(200), path);
    assertEquals(request!.head.split("\r\n")[0], `PUT ${sent} HTTP/1.1`);
  }
});

Deno.test("putPart() takes nothing for stored but S3's own 200, which has no body", async () => {
  const bodies = [
    "<html><body>Log in</body></html>",
    " <!DOCTYPE HTML><title>Log in</title>",
    '{"login": true}',
    "<?xml version='1.0'?><Error><Code>InternalError</Code></Error>",
  ];
  for (const body of bodies) {
    await assertRejects(() => putTo(answering(200, body)), Unavailable, "part 4", body);
  }
  for (const status of [201, 202, 302]) {
    await assertRejects(() => putTo(answering(status)), Unavailable, "part 4");
  }
});

Deno.test("putPart() throws the class of the answer, without a word of the URL", async () => {
  const expired = "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>";
  const cases = [[403, expired, "UrlExpired"], [501, "", "Rejected"], [
    503,
    "",
    "Unavailable",
  ]] as const;
  for (const [status, text, name] of cases) {
    const error = await assertRejects(() => putTo(answering(status, text)), Error);
    assertEquals(error.name, name);
    assertNotMatch(Deno.inspect(error), /X-Amz-Signature|parts\/part_4/);
  }
});
