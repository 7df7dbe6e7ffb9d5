import { join } from "@std/path";

/** Every file below a folder. */
export function filesBelow(folder: string): string[] {
  return [...permissionsBelow(folder)]
    .filter(([_, mode]) => !mode.startsWith("folder"))
    .map(([path]) => path);
}

/** The permission bits of the folder and of everything below it: `600`, or `folder 700`. */
export function permissionsBelow(folder: string): Map<string, string> {
  const bits = (path: string) => (Deno.statSync(path).mode! & 0o777).toString(8);
  const modes = new Map([[folder, `folder ${bits(folder)}`]]);
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (!isDirectory) modes.set(path, bits(path));
    else for (const [inner, mode] of permissionsBelow(path)) modes.set(inner, mode);
  }
  return modes;
}
