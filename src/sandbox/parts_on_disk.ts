import { join } from "@std/path";
import { crc32 } from "node:zlib";
import { eachBlock } from "./blocks.ts";

/**
 * Where the bytes of parts live. The sandbox keeps them on disk; a benchmark may put in a version that
 * only digests them. Which parts count is not decided here but in the store.
 */
export interface PartFiles {
  /**
   * Takes in the body of one PUT. Several may run at once, also for the same part; none of them counts
   * until its {@linkcode WrittenPart.keep} is called.
   *
   * @param body A byte stream; {@linkcode eachBlock} reads it without growing memory.
   * @param sizeBytes How many bytes it must hold.
   * @throws IncompleteBody if it holds fewer or more, with nothing left behind.
   */
  write(
    assetId: string,
    number: number,
    body: ReadableStream<Uint8Array>,
    sizeBytes: number,
  ): Promise<WrittenPart>;
  /** The bytes of a kept part as a byte stream, or null where this version keeps no bytes. */
  read(assetId: string, number: number): Promise<ReadableStream<Uint8Array> | null>;
}

/** A body that came in whole and is safe on disk. Exactly one of its two verbs must be called. */
export interface WrittenPart {
  /** Digest of the bytes, of the writer's choice; becomes the ETag. */
  readonly digest: string;
  /** Makes it the part's content in one step, in place of an earlier one. Synchronous by purpose: whether
   * it may still count is decided in the same turn. */
  keep(): void;
  /** Throws it away. */
  discard(): void;
}

/**
 * Parts as files `parts/<asset>/part_<number>` under `dir`. A body is written to `incoming/`, flushed
 * to the device and then renamed, so a part is there whole or not at all. What an interrupted process
 * left in `incoming/` is removed.
 */
export async function openPartsOnDisk(dir: string): Promise<PartFiles> {
  const incoming = join(dir, "incoming");
  await Deno.remove(incoming, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(incoming, { recursive: true, mode: 0o700 });
  const folderOf = (assetId: string) => join(dir, "parts", assetId);
  const pathOf = (assetId: string, number: number) => join(folderOf(assetId), `part_${number}`);

  return {
    async write(assetId, number, body, sizeBytes) {
      await Deno.mkdir(folderOf(assetId), { recursive: true, mode: 0o700 });
      const path = join(incoming, crypto.randomUUID());
      const discard = () => Deno.removeSync(path);
      const file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
      try {
        let sum = 0;
        await eachBlock(body, sizeBytes, async (block) => {
          sum = crc32(block, sum);
          await writeAll(file, block);
        });
        await file.sync();
        const digest = sum.toString(16).padStart(8, "0");
        return { digest, keep: () => Deno.renameSync(path, pathOf(assetId, number)), discard };
      } catch (error) {
        discard();
        throw error;
      } finally {
        file.close();
      }
    },
    async read(assetId, number) {
      return (await Deno.open(pathOf(assetId, number))).readable;
    },
  };
}

async function writeAll(file: Deno.FsFile, block: Uint8Array): Promise<void> {
  for (let done = 0; done < block.length;) done += await file.write(block.subarray(done));
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
