import { dirname, resolve } from "@std/path";
import type { Account, Address, WatchConfig } from "../config.ts";
import { Config } from "../errors.ts";
import { REAL } from "../frameio/credentials.ts";
import { isPermitted } from "../runtime/permitted.ts";
import { type Asked, ASSUMED_STATE_BASE, onTerminal } from "./surroundings.ts";

/** Where Frame.io's presigned URLs lead. */
const STORAGE_HOSTS = "*.amazonaws.com";

/** One of Deno's permissions with the values that it must hold. */
interface Need {
  readonly kind: "read" | "write" | "net" | "env" | "sys";
  /** Empty for all that there is of the kind. */
  readonly values: readonly string[];
}

/**
 * Makes sure that everything is permitted before anything begins: on a terminal Deno asks now, since
 * later the keys belong to the display; elsewhere nobody can be asked.
 *
 * @param asked What the command line made us read already.
 * @throws Config naming the flags of the least-permission command line.
 */
export async function ensurePermissions(config: WatchConfig, asked: Asked): Promise<void> {
  const needs = needsOf(config, asked);
  if (onTerminal()) {
    for (const permission of needs.flatMap(questions)) {
      if ((await Deno.permissions.request(permission)).state !== "granted") throw refusal(needs);
    }
  } else if (needs.flatMap(checks).some(isMissing)) throw refusal(needs);
}

/** The error that names the flags to run with. */
export function missingPermissions(config: WatchConfig, asked: Asked): Config {
  return refusal(needsOf(config, asked));
}

/** What a command that sends no file reaches. */
export interface Reach {
  readonly stateFolder: string;
  /** Addresses of the services that it calls. */
  readonly services: readonly string[];
}

/** The services that an account is used with. */
export function servicesOf({ apiBase, imsBase }: Account): string[] {
  return [apiBase, imsBase ?? REAL.ims];
}

/**
 * As {@linkcode missingPermissions}, for a command that sends no file.
 *
 * @param asked What it reads beside the state folder.
 */
export function missingAccess({ stateFolder, services }: Reach, asked: Asked): Config {
  return refusal(tidy([
    { kind: "read", values: [stateFolder, ...asked.files].map(withoutComma) },
    { kind: "write", values: [withoutComma(stateFolder)] },
    { kind: "net", values: services.map((service) => new URL(service).host) },
    { kind: "env", values: asked.variables },
  ]));
}

/** The error that names the flags of the least-permission command line. */
function refusal(needs: readonly Need[]): Config {
  return new Config(
    "Deno has not been given the permissions that reeltime needs. Run it with:\n" +
      `  deno run ${needs.map(flagOf).join(" ")} main.ts …\n` +
      "or, with everything allowed: deno run -A main.ts …",
  );
}

function needsOf(config: WatchConfig, asked: Asked): Need[] {
  const { recordings, stateFolder, account, listen, allowRoots, sends } = config;
  const page = listen === null ? [] : [hostOf(listen)];
  const service = account === null ? ["127.0.0.1"] : [new URL(account.apiBase).host, STORAGE_HOSTS];
  // Only finished files go in with Adobe's login, whose tokens are renewed there.
  const login = account !== null && sends === "finished"
    ? [new URL(account.imsBase ?? REAL.ims).host]
    : [];
  const isSecure = account !== null && account.apiBase.startsWith("https:");
  const needs: Need[] = [
    {
      kind: "read",
      values: [
        ...recordings.flatMap(({ path }) => foldersOf(path)),
        ...allowRoots,
        stateFolder,
        ...asked.files,
      ].map(withoutComma),
    },
    { kind: "write", values: [withoutComma(stateFolder)] },
    { kind: "net", values: [...page, ...service, ...login] },
    { kind: "env", values: [...asked.variables, ...(isSecure ? TLS_VARIABLES : [])] },
  ];
  return tidy(needs)
    .concat(isSecure && hasExtraAuthorities() ? [{ kind: "sys", values: [] }] : []);
}

/** Each value once, and no permission for nothing. */
function tidy(needs: readonly Need[]): Need[] {
  return needs
    .map(({ kind, values }) => ({ kind, values: [...new Set(values)] }))
    .filter(({ values }) => values.length > 0);
}

/** Variables that node:https reads before it connects, where the first of them is set. */
const TLS_VARIABLES = ["NODE_EXTRA_CA_CERTS", "NODE_USE_SYSTEM_CA"];

/** With further authorities node:https asks for `--allow-sys`, under a name that the flag does not take. */
function hasExtraAuthorities(): boolean {
  const [variable] = TLS_VARIABLES;
  return isPermitted({ name: "env", variable: variable! }) && Deno.env.has(variable!);
}

/** The folder of a recording, and the one that its links lead to, as far as Deno lets us see. */
function foldersOf(path: string): string[] {
  const folder = dirname(path);
  for (const [link, folderOf] of [[path, dirname], [folder, String]] as const) {
    if (!isPermitted({ name: "read", path: link })) continue;
    try {
      const real = folderOf(Deno.realPathSync(link));
      return real === resolve(folder) ? [folder] : [folder, real];
    } catch {
      // Not there yet.
    }
  }
  return [folder];
}

/** An address as Deno reads it: IPv6 stands in brackets. */
function hostOf({ hostname, port }: Address): string {
  return `${hostname.includes(":") ? `[${hostname}]` : hostname}:${port}`;
}

/**
 * The path, or the nearest folder above it without a comma: Deno 2.9 splits at every comma, and the
 * doubled one that Deno 2.0 took for a single one is an error there (denoland/deno#32010).
 */
function withoutComma(path: string): string {
  return path.includes(",") ? withoutComma(dirname(path)) : path;
}

/** What is asked on a terminal: a wildcard cannot be asked for, so the whole network is. */
function questions(need: Need): Deno.PermissionDescriptor[] {
  const wild = need.kind === "net" && need.values.includes(STORAGE_HOSTS);
  return wild ? [{ name: "net" }] : checks(need);
}

/** What can be checked: a wildcard cannot, and stands or falls with the hosts beside it. */
function checks({ kind, values }: Need): Deno.PermissionDescriptor[] {
  if (kind === "sys") return [{ name: kind }];
  return values.filter((value) => value !== STORAGE_HOSTS).map((value) => {
    if (kind === "net") return { name: kind, host: value };
    return kind === "env" ? { name: kind, variable: value } : { name: kind, path: value };
  });
}

function isMissing(permission: Deno.PermissionDescriptor): boolean {
  return Deno.permissions.querySync(permission).state !== "granted";
}

/** One flag as it is pasted into a shell. */
function flagOf({ kind, values }: Need): string {
  return values.length === 0
    ? `--allow-${kind}`
    : `--allow-${kind}=${values.map(quoted).join(",")}`;
}

function quoted(value: string): string {
  if (value.startsWith(ASSUMED_STATE_BASE)) return `"${value}"`; // for the shell to fill in
  if (/^[\w@%+=:.,/-]+$/.test(value)) return value;
  return `'${value.replaceAll("'", String.raw`'\''`)}'`;
}
