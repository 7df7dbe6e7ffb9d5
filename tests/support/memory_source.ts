import type { FileFacts, RecordingSource } from "../../src/runtime/disk.ts";

/** A recording in memory, which tells what was read of it and can fail. */
export interface MemorySource extends RecordingSource {
  /** Bytes of the recording; assign other ones to change it. */
  bytes: Uint8Array;
  facts: FileFacts;
  /** Called before each read with its position; may throw, or wait. */
  onRead: (start: number, into: Uint8Array) => void | Promise<void>;
}

/** A recording made of these bytes. */
export function memorySource(bytes: Uint8Array, facts: Partial<FileFacts> = {}): MemorySource {
  const source: MemorySource = {
    bytes,
    facts: {
      sizeBytes: bytes.length,
      modifiedMs: 1_700_000_000_000,
      bornMs: null,
      fileId: "7:1",
      linkCount: 1,
      kind: "file",
      ...facts,
    },
    onRead: () => {},
    stat: () => Promise.resolve(source.facts),
    async read(start, into) {
      await source.onRead(start, into);
      const piece = source.bytes.subarray(start, start + into.length);
      into.set(piece);
      return piece.length;
    },
    renew: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  return source;
}
