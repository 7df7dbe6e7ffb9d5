import * as fs from "node:fs/promises";
import { dirname } from "@std/path";
import { isPermitted } from "./permitted.ts";

/** Room on the volume that a file lies on. */
export interface FreeSpace {
  /** Bytes that a program without special rights can still write. */
  readonly freeBytes: number;
  /** Tells one volume from another: its kind, sizes and number of files are the same for all on it. */
  readonly volume: string;
}

/**
 * How much room the volume of `path` has (statfs(2), `f_bavail` times `f_bsize`), or null where the
 * system does not say or Deno does not permit to ask: it is an extra, so nobody is asked for it.
 */
export async function freeSpaceOf(path: string): Promise<FreeSpace | null> {
  if (!isPermitted({ name: "sys", kind: "statfs" })) return null;
  try {
    const { bavail, bsize, type, blocks, files } = await fs.statfs(dirname(path));
    return { freeBytes: bavail * bsize, volume: `${type}:${bsize}:${blocks}:${files}` };
  } catch {
    return null;
  }
}
