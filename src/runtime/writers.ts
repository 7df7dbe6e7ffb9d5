import { fileId } from "./file_id.ts";
import { isPermitted } from "./permitted.ts";
import { volumeOf } from "./volume.ts";

/** Whether some process has a file open for writing, as far as the system tells. */
export type Writers = "some" | "none" | "unknown";

/**
 * Who has a file open for writing, read from Linux's `/proc/*\/fd`, which Deno opens only to
 * `--allow-all`. "none" is said only where it can be known: every process could be read, we see all
 * processes of the machine, and the file lies on a disk of this machine. Otherwise the answer is
 * "unknown", unless a writer is found.
 *
 * @param path Where the file lies, to tell its file system.
 * @param wantedId The file's {@linkcode fileId}.
 */
export async function systemWriters(path: string, wantedId: string): Promise<Writers> {
  if (Deno.build.os !== "linux" || !isPermitted({ name: "read", path: "/proc" })) return "unknown";
  let complete = await seesAllProcesses() && await volumeOf(path) === "local";
  try {
    for await (const entry of Deno.readDir("/proc")) {
      if (!/^\d+$/.test(entry.name)) continue;
      const found = await processWrites(entry.name, wantedId);
      if (found === "some") return "some";
      if (found === "unknown") complete = false;
    }
  } catch {
    return "unknown"; // Not permitted to look: the program goes on by the other evidence.
  }
  return complete ? "none" : "unknown";
}

async function processWrites(pid: string, wantedId: string): Promise<Writers> {
  let found: Writers = "none";
  try {
    for await (const fd of Deno.readDir(`/proc/${pid}/fd`)) {
      // Through the link, not by its text: the file may have been renamed since it was opened.
      const stat = await Deno.stat(`/proc/${pid}/fd/${fd.name}`).catch(() => null);
      if (stat === null || fileId(stat.ino, stat.birthtime?.getTime()) !== wantedId) continue;
      const info = await Deno.readTextFile(`/proc/${pid}/fdinfo/${fd.name}`).catch(() => "");
      const flags = /^flags:\s*([0-7]+)/m.exec(info)?.[1];
      if (flags === undefined) found = "unknown";
      else if ((parseInt(flags, 8) & 0o3) !== 0) return "some"; // O_WRONLY 1, O_RDWR 2
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) return "unknown"; // gone meanwhile is fine
  }
  return found;
}

/** The inode of the first PID namespace (include/linux/proc_ns.h, PROC_PID_INIT_INO). */
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

async function seesAllProcesses(): Promise<boolean> {
  const namespace = await Deno.readLink("/proc/self/ns/pid").catch(() => "");
  return namespace === INITIAL_PID_NAMESPACE;
}
