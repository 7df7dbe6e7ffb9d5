import { delay } from "@std/async/delay";
import { dirname, join } from "@std/path";
import { Config, StateFailure, Unavailable } from "../errors.ts";

/** The door to one file of secrets. Its owner alone may read it, and a crash never leaves half of it. */
export interface TokenFile {
  readonly path: string;
  /**
   * What it holds, or null where there is none. After a crash in the middle of {@linkcode replace} that
   * is the newer value, if all of it was written: its refresh token may be the only one that is good.
   *
   * @throws Config if it is damaged or may not be read.
   */
  read(): Promise<unknown>;
  /**
   * Puts `value` in the place of what it held, all or nothing. It is on disk when this returns.
   *
   * @throws StateFailure if the disk does not take it.
   */
  replace(value: unknown): Promise<void>;
  /**
   * Removes it, and what a crash left of a newer one.
   *
   * @returns Whether there was one.
   */
  remove(): Promise<boolean>;
  /**
   * Does `work` while no one else, in this process or another one, does theirs on the same file. The
   * system ends the hold of a process that dies, however it dies.
   *
   * @throws Unavailable if somebody else holds it for {@linkcode LOCK_PATIENCE_MS}.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T>;
}

/** Folder of the secrets in the state folder. */
export const CREDENTIALS_FOLDER = "credentials";

/** How long to wait for another process, in milliseconds: one exchange with the API may take 40 s. */
const LOCK_PATIENCE_MS = 60_000;

/** How often to look whether the other process is done, in milliseconds. */
const LOCK_LOOK_MS = 25;

/** Largest file that is read, in bytes: Adobe's tokens have 2 to 4 KiB. */
const MOST_FILE_BYTES = 128 * 1024;

/** The file of these secrets in a state folder; it need not be there yet. */
export function tokenFile(stateFolder: string, name: string): TokenFile {
  const folder = join(stateFolder, CREDENTIALS_FOLDER);
  const path = join(folder, `${name}.json`);
  const fresh = `${path}.new`;

  return {
    path,

    async read() {
      const newer = await readFresh(fresh, path);
      if (newer !== null) return newer;
      const text = await readText(path);
      if (text === null) return null;
      try {
        return JSON.parse(text);
      } catch {
        throw damaged(path); // the parser's own words quote the file
      }
    },

    async replace(value) {
      try {
        await makeFolder(folder);
        await writeSynced(fresh, `${JSON.stringify(value, null, 2)}\n`);
        await Deno.rename(fresh, path);
        await syncFolder(folder);
      } catch (error) {
        throw cannotKeep(path, error);
      }
    },

    async remove() {
      try {
        const had = [await removed(fresh), await removed(path)];
        return had.includes(true);
      } catch (error) {
        throw cannotKeep(path, error);
      }
    },

    async exclusively(work) {
      using _lock = await lock(folder, `${path}.lock`);
      return await work();
    },
  };
}

/** A file of secrets that is no longer what it was written as. */
export function damaged(path: string): Config {
  return new Config(
    `Cannot use ${path}: it is damaged. Delete it, then run reeltime pair or reeltime login again`,
  );
}

async function readText(path: string): Promise<string | null> {
  let sizeBytes: number;
  try {
    sizeBytes = (await Deno.stat(path)).size;
    if (sizeBytes <= MOST_FILE_BYTES) return await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Config(`Cannot read ${path}: ${(error as Error).message}. Check its permissions`, {
      cause: error,
    });
  }
  throw damaged(path);
}

/**
 * What an interrupted replacement wrote, if it is whole (a piece of an object is no JSON) and not older
 * than the file: a file that a person put there since is newer. A rename keeps the time of writing.
 */
async function readFresh(fresh: string, path: string): Promise<unknown> {
  try {
    const text = await readText(fresh); // before the file's time: it may be renamed meanwhile
    if (text === null) return null;
    const writtenMs = (await Deno.stat(fresh)).mtime?.getTime() ?? 0;
    const main = await Deno.stat(path).catch(() => null);
    return (main?.mtime?.getTime() ?? 0) > writtenMs ? null : JSON.parse(text);
  } catch {
    return null; // it is not whole, or has just become the file
  }
}

/** Whether there was such a file. */
async function removed(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function makeFolder(folder: string): Promise<void> {
  await Deno.mkdir(folder, { recursive: true, mode: 0o700 });
  // It holds nothing but ours, so it may be shut to others whatever it was.
  if (Deno.build.os !== "windows") await Deno.chmod(folder, 0o700);
}

async function writeSynced(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { create: true, write: true, truncate: true, mode: 0o600 });
  // One that a crash left behind keeps its mode otherwise.
  if (Deno.build.os !== "windows") await Deno.chmod(path, 0o600);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
}

/** Makes a rename outlive a power cut; Windows knows no such thing. */
async function syncFolder(folder: string): Promise<void> {
  if (Deno.build.os === "windows") return;
  using handle = await Deno.open(folder);
  await handle.sync().catch(() => {}); // some file systems refuse it on folders, and need no telling
}

async function lock(folder: string, path: string): Promise<Deno.FsFile> {
  let file: Deno.FsFile;
  try {
    await makeFolder(folder);
    file = await Deno.open(path, { create: true, write: true, mode: 0o600 });
  } catch (error) {
    throw cannotKeep(path, error);
  }
  try {
    for (let waitedMs = 0; !file.tryLockSync(true); waitedMs += LOCK_LOOK_MS) {
      if (waitedMs >= LOCK_PATIENCE_MS) throw busy();
      await delay(LOCK_LOOK_MS);
    }
    return file;
  } catch (error) {
    file.close();
    throw error;
  }
}

function busy(): Unavailable {
  return new Unavailable(
    "Cannot renew the token: another reeltime on this machine has been at it for " +
      `${LOCK_PATIENCE_MS / 1000} s`,
    "network",
    { notCarriedOut: true },
  );
}

function cannotKeep(path: string, error: unknown): StateFailure {
  return new StateFailure(
    `Cannot keep credentials in ${dirname(path)}: ${(error as Error).message}. ` +
      "Free space there, check its permissions, or name another folder with --state",
    { cause: error },
  );
}
