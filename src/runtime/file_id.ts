/**
 * Tells a file from another one that takes its name later. The device is left out: a drive that is
 * plugged in again keeps inodes and times of birth, but not always its number.
 */
export function fileId(inode: number | null, bornMs: number | undefined): string {
  return `${inode ?? 0}:${Math.floor(bornMs ?? 0)}`;
}
