import { isAbsolute, join, resolve, SEPARATOR } from "@std/path";
import type { Disk } from "../runtime/disk.ts";

/** Which files may be added while the program runs: those below folders that the command line names. */
export interface Roots {
  /**
   * The path without links if the file lies below one of the folders, else null; the same for a file
   * that exists and one that does not, so that nobody can look around with it.
   */
  admit(path: string): Promise<string | null>;
}

/**
 * @param folders The folders of `--watch` files and `--allow-root`; links in them are followed on every
 * question, since a card may be mounted later.
 * @param closed Files and folders that are never admitted: those with secrets of our own.
 */
export function createRoots(
  folders: readonly string[],
  disk: Pick<Disk, "realPath">,
  closed: readonly string[] = [],
): Roots {
  const given = folders.map((folder) => resolve(folder));

  return {
    async admit(path) {
      if (!isPlain(path)) return null;
      const real = await Promise.all(
        given.map((folder) => disk.realPath(folder).catch(() => folder)),
      );
      // By its words first: of what lies elsewhere the disk is not even asked.
      if (![...given, ...real].some((folder) => isBelow(path, folder))) return null;
      const leadsTo = await disk.realPath(path).catch(() => null);
      const isInside = leadsTo !== null && real.some((folder) => isBelow(leadsTo, folder));
      if (!isInside) return null;
      const shut = await Promise.all(
        closed.map((path) => disk.realPath(resolve(path)).catch(() => resolve(path))),
      );
      return shut.some((path) => path === leadsTo || isBelow(leadsTo, path)) ? null : leadsTo;
    },
  };
}

function isBelow(path: string, folder: string): boolean {
  const inside = join(folder, SEPARATOR);
  return path.startsWith(inside) && path.length > inside.length;
}

/** Absolute, without control characters, and without a step up or in place. */
function isPlain(path: string): boolean {
  // deno-lint-ignore no-control-regex
  if (!isAbsolute(path) || /[\x00-\x1f\x7f]/.test(path)) return false;
  return path.split(/[/\\]/).every((step) => step !== ".." && step !== ".");
}
