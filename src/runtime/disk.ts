import * as fs from "node:fs/promises";
import { dirname, join, resolve } from "@std/path";
import { Config, Unavailable } from "../errors.ts";
import { fileId } from "./file_id.ts";
import { volumeOf } from "./volume.ts";
import { systemWriters, type Writers } from "./writers.ts";

/** What the file system says of a file at one moment. */
export interface FileFacts {
  readonly sizeBytes: number;
  /** Last change of the content, milliseconds since 1970 by the file system's clock. */
  readonly modifiedMs: number;
  /** When the file was made, by the same clock; null where the file system does not tell. */
  readonly bornMs: number | null;
  /** Tells this file from another one under the same name: inode and time of birth. */
  readonly fileId: string;
  /** Names that the file has; 0 once it was deleted and lives by our handle alone. */
  readonly linkCount: number;
  readonly kind: "file" | "folder" | "other";
}

/** A recording opened for reading only. Nothing here locks, touches or writes it. */
export interface RecordingSource {
  /** The facts of the opened file, whatever has become of its name. */
  stat(): Promise<FileFacts>;
  /**
   * Reads at `start` into the whole of `into`, or as much as there is. Several reads may be under way
   * at once: each carries its own position.
   *
   * @returns Bytes read; fewer than asked for only at the end of the file.
   * @throws Unavailable if the disk did not give them.
   */
  read(start: number, into: Uint8Array): Promise<number>;
  close(): Promise<void>;
}

/** The door to the disk that recordings lie on. */
export interface Disk {
  /** The facts of what `path` names now (links followed), or null where nothing is there. */
  stat(path: string): Promise<FileFacts | null>;
  /** Opens for reading, or returns null where nothing is there. */
  open(path: string): Promise<RecordingSource | null>;
  /** The path without links, also for a file that does not exist yet. */
  realPath(path: string): Promise<string>;
  /** Calls `onHint` when something may have happened in `folder`. A hint, never the truth. */
  watch(folder: string, onHint: () => void, signal: AbortSignal): void;
  /** Whether `path` lies on a volume that other machines write to, whose facts may be old. */
  isNetworkVolume(path: string): Promise<boolean>;
  /** Who has this file open for writing. Costs a walk over all processes: ask seldom. */
  writers(path: string, fileId: string): Promise<Writers>;
}

/** The disk of this machine. */
export const systemDisk: Disk = {
  stat: (path) => orNull(async () => facts(await Deno.stat(path))),
  open: (path) => orNull(() => openSource(path)),
  realPath,
  watch,
  isNetworkVolume: async (path) => await volumeOf(path) === "network",
  writers: systemWriters,
};

async function openSource(path: string): Promise<RecordingSource> {
  const handle = await fs.open(path, "r");
  return {
    async stat() {
      const stat = await handle.stat().catch((error) => {
        throw new Unavailable(`Cannot look at ${path}: ${error.message}`, "disk", { cause: error });
      });
      return {
        sizeBytes: stat.size,
        modifiedMs: Math.floor(stat.mtimeMs),
        bornMs: stat.birthtimeMs > 0 ? Math.floor(stat.birthtimeMs) : null,
        fileId: fileId(stat.ino, stat.birthtimeMs),
        linkCount: stat.nlink,
        kind: kindOf(stat.isFile(), stat.isDirectory()),
      };
    },
    async read(start, into) {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await handle.read(into, done, into.length - done, start + done)
          .catch((error) => {
            throw new Unavailable(`Cannot read ${path}: ${error.message}`, "disk", {
              cause: error,
            });
          });
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    close: () => handle.close(),
  };
}

function facts(stat: Deno.FileInfo): FileFacts {
  return {
    sizeBytes: stat.size,
    modifiedMs: stat.mtime?.getTime() ?? 0,
    bornMs: stat.birthtime?.getTime() ?? null,
    fileId: fileId(stat.ino, stat.birthtime?.getTime()),
    linkCount: stat.nlink ?? 1,
    kind: kindOf(stat.isFile, stat.isDirectory),
  };
}

function kindOf(isFile: boolean, isFolder: boolean): FileFacts["kind"] {
  if (isFile) return "file";
  return isFolder ? "folder" : "other";
}

async function orNull<T>(look: () => Promise<T>): Promise<T | null> {
  try {
    return await look();
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as { code?: string }).code;
  return error instanceof Deno.errors.NotFound || code === "ENOENT" || code === "ENOTDIR";
}

async function realPath(path: string): Promise<string> {
  const absolute = resolve(path);
  const real = await orNull(() => Deno.realPath(absolute));
  if (real !== null) return real;
  const parent = dirname(absolute);
  if (parent === absolute) return absolute;
  const realParent = await realPath(parent);
  // A link whose file is not there yet: the recorder will make it where the link leads.
  const link = await Deno.readLink(absolute).catch(() => null);
  if (link !== null) return await realPath(resolve(realParent, link));
  return join(realParent, absolute.slice(parent.length));
}

/** The same as {@linkcode Disk.realPath}, for one path that a person has just given. */
export function realPathNow(path: string): string {
  const absolute = resolve(path);
  try {
    return Deno.realPathSync(absolute);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  const parent = dirname(absolute);
  if (parent === absolute) return absolute;
  const realParent = realPathNow(parent);
  let link: string | null = null;
  try {
    link = Deno.readLinkSync(absolute);
  } catch {
    // It is no link, or not there at all.
  }
  if (link !== null) return realPathNow(resolve(realParent, link));
  return join(realParent, absolute.slice(parent.length));
}

function watch(folder: string, onHint: () => void, signal: AbortSignal): void {
  if (signal.aborted) return;
  let watcher: Deno.FsWatcher;
  try {
    watcher = Deno.watchFs(folder, { recursive: false });
  } catch {
    return; // No such folder yet, or no more watches to be had: polling is the truth anyway.
  }
  signal.addEventListener("abort", () => watcher.close(), { once: true });
  (async () => {
    for await (const _ of watcher) onHint();
  })().catch(() => {});
}

/**
 * Makes the state folder, which only its owner enters. One that is there is shut to others only if it
 * is empty or holds nothing but state: `--state /etc` must not shut out a whole machine.
 *
 * @throws Config if it cannot be made or written.
 */
export async function makePrivateFolder(path: string): Promise<void> {
  try {
    await Deno.mkdir(path, { recursive: true, mode: 0o700 });
    if (Deno.build.os !== "windows" && await holdsOnlyState(path)) await Deno.chmod(path, 0o700);
  } catch (error) {
    throw new Config(
      `Cannot use the state folder ${path}: ${
        (error as Error).message
      }. Name another one with --state.`,
      { cause: error },
    );
  }
}

/** What reeltime itself, or a person for it, puts into a state folder. */
const STATE_NAMES =
  /^(journal\.sqlite(-wal|-shm)?|locks|credentials|sandbox(\.port)?|config\.json)$/;

async function holdsOnlyState(path: string): Promise<boolean> {
  for await (const { name } of Deno.readDir(path)) if (!STATE_NAMES.test(name)) return false;
  return true;
}
