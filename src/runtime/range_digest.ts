import { createXXHash128, type IHasher } from "hash-wasm";
import { RecordingChanged } from "../errors.ts";
import type { ByteRange } from "../recording/range.ts";
import type { RecordingSource } from "./disk.ts";
import type { PutAnswer } from "./put_answer.ts";
import type { PutTarget } from "./put_exchange.ts";
import { putStream } from "./put_stream.ts";

/**
 * Bytes read at once: two such buffers of a range alternate between disk and socket. Each read leaves
 * garbage behind, so that with a quarter of this a process needs more memory, not less (the bench).
 */
export const READ_BUFFER_BYTES = 1024 * 1024;

/** Bytes handed to a connection at once at most: by these a slow line is seen to go on. */
export const WRITE_BYTES = 256 * 1024;

/** A part as it went out: the storage's answer, and the digest of exactly the bytes sent. */
export interface SentRange {
  readonly answer: PutAnswer;
  /** XXH128 of the bytes sent, 32 hex digits; empty where a refusal came before the last of them. */
  readonly digest: string;
}

/**
 * The door through which a recording's bytes are read in bulk: a range becomes a digest, either while
 * it is sent or when it is read again. Both read with constant memory; neither hands out bytes.
 */
export interface RangeDigest {
  /**
   * Reads a range and digests it.
   *
   * @throws RecordingChanged if the file ends inside the range.
   */
  digest(source: RecordingSource, range: ByteRange, signal: AbortSignal): Promise<string>;
  /**
   * PUTs a range to a presigned URL with an exact Content-Length, one attempt.
   *
   * @param onSent Told the bytes handed to the connection so far; they are not stored yet.
   * @throws Unavailable if no answer came. Any answer, also a refusal, is returned.
   * @throws RecordingChanged if the file ends inside the range.
   */
  send(
    source: RecordingSource,
    range: ByteRange,
    target: PutTarget,
    signal: AbortSignal,
    onSent?: (sentBytes: number) => void,
  ): Promise<SentRange>;
}

/**
 * Says how many of the bytes that are wanted may be handed to a connection now: at least one, and all of
 * them at once where there is no limit.
 *
 * @throws The signal's reason if it is aborted while it waits.
 */
export type Pace = (wantedBytes: number, signal: AbortSignal) => number | Promise<number>;

const unlimited: Pace = (wantedBytes) => wantedBytes;

/**
 * Reads, digests and sends on this machine. Close it to end idle connections.
 *
 * @param pace Shared by all that is sent. Default: no limit.
 */
export function systemRangeDigest(pace = unlimited): RangeDigest & { close(): void } {
  const put = putStream();
  const kits = createKits();
  return {
    async digest(source, range, signal) {
      const kit = await kits.take();
      for await (const bytes of chunks(source, range, kit.buffers, signal)) {
        signal.throwIfAborted();
        kit.hash.update(bytes);
      }
      const digest = kit.hash.digest();
      kits.giveBack(kit);
      return digest;
    },
    async send(source, range, target, signal, onSent) {
      let digest = "";
      let done: Kit | null = null;
      const answer = await put.put(target, range.end - range.start, signal, async (write, hold) => {
        // All of it begins anew with each call: an earlier one may still wait for the disk.
        const kit = await kits.take();
        let sentBytes = 0;
        let before: Promise<void> = Promise.resolve();
        for await (const bytes of chunks(source, range, kit.buffers, signal)) {
          kit.hash.update(bytes);
          for (let at = 0; at < bytes.length;) {
            const granted = pace(Math.min(WRITE_BYTES, bytes.length - at), signal);
            const count = typeof granted === "number" ? granted : await hold(granted);
            const written = write(bytes.subarray(at, at += count));
            written.catch(() => {}); // seen below, or by put() itself
            await before;
            sentBytes += count;
            onSent?.(sentBytes);
            before = written;
          }
        }
        await before;
        digest = kit.hash.digest();
        done = kit;
      });
      // Not before the answer: until then the connection may still hold what it was given.
      if (done !== null) kits.giveBack(done);
      return { answer, digest };
    },
    close: () => put.close(),
  };
}

/** What one reading works with. */
interface Kit {
  readonly hash: IHasher;
  /** A buffer may be read into again once its own write is done; with two, one is always free. */
  readonly buffers: readonly Uint8Array[];
}

/**
 * Kits for readings, used again: new ones for each of thousands of parts would be garbage faster than it
 * is collected. A kit comes back only from a reading that went through to its end: after a failure the
 * disk or the connection may still hold one of its buffers. So what a read delivers that was given up
 * (disk_gate.ts) reaches nobody: its reading has ended with it, and its buffers belong to no other.
 */
function createKits() {
  const free: Kit[] = [];
  return {
    async take(): Promise<Kit> {
      const kit = free.pop() ?? {
        hash: await createXXHash128(),
        buffers: [new Uint8Array(READ_BUFFER_BYTES), new Uint8Array(READ_BUFFER_BYTES)],
      };
      kit.hash.init();
      return kit;
    },
    giveBack: (kit: Kit) => void free.push(kit),
  };
}

/** The bytes of a range in order, each time in the next of the given buffers. */
async function* chunks(
  source: RecordingSource,
  range: ByteRange,
  buffers: readonly Uint8Array[],
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let turn = 0;
  for (let at = range.start; at < range.end;) {
    const buffer = buffers[turn++ % buffers.length]!;
    const wanted = buffer.subarray(0, Math.min(buffer.length, range.end - at));
    const readBytes = await source.read(at, wanted, signal);
    if (readBytes < wanted.length) {
      throw new RecordingChanged(
        `The recording ends at ${at + readBytes} where bytes up to ${range.end} were expected`,
      );
    }
    yield wanted;
    at += readBytes;
  }
}
