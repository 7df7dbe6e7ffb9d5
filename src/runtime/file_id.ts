/**
 * Tells a file from another one that takes its name later. The device is left out: a drive that is
 * plugged in again keeps inodes and times of birth, but not always its number.
 */
export function fileId(inode: number | null, bornMs: number | undefined): string {
  return `${inode ?? 0}:${Math.floor(bornMs ?? 0)}`;
}

/**
 * Whether two different {@linkcode fileId}s may be the same file on a drive that was plugged in again:
 * both were born in the same millisecond. FAT and exFAT keep no inode numbers; Linux makes them up, anew
 * at each mount (iunique() in fs/fat/inode.c and fs/exfat/inode.c).
 */
export function isBornAlike(one: string, other: string): boolean {
  const born = (id: string) => id.slice(id.lastIndexOf(":") + 1);
  return one !== other && born(one) === born(other) && born(one) !== "0";
}
