import { HIGHEST_PART_NUMBER } from "./bounds.ts";
import type { SandboxRoom } from "./room.ts";

/** What a part holds about, in bytes: 20 MB gives the 3 parts of the guide's 50,645,990 bytes (V4 guide, how
 * to upload). The service's own rule is not documented. */
const PART_BYTES = 20_000_000;

/** A finished file to be uploaded. */
export interface OrdinaryFile {
  readonly name: string;
  /** MIME type; every PUT must repeat it as its Content-Type. */
  readonly filetype: string;
  /** A folder's id. */
  readonly parentId: string;
}

/** How many parts a file of this size has, unless somebody asks for another number. */
export function usualPartCount(sizeBytes: number): number {
  return Math.min(HIGHEST_PART_NUMBER, Math.ceil(sizeBytes / PART_BYTES));
}

/**
 * Sizes of the parts in V2's way: each is `ceil(size / count)` but the last, which is what is left (V2 guide,
 * uploading assets).
 *
 * @param count How many are wanted; fewer come where fewer such parts hold the file.
 */
export function equalParts(sizeBytes: number, count = usualPartCount(sizeBytes)): number[] {
  const partBytes = Math.ceil(sizeBytes / count);
  const parts = Math.ceil(sizeBytes / partBytes);
  return Array.from({ length: parts }, (_, i) => Math.min(partBytes, sizeBytes - i * partBytes));
}

/**
 * Sizes of the parts in V4: they differ by one byte at most, the larger ones first. The guide's example agrees,
 * and a client that computes sizes itself, as in V2, is found out.
 */
export function spreadParts(sizeBytes: number): number[] {
  const count = usualPartCount(sizeBytes);
  const least = Math.floor(sizeBytes / count);
  const larger = sizeBytes - least * count;
  return Array.from({ length: count }, (_, i) => i < larger ? least + 1 : least);
}

/**
 * Creates an asset whose parts are all declared at once: it completes when all are stored. There is no call
 * that gives a fresh URL for one of them.
 *
 * @param sizes Sizes of the parts in bytes, in the order of the file.
 * @returns The asset's id, and a presigned URL for each part.
 */
export function createOrdinary(
  { store, now, urlOf }: SandboxRoom,
  { name, filetype, parentId }: OrdinaryFile,
  sizes: readonly number[],
): { id: string; urls: string[] } {
  const id = crypto.randomUUID();
  const birth = { parentId, kind: "ordinary", createdAt: now().toISOString() } as const;
  store.createAsset(id, { name, hasDefaultName: false, filetype }, birth);
  const parts = sizes.map((sizeBytes, i) => {
    return { number: i + 1, sizeBytes, isFinal: i === sizes.length - 1 };
  });
  const totalBytes = sizes.reduce((sum, sizeBytes) => sum + sizeBytes, 0);
  store.register(id, parts, { totalBytes, name: null });
  return { id, urls: parts.map(({ number }) => urlOf({ assetId: id, number, filetype })) };
}
