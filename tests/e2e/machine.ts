/** What this machine lacks, as words for the names of tests that are ignored for it; else empty. */
import { MAIN } from "./program.ts";

/** A size that Frame.io does not take, in bytes. */
export const OVER_5_TIB = 5 * 1024 ** 4 + 1;

/** Whether a command runs and succeeds. */
function succeeds(command: string, args: readonly string[]): boolean {
  try {
    const run = new Deno.Command(command, { args: [...args], stdout: "null", stderr: "null" });
    return run.outputSync().success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Becoming another user, who can still run the program: Deno, its cache and our source. */
export const noSetpriv = succeeds("setpriv", [
    ...["--reuid=65534", "--regid=65534", "--clear-groups", "--"],
    ...[Deno.execPath(), "run", "-A", MAIN, "--version"],
  ])
  ? ""
  : " [ignored: setpriv cannot start the program as nobody here]";

/** A terminal for the program, driven by a pipe. */
export const noScript = succeeds("script", ["-qec", "true", "/dev/null"])
  ? ""
  : " [ignored: no script(1) of util-linux on this machine]";

/** A file over 5 TiB, all of it a hole. */
export const noHugeFiles = canMakeHugeFile()
  ? ""
  : " [ignored: the file system of temporary files takes no file of 5 TiB]";

function canMakeHugeFile(): boolean {
  const path = Deno.makeTempFileSync({ prefix: "reeltime-e2e-" });
  try {
    Deno.truncateSync(path, OVER_5_TIB);
    return true;
  } catch {
    return false;
  } finally {
    Deno.removeSync(path);
  }
}

/** A disk that can be filled. */
export const noSmallDisk = canMountSmallDisk()
  ? ""
  : " [ignored: no tmpfs can be mounted here (root only)]";

function canMountSmallDisk(): boolean {
  const folder = Deno.makeTempDirSync({ prefix: "reeltime-e2e-" });
  try {
    return mountSmallDisk(folder) && succeeds("umount", [folder]);
  } finally {
    Deno.removeSync(folder);
  }
}

/** Mounts an empty disk of 1 MiB. */
export function mountSmallDisk(folder: string): boolean {
  return succeeds("mount", ["-t", "tmpfs", "-o", "size=1m,mode=700", "tmpfs", folder]);
}

/** Takes it away with all that is on it. */
export function unmount(folder: string): void {
  if (!succeeds("umount", [folder])) throw new Error(`Cannot unmount ${folder}`);
}
