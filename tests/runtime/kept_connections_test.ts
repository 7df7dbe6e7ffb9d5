import { assertEquals, assertRejects } from "@std/assert";
import { xxhash128 } from "hash-wasm";
import { Unavailable } from "../../src/errors.ts";
import { READ_BUFFER_BYTES, systemRangeDigest } from "../../src/runtime/range_digest.ts";
import { putStream } from "../../src/runtime/put_stream.ts";
import { noise } from "../support/bytes.ts";
import { memorySource } from "../support/memory_source.ts";
import { openPeer, type Peer, type PeerRequest } from "../support/raw_peer.ts";
import { within } from "../support/within.ts";

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

/** Stores the first part; the second one comes on the kept connection and meets with `second`. */
async function onKeptConnection(second: (request: PeerRequest) => unknown): Promise<Peer> {
  const peer = await openPeer(async (request) => {
    if (peer.requests.length === 2) return second(request);
    await stored(request);
  });
  return peer;
}

Deno.test("put() on a kept connection ends for good when it is aborted", async () => {
  const abort = new AbortController();
  await using peer = await onKeptConnection(() => abort.abort(new Error("suspended")));
  const stream = putStream();
  const target = { url: peer.url, headers: {}, stallMs: 20_000 };
  const put = () => stream.put(target, BODY.length, abort.signal, (write) => write(BODY));
  await put();
  await assertRejects(() => within(put(), 2000), Error, "suspended");
  await peer.requests[1]!.gone;
  stream.close();
  assertEquals(peer.connections(), 1, "nothing is sent after the abort");
});

Deno.test("put() on a kept connection gives up a peer that never answers", async () => {
  await using peer = await onKeptConnection(() => {});
  const stream = putStream();
  const target = { url: peer.url, headers: {}, stallMs: 100 };
  const put = () => stream.put(target, BODY.length, never, (write) => write(BODY));
  await put();
  await assertRejects(() => within(put(), 2000), Unavailable, "no progress");
  stream.close();
  assertEquals(peer.connections(), 1);
});

Deno.test("RangeDigest on a kept connection that breaks never has other bytes stored than it digests", async () => {
  // Deno's node:http sends up to 1 MiB again by itself, from buffers that hold later bytes by then.
  const bytes = noise(READ_BUFFER_BYTES * 4 - 1000);
  const broken = Promise.withResolvers<void>();
  await using peer = await onKeptConnection((request) => {
    const timer = setInterval(() => {
      if (request.received().length < READ_BUFFER_BYTES * 3) return;
      clearInterval(timer);
      request.reset();
      broken.resolve();
    }, 1);
  });
  const digests = systemRangeDigest();
  const source = memorySource(bytes);
  const target = { url: peer.url, headers: {}, stallMs: 20_000 };
  await digests.send(source, { start: 0, end: 10 }, target, never);
  source.onRead = (start) => start >= READ_BUFFER_BYTES * 3 ? broken.promise : undefined;
  const range = { start: 0, end: bytes.length };
  const sent = await within(digests.send(source, range, target, never).catch(() => null));
  digests.close();
  for (const request of peer.requests.slice(1)) {
    const received = request.received();
    assertEquals(received.every((byte, at) => byte === bytes[at]), true, "other bytes arrived");
  }
  if (sent !== null) assertEquals(sent.digest, await xxhash128(bytes));
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
