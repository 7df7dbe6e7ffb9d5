import { dirname, join, resolve } from "@std/path";
import { Config } from "../errors.ts";
import { type DiskGate, systemGates } from "./disk_gate.ts";
import { fileId } from "./file_id.ts";
import { watchFolder } from "./folder_watch.ts";
import { kindOf, openSource } from "./source.ts";
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

/**
 * A recording opened for reading only. Nothing here locks, touches or writes it. What the disk does not
 * answer in time (disk_gate.ts) ends as Unavailable; an aborted signal ends each wait with its reason.
 */
export interface RecordingSource {
  /**
   * The facts of the opened file, whatever has become of its name.
   *
   * @throws Unavailable if the disk does not tell them.
   */
  stat(signal?: AbortSignal): Promise<FileFacts>;
  /**
   * Reads at `start` into the whole of `into`, or as much as there is. Several reads may be under way
   * at once: each carries its own position.
   *
   * @param into After a failure nobody may use this memory again: a read that is not waited for any more
   * may still write to it, whenever its drive comes back.
   * @returns Bytes read; fewer than asked for only at the end of the file.
   * @throws Unavailable if the disk did not give them.
   */
  read(start: number, into: Uint8Array, signal?: AbortSignal): Promise<number>;
  /**
   * Opens the same file anew, for everybody who has this source: a drive that was away for a moment comes
   * back, but a handle from before stays dead. Where the name is gone, or leads to another file, nothing
   * changes: a deleted recording is read to its end through the handle that is open.
   *
   * @throws Unavailable, or what the system says, while it cannot be opened.
   */
  renew(signal?: AbortSignal): Promise<void>;
  /** Lets go of the file, and does not wait for what hangs. */
  close(): Promise<void>;
}

/** The door to the disk that recordings lie on. Unavailable is thrown where it does not answer. */
export interface Disk {
  /** The facts of what `path` names now (links followed), or null where nothing is there. */
  stat(path: string, signal?: AbortSignal): Promise<FileFacts | null>;
  /** Opens for reading, or returns null where nothing is there. */
  open(path: string, signal?: AbortSignal): Promise<RecordingSource | null>;
  /** The path without links, also for a file that does not exist yet. */
  realPath(path: string): Promise<string>;
  /**
   * Calls `onHint` when something may have happened in `folder`, every 50 ms at most,
   * and once more after the last of many changes. A hint, never the truth.
   */
  watch(folder: string, onHint: () => void, signal: AbortSignal): void;
  /** Whether `path` lies on a volume that other machines write to, whose facts may be old. */
  isNetworkVolume(path: string): Promise<boolean>;
  /**
   * Who has this file open for writing. Costs a walk over all processes, and all that they have open:
   * ask seldom. One file on a drive that hangs, and it is Unavailable.
   */
  writers(path: string, fileId: string): Promise<Writers>;
}

/** The disk of this machine. */
export const systemDisk: Disk = createDisk(systemGates);

/** This machine's disk, behind these gates: see {@linkcode systemDisk}. */
export function createDisk(gates: (folder: string) => DiskGate): Disk {
  const writersGate = gates("/proc");
  const stat: Disk["stat"] = (path, signal) =>
    orNull(() =>
      gates(dirname(path)).pass(
        `Cannot look at ${path}`,
        async () => factsOf(await Deno.stat(path)),
        signal,
      )
    );
  const isNetworkVolume: Disk["isNetworkVolume"] = async (path) =>
    await gates(dirname(path)).pass(`Cannot look at ${path}`, () => volumeOf(path)) === "network";
  return {
    stat,
    open: (path, signal) => orNull(() => openSource(path, stat, gates(dirname(path)), signal)),
    realPath,
    // Of a network volume hints tell only what this machine does there, and where it hangs, Deno's one
    // thread for all watches stands still with it (seen with 2.9).
    watch(folder, onHint, signal) {
      isNetworkVolume(folder).then((isNetwork) => isNetwork || watchFolder(folder, onHint, signal))
        .catch(() => {}); // polling is the truth anyway
    },
    isNetworkVolume,
    writers: (path, fileId) =>
      writersGate.pass("Cannot tell who writes", () => systemWriters(path, fileId)),
  };
}

function factsOf(stat: Deno.FileInfo): FileFacts {
  return {
    sizeBytes: stat.size,
    modifiedMs: stat.mtime?.getTime() ?? 0,
    bornMs: stat.birthtime?.getTime() ?? null,
    fileId: fileId(stat.ino, stat.birthtime?.getTime()),
    linkCount: stat.nlink ?? 1,
    kind: kindOf(stat.isFile, stat.isDirectory),
  };
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
