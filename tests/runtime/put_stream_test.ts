import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";

import { Config, Unavailable } from "../../src/errors.ts";
import { MAX_PUT_ANSWER_BYTES } from "../../src/runtime/put_answer.ts";
import type { WriteBytes } from "../../src/runtime/put_exchange.ts";
import { putStream } from "../../src/runtime/put_stream.ts";
import { noise } from "../support/bytes.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";
import { within } from "../support/within.ts";

const MIB = 1024 * 1024;
const PIECE = noise(256 * 1024);
const never = new AbortController().signal;
const SECRET = "X-Amz-Signature=0123";

/** Feeds `sizeBytes` in pieces. */
function feedOf(sizeBytes: number) {
  return async (write: WriteBytes) => {
    for (let left = sizeBytes; left > 0; left -= PIECE.length) {
      await write(PIECE.subarray(0, Math.min(left, PIECE.length)));
    }
  };
}

/** One PUT of `sizeBytes` to a peer that behaves as told. */
async function putTo(
  onRequest: (request: PeerRequest) => unknown,
  sizeBytes: number,
  options: { stallMs?: number; signal?: AbortSignal; feed?: ReturnType<typeof feedOf> } = {},
) {
  await using peer = await openPeer(onRequest);
  const stream = putStream();
  const url = `${peer.url}/part?${SECRET}`;
  const { stallMs = 20_000, signal = never, feed = feedOf(sizeBytes) } = options;
  try {
    const answer = await stream.put({ url, headers: {}, stallMs }, sizeBytes, signal, feed);
    return { answer, requests: peer.requests };
  } finally {
    stream.close();
  }
}

/** The attempt failed as an outage of the network whose words keep the URL to themselves. */
async function assertOutage(attempt: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await assertRejects(() => within(attempt), Unavailable);
  assertEquals(error.outage, "network");
  assertMatch(error.message, words);
  assertNotMatch(Deno.inspect(error), /X-Amz-Signature/);
}

Deno.test("put() returns a refusal that comes while the body is still going out", async () => {
  const refuse = (request: PeerRequest) => request.answer(403, "<Code>AccessDenied</Code>");
  const { answer } = await putTo(refuse, 64 * MIB);
  assertEquals(answer.status, 403);
  assertEquals(answer.text, "<Code>AccessDenied</Code>");
});

Deno.test("put() returns a refusal whose connection is closed behind it", async () => {
  const { answer } = await putTo((request) => {
    request.answer(403, "<Code>AccessDenied</Code>", { connection: "close" });
    request.end();
  }, 64 * MIB);
  assertEquals(answer.status, 403);
});

Deno.test("put() takes no 200 for an answer that comes before the body was handed over", async () => {
  const early = (request: PeerRequest) => request.answer(200);
  await assertOutage(putTo(early, 64 * MIB), /answered before the whole part was sent/);
});

Deno.test("put() fails when the connection is reset half-way", async () => {
  const resetting = (request: PeerRequest) => request.reset();
  await assertOutage(putTo(resetting, 64 * MIB), /Cannot send to 127\.0\.0\.1:\d+: E[A-Z]+$/);
});

Deno.test("put() fails when the connection ends after the body without an answer", async () => {
  const ending = async (request: PeerRequest) => {
    await request.whole;
    request.end();
  };
  await assertOutage(putTo(ending, MIB), /: ECONNRESET$/);
});

Deno.test("put() fails when the answer is cut short", async () => {
  const cutting = async (request: PeerRequest) => {
    await request.whole;
    request.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfifty");
    request.end();
  };
  await assertOutage(putTo(cutting, 1000), /Cannot send/);
});

Deno.test("put() fails when something else than HTTP answers", async () => {
  const greeting = (request: PeerRequest) => request.write("220 mail.example ESMTP\r\n");
  await assertOutage(putTo(greeting, 1000), /Cannot send/);
});

Deno.test("put() fails where nobody listens", async () => {
  const { url } = await (async () => {
    await using peer = await openPeer(() => {});
    return peer;
  })();
  const stream = putStream();
  const target = { url: `${url}/part?${SECRET}`, headers: {}, stallMs: 20_000 };
  await assertOutage(stream.put(target, 5, never, feedOf(5)), /: ECONNREFUSED$/);
  stream.close();
});

for (const protocol of ["http", "https"]) {
  Deno.test({
    name: `put() over ${protocol} says which permission Deno was not given, and does not try again`,
    permissions: { net: ["localhost:1"], env: "inherit" },
    async fn() {
      const stream = putStream();
      const url = `${protocol}://127.0.0.1:9/part?${SECRET}`;
      const put = () => stream.put({ url, headers: {}, stallMs: 20_000 }, 5, never, feedOf(5));
      const error = await assertRejects(() => within(put()), Config);
      assertMatch(error.message, /^Cannot send to 127\.0\.0\.1:9: Requires \w+ access/);
      assertNotMatch(error.message, /X-Amz/);
      stream.close();
    },
  });
}

Deno.test("put() gives up a peer that stops reading", async () => {
  const deaf = (request: PeerRequest) => request.stopReading();
  await assertOutage(putTo(deaf, 64 * MIB, { stallMs: 300 }), /: no progress for \d+ s$/);
});

Deno.test("put() gives up a peer that never answers", async () => {
  await assertOutage(putTo(() => {}, 10, { stallMs: 300 }), /: no progress for \d+ s$/);
});

Deno.test("put() reads no more of an endless answer than its bound", async () => {
  const endless = async (request: PeerRequest) => {
    await request.whole;
    request.write("HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n");
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const timer = setInterval(() => request.write(chunk), 1);
    await request.gone;
    clearInterval(timer);
  };
  await using peer = await openPeer(endless);
  const stream = putStream();
  const target = { url: peer.url, headers: {}, stallMs: 20_000 };
  const answer = await within(stream.put(target, 10, never, feedOf(10)));
  assertEquals(answer.status, 503);
  assertEquals(answer.text.length, MAX_PUT_ANSWER_BYTES);
  await within(peer.requests[0]!.gone);
  stream.close();
});

Deno.test("put() ends at once with the signal's reason, and drops the connection", async () => {
  const deaf = (request: PeerRequest) => request.stopReading();
  const slowDisk = async (write: WriteBytes) => {
    await write(PIECE);
    await new Promise(() => {});
  };
  const cases = [
    { onRequest: deaf, sizeBytes: 64 * MIB, feed: feedOf(64 * MIB) },
    { onRequest: () => {}, sizeBytes: 10, feed: feedOf(10) },
    { onRequest: () => {}, sizeBytes: MIB, feed: slowDisk },
  ];
  for (const { onRequest, sizeBytes, feed } of cases) {
    const abort = new AbortController();
    const begun = Promise.withResolvers<PeerRequest>();
    const attempt = putTo(
      (request) => {
        onRequest(request);
        begun.resolve(request);
      },
      sizeBytes,
      { signal: abort.signal, feed },
    );
    attempt.catch(() => {}); // awaited below
    const request = await within(begun.promise);
    abort.abort(new Error("suspended"));
    await assertRejects(() => within(attempt, 2000), Error, "suspended");
    await within(request.gone);
  }
});

Deno.test("put() sends nothing once it is aborted", async () => {
  const signal = AbortSignal.abort(new Error("suspended"));
  let asked = false;
  await assertRejects(() => putTo(() => asked = true, 10, { signal }), Error, "suspended");
  assert(!asked);
});

Deno.test("put() hands on what the feed throws, and completes no request with it", async () => {
  const begun = Promise.withResolvers<PeerRequest>();
  const feed = async (write: WriteBytes) => {
    await write(PIECE);
    await begun.promise;
    throw new RangeError("out of tape");
  };
  await assertRejects(() => putTo(begun.resolve, MIB, { feed }), RangeError, "out of tape");
  const request = await begun.promise;
  await within(request.gone);
  assert(request.received().length < MIB);
});
