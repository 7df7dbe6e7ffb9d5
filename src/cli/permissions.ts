import { dirname } from "@std/path";
import type { WatchConfig } from "../config.ts";

/** Variables that reeltime reads. */
export const VARIABLES = [
  "FRAMEIO_TOKEN",
  "FRAMEIO_FOLDER",
  "HOME",
  "USERPROFILE",
  "LOCALAPPDATA",
  "XDG_STATE_HOME",
];

/** Where Frame.io's presigned URLs lead. */
const STORAGE_HOSTS = "*.amazonaws.com";

/** One Deno flag with what it must hold. */
interface Need {
  readonly flag: string;
  readonly wants: readonly Deno.PermissionDescriptor[];
}

/**
 * The flags that this command needs and does not have, in Deno's own words: the least that works.
 * Empty when nothing is missing.
 */
export function missingFlags(config: WatchConfig): string[] {
  return needs(config).filter(({ wants }) => wants.some(isMissing)).map(({ flag }) => flag);
}

/** Every flag of the least-permission command line. */
export function neededFlags(config: WatchConfig): string[] {
  return needs(config).map(({ flag }) => flag);
}

function needs(config: WatchConfig): Need[] {
  const read = [...new Set([...config.recordings.map((r) => dirname(r.path)), config.stateFolder])];
  const hosts = hostsOf(config);
  return [
    need("read", read, (path) => ({ name: "read", path })),
    need("write", [config.stateFolder], (path) => ({ name: "write", path })),
    // Wildcards cannot be asked about: the API's host stands for them.
    need("net", hosts, (host) => ({ name: "net", host }), (host) => !host.startsWith("*")),
    need("env", VARIABLES, (variable) => ({ name: "env", variable }), () => false),
  ].filter(({ flag }) => !flag.endsWith("="));
}

function need(
  kind: string,
  values: readonly string[],
  descriptor: (value: string) => Deno.PermissionDescriptor,
  asked: (value: string) => boolean = () => true,
): Need {
  const list = values.map((value) => /[\s,'"$*]/.test(value) ? `'${value}'` : value).join(",");
  return { flag: `--allow-${kind}=${list}`, wants: values.filter(asked).map(descriptor) };
}

function hostsOf({ account, listen }: WatchConfig): string[] {
  const own = listen === null ? [] : [`${listen.hostname}:${listen.port}`];
  if (account === null) return [...own, "127.0.0.1"];
  return [...own, new URL(account.apiBase).host, STORAGE_HOSTS];
}

function isMissing(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state !== "granted";
}
