import * as fs from "node:fs/promises";
import { Unavailable } from "../errors.ts";
import type { Disk, FileFacts, RecordingSource } from "./disk.ts";
import type { DiskGate } from "./disk_gate.ts";
import { fileId } from "./file_id.ts";

/**
 * Opens a recording of this machine.
 *
 * @param stat Says what the name leads to now.
 * @throws What the system says where it cannot be opened; Unavailable if it does not answer.
 */
export async function openSource(
  path: string,
  stat: Disk["stat"],
  gate: DiskGate,
  signal?: AbortSignal,
): Promise<RecordingSource> {
  let handle = await openHandle(path, gate, signal);
  let underWay = 0;

  /** Waits for one access to the handle; it counts as under way until the disk itself is done. */
  async function ask<T>(what: string, access: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const counted = async () => {
      underWay++;
      try {
        return await access();
      } catch (error) {
        throw new Unavailable(`${what}: ${(error as Error).message}`, "disk", { cause: error });
      } finally {
        underWay--;
      }
    };
    return await gate.pass(what, counted, signal);
  }

  const factsNow = (signal?: AbortSignal) =>
    ask(`Cannot look at ${path}`, () => factsOf(handle), signal);
  const own = await factsNow(signal).catch((error) => {
    letGo(handle);
    throw error;
  });

  return {
    stat: factsNow,
    async read(start, into, signal) {
      let done = 0;
      while (done < into.length) {
        const { bytesRead } = await ask(
          `Cannot read ${path}`,
          () => handle.read(into, done, into.length - done, start + done),
          signal,
        );
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    },
    async renew(signal) {
      if ((await stat(path, signal))?.fileId !== own.fileId) return;
      const fresh = await openHandle(path, gate, signal);
      // What was opened counts, not what had the name a moment before.
      const facts = await gate.pass(`Cannot look at ${path}`, () => factsOf(fresh), signal)
        .catch((error) => {
          letGo(fresh);
          throw error;
        });
      const isSame = facts.fileId === own.fileId;
      letGo(isSame ? handle : fresh); // reads that are under way on it come to their own end
      if (isSame) handle = fresh;
    },
    async close() {
      if (underWay > 0) letGo(handle);
      else await gate.pass(`Cannot close ${path}`, () => handle.close()).catch(() => {});
    },
  };
}

/** Opens a file, and closes it again where it opens only after nobody waits for it any more. */
async function openHandle(
  path: string,
  gate: DiskGate,
  signal: AbortSignal | undefined,
): Promise<fs.FileHandle> {
  let isWanted = true;
  try {
    return await gate.pass(`Cannot open ${path}`, async () => {
      const handle = await fs.open(path, "r");
      if (!isWanted) letGo(handle);
      return handle;
    }, signal);
  } catch (error) {
    isWanted = false;
    throw error;
  }
}

/** Closes without waiting: a file on a drive that hangs closes when it is back. */
function letGo(handle: fs.FileHandle): void {
  handle.close().catch(() => {}); // nothing was written, so nothing is lost
}

async function factsOf(handle: fs.FileHandle): Promise<FileFacts> {
  const stat = await handle.stat();
  return {
    sizeBytes: stat.size,
    modifiedMs: Math.floor(stat.mtimeMs),
    bornMs: stat.birthtimeMs > 0 ? Math.floor(stat.birthtimeMs) : null,
    fileId: fileId(stat.ino, stat.birthtimeMs),
    linkCount: stat.nlink,
    kind: kindOf(stat.isFile(), stat.isDirectory()),
  };
}

/** What a file system entry is. */
export function kindOf(isFile: boolean, isFolder: boolean): FileFacts["kind"] {
  if (isFile) return "file";
  return isFolder ? "folder" : "other";
}
