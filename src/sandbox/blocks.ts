/** How many bytes are read at once, in bytes: what a connection mostly gives (measured: 66,000). */
const BLOCK_BYTES = 64 * 1024;

/** The stream ended, or broke off, before the bytes that were announced. */
export class IncompleteBody extends Error {
  override readonly name = "IncompleteBody";
}

/**
 * Reads a stream to its end. A byte stream (`type: "bytes"`, as large request bodies and opened files
 * are) goes through one reused buffer, so that memory stays flat however many bytes pass.
 *
 * @param expectedBytes How many bytes the stream must hold.
 * @param onBlock Given each block in order. The block is only valid until the returned promise settles.
 * @throws IncompleteBody if the stream breaks off, or ends before or goes on after `expectedBytes`; what
 * `onBlock` throws.
 */
export async function eachBlock(
  stream: ReadableStream<Uint8Array>,
  expectedBytes: number,
  onBlock: (block: Uint8Array) => void | Promise<void>,
): Promise<void> {
  const source = openBlocks(stream);
  try {
    let buffer = new ArrayBuffer(BLOCK_BYTES);
    let seenBytes = 0;
    while (seenBytes <= expectedBytes) {
      const block = await source.next(buffer);
      if (block === null) break;
      seenBytes += block.length;
      if (seenBytes <= expectedBytes) await onBlock(block);
      buffer = block.buffer;
    }
    if (seenBytes !== expectedBytes) {
      throw new IncompleteBody(`The body holds ${seenBytes} bytes instead of ${expectedBytes}`);
    }
  } finally {
    await source.close();
  }
}

interface Blocks {
  /** The next block, in `buffer` where the stream can fill one, or null at the end. */
  next(buffer: ArrayBuffer): Promise<Uint8Array<ArrayBuffer> | null>;
  /** Lets go of what the stream reads from, also before its end. */
  close(): Promise<void>;
}

function openBlocks(stream: ReadableStream<Uint8Array>): Blocks {
  const reader = openReader(stream);
  return {
    async next(buffer) {
      try {
        const { value, done } = reader instanceof ReadableStreamBYOBReader
          ? await reader.read(new Uint8Array(buffer))
          : await reader.read();
        return done ? null : value as Uint8Array<ArrayBuffer>;
      } catch (error) {
        const { message } = error as Error;
        throw new IncompleteBody(`The body broke off: ${message}`, { cause: error });
      }
    },
    close: () => reader.cancel().catch(() => {}),
  };
}

/** Deno hands a small body, which is in memory already, out as a stream of another type. */
function openReader(stream: ReadableStream<Uint8Array>) {
  try {
    return stream.getReader({ mode: "byob" });
  } catch {
    return stream.getReader();
  }
}
