import { assert, assertEquals, assertLessOrEqual, assertRejects } from "@std/assert";
import { xxhash128 } from "hash-wasm";
import { RecordingChanged, Unavailable } from "../../src/errors.ts";
import { systemDisk } from "../../src/runtime/disk.ts";
import {
  type Pace,
  READ_BUFFER_BYTES,
  systemRangeDigest,
  WRITE_BYTES,
} from "../../src/runtime/range_digest.ts";
import { noise } from "../support/bytes.ts";
import { memorySource } from "../support/memory_source.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";
import { tempFolder } from "../support/temp_folder.ts";

const MIB = 1024 * 1024;
const never = new AbortController().signal;
const target = (url: string) => ({ url, headers: {}, stallMs: 20_000 });

const stored = async (request: PeerRequest) => {
  await request.whole;
  request.answer(200);
};

/** The door, closed at the end. */
function openDigests(pace?: Pace) {
  const digests = systemRangeDigest(pace);
  return { ...digests, [Symbol.dispose]: () => digests.close() };
}

/** A range that is read in several turns. */
const LONG_BYTES = 4 * READ_BUFFER_BYTES;

Deno.test("RangeDigest sends exactly the bytes of the range, and digests exactly them", async () => {
  using digests = openDigests();
  await using peer = await openPeer(stored);
  const bytes = noise(3 * READ_BUFFER_BYTES + 12_345);
  const ends = [0, 1, READ_BUFFER_BYTES - 1, READ_BUFFER_BYTES, READ_BUFFER_BYTES + 1];
  for (
    const [start, end] of [...ends.map((end) => [0, end] as const), [77, bytes.length]] as const
  ) {
    const range = { start, end };
    const sent = await digests.send(memorySource(bytes), range, target(peer.url), never);
    const wanted = bytes.subarray(start, end);
    assertEquals(sent.answer.status, 200);
    assertEquals(await peer.requests.at(-1)!.whole, wanted, `${start}..${end}`);
    assertEquals(peer.requests.at(-1)!.header("content-length"), String(wanted.length));
    assertEquals(sent.digest, await xxhash128(wanted));
    assertEquals(await digests.digest(memorySource(bytes), range, never), sent.digest);
  }
});

Deno.test("RangeDigest tells what was handed over, rising, up to the whole", async () => {
  using digests = openDigests();
  await using peer = await openPeer(stored);
  const told: number[] = [];
  const source = memorySource(noise(MIB));
  const range = { start: 0, end: MIB };
  await digests.send(source, range, target(peer.url), never, (bytes) => told.push(bytes));
  assertEquals(told, [...told].sort((a, b) => a - b));
  assertEquals(told.at(-1), MIB);
});

Deno.test("RangeDigest sends eight ranges of one file at once, each its own bytes", async () => {
  using digests = openDigests();
  await using folder = await tempFolder();
  await using peer = await openPeer(stored);
  const bytes = noise(4 * MIB);
  await Deno.writeFile(folder.at("a.mov"), bytes);
  const source = (await systemDisk.open(folder.at("a.mov")))!;
  const starts = Array.from({ length: 8 }, (_, i) => i * MIB / 2);
  const sent = await Promise.all(
    starts.map((start) =>
      digests.send(source, { start, end: start + MIB / 2 }, target(`${peer.url}/${start}`), never)
    ),
  );
  await source.close();
  for (const request of peer.requests) {
    const start = Number(/^PUT \/(\d+) /.exec(request.head)![1]);
    const wanted = bytes.subarray(start, start + MIB / 2);
    assertEquals(await request.whole, wanted);
    assertEquals(sent[starts.indexOf(start)]!.digest, await xxhash128(wanted));
  }
  assertEquals(peer.requests.length, 8);
});

Deno.test("RangeDigest holds two buffers, however long the range and slow the storage", async () => {
  using digests = openDigests();
  await using peer = await openPeer((request) => request.stopReading());
  const source = memorySource(new Uint8Array(0));
  const buffers = new Set<ArrayBufferLike>();
  let readBytes = 0;
  const full = Promise.withResolvers<void>();
  source.read = (_start, into) => {
    buffers.add(into.buffer);
    readBytes += into.length;
    if (readBytes >= MIB) full.resolve();
    return Promise.resolve(into.length);
  };
  const abort = new AbortController();
  const range = { start: 0, end: 1024 * MIB };
  const sending = digests.send(source, range, { ...target(peer.url), stallMs: 300 }, abort.signal);
  await full.promise;
  await assertRejects(() => sending, Unavailable); // the watchdog: the peer takes nothing
  assertEquals(buffers.size, 2);
  assertEquals([...buffers].map((buffer) => buffer.byteLength), [
    READ_BUFFER_BYTES,
    READ_BUFFER_BYTES,
  ]);
  // What two kernels hold for a loopback connection, and not the 1 GiB.
  assertLessOrEqual(readBytes, 32 * MIB);
});

Deno.test("RangeDigest of a recording that ends inside the range is no digest and no part", async () => {
  using digests = openDigests();
  const begun = Promise.withResolvers<PeerRequest>();
  await using peer = await openPeer(begun.resolve);
  const source = memorySource(noise(LONG_BYTES));
  source.onRead = async (start) => {
    if (start < LONG_BYTES / 2) return;
    await begun.promise;
    source.bytes = source.bytes.subarray(0, LONG_BYTES / 2 + 10);
  };
  const range = { start: 0, end: LONG_BYTES };
  await assertRejects(
    () => digests.send(source, range, target(peer.url), never),
    RecordingChanged,
    `ends at ${LONG_BYTES / 2 + 10} where bytes up to ${LONG_BYTES}`,
  );
  const request = await begun.promise;
  await request.gone;
  assert(request.received().length < LONG_BYTES, "the request was never completed");
  await assertRejects(() => digests.digest(source, range, never), RecordingChanged);
});

Deno.test("RangeDigest hands on what the disk throws, and completes no request with it", async () => {
  using digests = openDigests();
  const begun = Promise.withResolvers<PeerRequest>();
  await using peer = await openPeer(begun.resolve);
  const source = memorySource(noise(LONG_BYTES));
  source.onRead = async (start) => {
    if (start === 0) return;
    await begun.promise;
    throw new Unavailable("Cannot read a.mov: I/O error", "disk");
  };
  const range = { start: 0, end: LONG_BYTES };
  const error = await assertRejects(
    () => digests.send(source, range, target(peer.url), never),
    Unavailable,
    "I/O error",
  );
  assertEquals(error.outage, "disk");
  await (await begun.promise).gone;
  await assertRejects(() => digests.digest(source, range, never), Unavailable, "I/O error");
});

Deno.test("RangeDigest sends and digests no byte of a read that was given up and comes late", async () => {
  using digests = openDigests();
  await using peer = await openPeer(stored);
  const bytes = noise(3 * READ_BUFFER_BYTES);
  const range = { start: 0, end: bytes.length };
  // Each of these has read before, and may keep its memory: 4 readings of 2 buffers are in use again.
  for (let i = 0; i < 4; i++) await digests.digest(memorySource(bytes), range, never);
  const lost: Uint8Array[] = [];
  const hanging = memorySource(bytes);
  hanging.onRead = (start, into) => {
    if (start === 0) return;
    lost.push(into);
    throw new Unavailable("Cannot read a.mov: its drive has not answered", "disk");
  };
  const hung = [
    digests.digest(hanging, range, never),
    digests.send(hanging, range, target(peer.url), never),
  ];
  for (const one of hung) await assertRejects(() => one, Unavailable);
  // The drive comes back while others read and send: whatever it delivers now must reach nobody.
  const source = memorySource(bytes);
  const read = source.read;
  source.read = async (start, into) => {
    const got = await read(start, into);
    for (const memory of lost) memory.fill(0xee);
    return got;
  };
  const digest = await xxhash128(bytes);
  for (let i = 0; i < 4; i++) {
    assertEquals(await digests.digest(source, range, never), digest);
    assertEquals((await digests.send(source, range, target(peer.url), never)).digest, digest);
    assertEquals(await peer.requests.at(-1)!.whole, bytes);
  }
  assertEquals(lost.length, 2);
});

Deno.test("RangeDigest lets go of a read when it is aborted", async () => {
  using digests = openDigests();
  const abort = new AbortController();
  const source = memorySource(noise(MIB));
  source.read = (_start, _into, signal) =>
    new Promise((_resolve, reject) => {
      signal!.addEventListener("abort", () => reject(signal!.reason), { once: true });
      abort.abort(new Error("enough"));
    });
  const range = { start: 0, end: MIB };
  await assertRejects(() => digests.digest(source, range, abort.signal), Error, "enough");
});

Deno.test("RangeDigest stops digesting when it is aborted", async () => {
  using digests = openDigests();
  const abort = new AbortController();
  const source = memorySource(noise(LONG_BYTES));
  let reads = 0;
  source.onRead = () => {
    if (++reads === 2) abort.abort(new Error("enough"));
  };
  const range = { start: 0, end: LONG_BYTES };
  await assertRejects(() => digests.digest(source, range, abort.signal), Error, "enough");
  assertEquals(reads, 2);
});

Deno.test("RangeDigest hands over what its pace grants, piece by piece, and the bytes stay the same", async () => {
  const asked: number[] = [];
  using digests = openDigests(async (wantedBytes) => {
    asked.push(wantedBytes);
    await Promise.resolve();
    return Math.min(wantedBytes, 100_000);
  });
  await using peer = await openPeer(stored);
  const bytes = noise(2 * READ_BUFFER_BYTES + 777);
  const told: number[] = [];
  const range = { start: 0, end: bytes.length };
  const sent = await digests.send(
    ...[memorySource(bytes), range, target(peer.url), never] as const,
    (sentBytes) => told.push(sentBytes),
  );
  assertEquals(await peer.requests[0]!.whole, bytes);
  assertEquals(sent.digest, await xxhash128(bytes));
  assertEquals(asked.slice(0, 4), [WRITE_BYTES, WRITE_BYTES, WRITE_BYTES, WRITE_BYTES]);
  assertEquals([told[0], told.at(-1)], [100_000, bytes.length]);
});

Deno.test("RangeDigest that waits for its pace has not stalled", async () => {
  const stallMs = 50;
  let waits = 0;
  using digests = openDigests(async (wantedBytes) => {
    if (++waits === 2) await new Promise((resolve) => setTimeout(resolve, 6 * stallMs));
    return wantedBytes;
  });
  await using peer = await openPeer(stored);
  const range = { start: 0, end: MIB };
  const order = { ...target(peer.url), stallMs };
  const sent = await digests.send(memorySource(noise(MIB)), range, order, never);
  assertEquals([sent.answer.status, waits], [200, 4]);
});

Deno.test("RangeDigest that waits for its pace can be aborted, and its connection is dropped", async () => {
  const asked = Promise.withResolvers<void>();
  using digests = openDigests((wantedBytes, signal) => {
    if (wantedBytes === WRITE_BYTES) return 1000;
    return new Promise((_resolve, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      asked.resolve();
    });
  });
  const begun = Promise.withResolvers<PeerRequest>();
  await using peer = await openPeer(begun.resolve);
  const abort = new AbortController();
  const range = { start: 0, end: MIB };
  const sending = digests.send(memorySource(noise(MIB)), range, target(peer.url), abort.signal);
  await asked.promise;
  const request = await begun.promise;
  abort.abort(new Error("paused"));
  await assertRejects(() => sending, Error, "paused");
  await request.gone;
  assert(request.received().length < MIB);
});
