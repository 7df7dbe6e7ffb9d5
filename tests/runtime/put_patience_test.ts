import { assert, assertEquals } from "@std/assert";
import { putStream } from "../../src/runtime/put_stream.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";

const STALL_MS = 50;
const never = new AbortController().signal;

/** PUTs of a body to one peer; each tells how long it took until it was given up, or null if stored. */
function attemptsAt(url: string, body: Uint8Array) {
  const stream = putStream();
  return {
    async attempt(): Promise<number | null> {
      const beganMs = performance.now();
      try {
        await stream.put(
          { url, headers: {}, stallMs: STALL_MS },
          body.length,
          never,
          (write) => write(body),
        );
        return null;
      } catch {
        return performance.now() - beganMs;
      }
    },
    [Symbol.dispose]: () => stream.close(),
  };
}

Deno.test("put() waits twice as long after a wait in vain, until an answer comes soon", async () => {
  let isSilent = true;
  await using peer = await openPeer(async (request: PeerRequest) => {
    await request.whole;
    if (!isSilent) request.answer(200);
  });
  using puts = attemptsAt(peer.url, new Uint8Array(10));
  for (const patience of [1, 2, 4]) {
    const tookMs = await puts.attempt();
    assert(tookMs !== null && tookMs >= patience * STALL_MS - 5, `${patience}: ${tookMs} ms`);
  }
  isSilent = false;
  assertEquals(await puts.attempt(), null);
  isSilent = true;
  const tookMs = await puts.attempt();
  assert(tookMs !== null && tookMs < 8 * STALL_MS, `patience is forgotten: ${tookMs} ms`);
});

Deno.test("put() never grows more patient than its bound", async () => {
  await using peer = await openPeer(() => {});
  using puts = attemptsAt(peer.url, new Uint8Array(10));
  // Eight lanes in vain at once would make 256 of it, which is 12 s here.
  await Promise.all(Array.from({ length: 8 }, () => puts.attempt()));
  const tookMs = await puts.attempt();
  assert(tookMs !== null && tookMs >= 8 * STALL_MS - 5 && tookMs < 64 * STALL_MS, `${tookMs} ms`);
});

Deno.test("put() does not grow patient with a peer that stops reading", async () => {
  await using peer = await openPeer((request) => request.stopReading());
  using puts = attemptsAt(peer.url, new Uint8Array(64 * 1024 * 1024));
  for (let i = 0; i < 3; i++) await puts.attempt();
  const tookMs = await puts.attempt();
  assert(tookMs !== null && tookMs < 8 * STALL_MS, `${tookMs} ms`);
});
