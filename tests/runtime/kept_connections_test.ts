import { assertEquals } from "@std/assert";
import { putStream } from "../../src/runtime/put_stream.ts";
import { openPeer, type Peer, type PeerRequest } from "../support/raw_peer.ts";

const BODY = new TextEncoder().encode("part");
const never = new AbortController().signal;

const stored = async (request: PeerRequest) => {
  await request.whole;
  request.answer(200);
};

/** PUTs to one peer; ends with the stream closed. */
function openStream(peer: Peer) {
  const stream = putStream();
  return {
    async put() {
      const target = { url: peer.url, headers: {}, stallMs: 20_000 };
      const answer = await stream.put(target, BODY.length, never, (write) => write(BODY));
      return answer.status;
    },
    close: () => stream.close(),
    [Symbol.dispose]: () => stream.close(),
  };
}

Deno.test("put() uses one connection for many parts, one after another", async () => {
  await using peer = await openPeer(stored);
  using stream = openStream(peer);
  for (let i = 0; i < 20; i++) assertEquals(await stream.put(), 200);
  assertEquals(peer.connections(), 1);
});

Deno.test("put() holds as many connections as parts go at once, and uses those again", async () => {
  await using peer = await openPeer(stored);
  using stream = openStream(peer);
  for (let round = 0; round < 3; round++) {
    const statuses = await Promise.all(Array.from({ length: 8 }, () => stream.put()));
    assertEquals(statuses, Array(8).fill(200));
  }
  assertEquals(peer.connections(), 8);
});

Deno.test("put() does not trip over a kept connection that the storage closed or reset", async () => {
  for (const close of ["end", "reset"] as const) {
    await using peer = await openPeer(stored);
    using stream = openStream(peer);
    for (let part = 1; part <= 3; part++) {
      assertEquals(await stream.put(), 200);
      // As S3 does with a connection that was idle for some seconds.
      peer.requests.at(-1)![close]();
      await peer.requests.at(-1)!.gone;
    }
    assertEquals(peer.connections(), 3, close);
  }
});

Deno.test("put() does not use a connection again whose answer came too early", async () => {
  await using peer = await openPeer((request) => request.answer(503));
  const stream = putStream();
  const body = new Uint8Array(16 * 1024 * 1024);
  const target = { url: peer.url, headers: {}, stallMs: 20_000 };
  for (let i = 0; i < 3; i++) {
    const answer = await stream.put(target, body.length, never, (write) => write(body));
    assertEquals(answer.status, 503);
  }
  assertEquals(peer.connections(), 3);
  stream.close();
});

Deno.test("close() ends idle connections", async () => {
  await using peer = await openPeer(stored);
  const stream = openStream(peer);
  await Promise.all([stream.put(), stream.put()]);
  stream.close();
  await Promise.all(peer.requests.map((request) => request.gone));
  assertEquals(peer.open(), 0);
});
