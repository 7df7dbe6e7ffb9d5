import { createHash } from "node:crypto";
import { eachBlock } from "./blocks.ts";
import type { PartFiles } from "./parts_on_disk.ts";
import type { Store } from "./store.ts";

/** Puts files together: reads their parts by number and takes the SHA-256 of the whole. */
export interface Assembler {
  /** Begins with an asset that is sealed. Goes on in the background. */
  begin(assetId: string): void;
  /** Breaks off what is under way, to be begun again at the next start, and waits for it to let go. */
  stop(): Promise<void>;
}

/** @param onFailure Told when a file could not be put together; it is tried again at the next start. */
export function createAssembler(
  store: Store,
  parts: PartFiles,
  onFailure: (error: Error) => void,
): Assembler {
  const stopped = new AbortController();
  const running = new Set<Promise<void>>();

  async function assemble(assetId: string): Promise<void> {
    try {
      const sha256 = await digestOf(store, parts, assetId, stopped.signal);
      store.complete(assetId, sha256, new Date().toISOString());
    } catch (error) {
      if (stopped.signal.aborted) return;
      const { message } = error as Error;
      onFailure(new Error(`Cannot assemble asset ${assetId}: ${message}`, { cause: error }));
    }
  }

  return {
    begin(assetId) {
      const work = assemble(assetId).finally(() => running.delete(work));
      running.add(work);
    },
    async stop() {
      stopped.abort();
      await Promise.all(running);
    },
  };
}

/** Null where the parts' bytes are not kept. */
async function digestOf(
  store: Store,
  parts: PartFiles,
  assetId: string,
  signal: AbortSignal,
): Promise<string | null> {
  const hash = createHash("sha256");
  for (const { number, sizeBytes } of store.parts(assetId)) {
    signal.throwIfAborted();
    const bytes = await parts.read(assetId, number);
    if (bytes === null) return null;
    await eachBlock(bytes, sizeBytes, (block) => {
      signal.throwIfAborted();
      hash.update(block);
    });
  }
  return hash.digest("hex");
}

/**
 * The assembled file as one stream: its parts one after the other, each opened when its turn comes.
 *
 * @throws On reading, if a part's bytes are gone or not kept.
 */
export function assembledFile(
  store: Store,
  parts: PartFiles,
  assetId: string,
): ReadableStream<Uint8Array> {
  async function* bytes() {
    for (const { number } of store.parts(assetId)) {
      const part = await parts.read(assetId, number);
      if (part === null) throw new Error(`The bytes of part ${number} were not kept`);
      yield* part;
    }
  }
  return ReadableStream.from(bytes());
}
