import * as fs from "node:fs/promises";
import { dirname } from "@std/path";
import { systemGates } from "./disk_gate.ts";
import { isPermitted } from "./permitted.ts";

/** Room on the volume that a file lies on. */
export interface FreeSpace {
  /** Bytes that a program without special rights can still write. */
  readonly freeBytes: number;
  /** Tells one volume from another: the number of its device (stat(2), `st_dev`). */
  readonly volume: number;
}

/**
 * How much room the volume of `path` has (statfs(2), `f_bavail` times `f_bsize`), or null where the
 * system does not say, the drive does not answer or Deno does not permit to ask: it is an extra, so nobody is asked for it.
 */
export async function freeSpaceOf(path: string): Promise<FreeSpace | null> {
  if (!isPermitted({ name: "sys", kind: "statfs" })) return null;
  try {
    const folder = dirname(path);
    return await systemGates(folder).pass(`Cannot look at ${folder}`, async () => {
      const { bavail, bsize } = await fs.statfs(folder);
      return { freeBytes: bavail * bsize, volume: (await fs.stat(folder)).dev };
    });
  } catch {
    return null;
  }
}
