import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Config, Unavailable } from "../../src/errors.ts";
import { type HttpRequest, MAX_ANSWER_BYTES, systemHttp } from "../../src/runtime/http.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";
import { within } from "../support/within.ts";

const SECRET = "fio-u-secret";

/** A POST with a token, as the API gets it. */
function post(url: string, over: Partial<HttpRequest> = {}) {
  return systemHttp.request({
    method: "POST",
    url: `${url}/v2/assets?x=1`,
    headers: { authorization: `Bearer ${SECRET}`, "content-type": "application/json" },
    body: '{"a":1}',
    timeoutMs: 10_000,
    signal: new AbortController().signal,
    ...over,
  });
}

/** The exchange failed as an outage of the network; neither path nor token is in its words. */
async function assertOutage(exchange: Promise<unknown>, words: RegExp): Promise<void> {
  const error = await assertRejects(() => within(exchange), Unavailable);
  assertEquals(error.outage, "network");
  assertMatch(error.message, words);
  assertNotMatch(error.message, /assets/);
  assertNotMatch(Deno.inspect(error), /secret/);
}

Deno.test("systemHttp sends what it is given and returns status, headers and text", async () => {
  await using peer = await openPeer(async (request) => {
    await request.whole;
    request.answer(418, '{"b":"ü"}', { "retry-after": "7" });
  });
  const answer = await post(peer.url);
  assertEquals([answer.status, answer.text], [418, '{"b":"ü"}']);
  assertEquals(answer.headers.get("retry-after"), "7");
  const [request] = peer.requests;
  assertEquals(request!.head.split("\r\n")[0], "POST /v2/assets?x=1 HTTP/1.1");
  assertEquals(request!.header("authorization"), `Bearer ${SECRET}`);
  assertEquals(new TextDecoder().decode(request!.received()), '{"a":1}');
});

Deno.test("systemHttp follows no redirect, so that no token goes elsewhere", async () => {
  await using elsewhere = await openPeer((request) => request.answer(200));
  await using peer = await openPeer((request) =>
    request.answer(302, "", { location: elsewhere.url })
  );
  assertEquals((await post(peer.url)).status, 302);
  assertEquals(elsewhere.requests.length, 0);
});

Deno.test("systemHttp reads no more of an answer than its bound", async () => {
  await using peer = await openPeer(async (request) => {
    request.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`;
    const timer = setInterval(() => request.write(chunk), 0);
    await request.gone;
    clearInterval(timer);
  });
  const { text } = await within(post(peer.url));
  assert(text.length > MAX_ANSWER_BYTES && text.length < MAX_ANSWER_BYTES + 1024 * 1024);
});

Deno.test("systemHttp fails when the connection breaks before or within the answer", async () => {
  const breaks: ((request: PeerRequest) => void)[] = [
    (request) => request.end(),
    (request) => request.reset(),
    (request) => request.write("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
    (request) => {
      request.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{");
      request.end();
    },
  ];
  for (const onRequest of breaks) {
    await using peer = await openPeer(onRequest);
    await assertOutage(post(peer.url), /^Cannot reach 127\.0\.0\.1:\d+: the connection failed$/);
  }
});

Deno.test("systemHttp gives up after its time, also within the answer", async () => {
  const slow: ((request: PeerRequest) => void)[] = [
    () => {},
    (request) => request.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{"),
  ];
  for (const onRequest of slow) {
    await using peer = await openPeer(onRequest);
    await assertOutage(post(peer.url, { timeoutMs: 100 }), /: no answer within \d+ s$/);
  }
});

Deno.test("systemHttp tells a host without a name and a port without a listener apart", async () => {
  const { url } = await (async () => {
    await using peer = await openPeer(() => {});
    return peer;
  })();
  await assertOutage(post(url), /: connection refused$/);
  await assertOutage(post("http://reeltime.invalid"), /reeltime\.invalid: its name was not found/);
});

Deno.test("systemHttp rejects with the signal's reason when it is aborted", async () => {
  const abort = new AbortController();
  await using peer = await openPeer(() => abort.abort(new Error("suspended")));
  const { signal } = abort;
  await assertRejects(() => within(post(peer.url, { signal })), Error, "suspended");
  await assertRejects(() => post(peer.url, { signal }), Error, "suspended");
  assertEquals(peer.requests.length, 1);
});

Deno.test({
  name: "systemHttp says which permission Deno was not given, and does not try again",
  permissions: { net: ["localhost:1"] },
  async fn() {
    const error = await assertRejects(() => post("http://127.0.0.1:8091"), Config);
    assertMatch(error.message, /^Cannot reach 127\.0\.0\.1:8091: Requires net access/);
  },
});

Deno.test("systemHttp.request() waits for a long answer as long as something of it comes", async () => {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, () => {
    const pieces = ["[", '"a",', '"b"', "]"];
    const body = new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        const piece = pieces.shift();
        if (piece === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(piece));
      },
    });
    return new Response(body);
  });
  const url = `http://127.0.0.1:${server.addr.port}/`;
  // All of it takes longer than the bound, each piece of it a third.
  const { text } = await systemHttp.request({
    ...{ method: "GET", url, headers: {}, timeoutMs: 1500 },
    signal: new AbortController().signal,
  });
  assertEquals(text, '["a","b"]');
  await server.shutdown();
});
