import { type Content, emptyContent } from "./content.ts";

/** A file of the simulated disk. */
export interface SimFile {
  /** Stands for inode and time of birth. */
  readonly id: string;
  readonly content: Content;
  readonly bornMs: number;
  modifiedMs: number;
  /** World time of the last change. */
  changedAtMs: number;
  linkCount: number;
  /** Programs that have it open for writing. */
  writers: number;
  /** When it had which size, in world time; what lag is measured by. */
  readonly growth: { readonly atMs: number; readonly sizeBytes: number }[];
  /** Times that it became shorter. */
  cuts: number;
  /** Times that it was written without becoming longer. */
  overwrites: number;
}

/** The simulated disk: names, and the files that they lead to. */
export interface Files {
  at(path: string): SimFile | undefined;
  /** The file of an id, whether it still has a name or not. */
  ofId(id: string): SimFile | undefined;
  create(path: string): SimFile;
  rename(from: string, to: string): void;
  unlink(path: string): void;
  /** Notes that a file was written: its time, its growth, and whoever watches. */
  written(file: SimFile): void;
  /** Calls back whenever something happens to any file. @returns Ends it. */
  watch(onChange: () => void): () => void;
}

/**
 * @param fileMs The clock that files get their times from, milliseconds since 1970.
 * @param worldMs Simulated time.
 */
export function createFiles(fileMs: () => number, worldMs: () => number): Files {
  const names = new Map<string, SimFile>();
  const all: SimFile[] = [];
  const watchers = new Set<() => void>();
  let born = 0;
  const tell = () => watchers.forEach((watcher) => watcher());

  function drop(path: string): void {
    const file = names.get(path);
    if (file !== undefined) file.linkCount--;
    names.delete(path);
  }

  return {
    at: (path) => names.get(path),
    ofId: (id) => all.find((file) => file.id === id),
    create(path) {
      const bornMs = fileMs();
      const file: SimFile = {
        id: `7:${++born}:${bornMs}`,
        content: emptyContent(),
        bornMs,
        modifiedMs: bornMs,
        changedAtMs: worldMs(),
        linkCount: 1,
        writers: 0,
        growth: [{ atMs: worldMs(), sizeBytes: 0 }],
        cuts: 0,
        overwrites: 0,
      };
      drop(path);
      names.set(path, file);
      all.push(file);
      tell();
      return file;
    },
    rename(from, to) {
      const file = names.get(from);
      if (file === undefined) throw new RangeError(`Nothing is at ${from}`);
      drop(to);
      names.delete(from);
      names.set(to, file);
      tell();
    },
    unlink(path) {
      drop(path);
      tell();
    },
    written(file) {
      file.modifiedMs = fileMs();
      file.changedAtMs = worldMs();
      const { sizeBytes } = file.content;
      const last = file.growth.at(-1)!;
      if (last.sizeBytes === sizeBytes) file.overwrites++;
      if (last.sizeBytes > sizeBytes) {
        file.cuts++;
        file.growth.length = 0; // it grows anew
      }
      if (last.sizeBytes !== sizeBytes) file.growth.push({ atMs: worldMs(), sizeBytes });
      tell();
    },
    watch(onChange) {
      watchers.add(onChange);
      return () => void watchers.delete(onChange);
    },
  };
}
