import { Config } from "../errors.ts";
import { isPermitted } from "./permitted.ts";

/**
 * Variables that name proxies; each is also read in lower case, where the upper one is not set. fetch
 * reads the same ones by itself (Deno manual, environment variables).
 */
export const PROXY_VARIABLES = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"] as const;

/** The proxies of this machine, as node:http takes them. */
export interface Proxies {
  /** For `https:` addresses. It may hold a name and a password. */
  readonly HTTPS_PROXY?: string;
  /** For `http:` addresses. */
  readonly HTTP_PROXY?: string;
  /** Hosts that are reached without, separated by commas. */
  readonly NO_PROXY?: string;
}

/**
 * Reads what the environment says of proxies. What Deno does not permit to read counts as not set.
 *
 * @throws Config if a proxy is named in a way that cannot be used, without its password.
 */
export function proxiesOf(env: (name: string) => string | undefined = permittedEnv): Proxies {
  const read = (name: (typeof PROXY_VARIABLES)[number]) => env(name) || env(name.toLowerCase());
  const all = read("ALL_PROXY");
  const secure = read("HTTPS_PROXY") || all;
  const plain = read("HTTP_PROXY") || all;
  const none = read("NO_PROXY");
  return {
    ...(secure ? { HTTPS_PROXY: checked(secure, "HTTPS_PROXY") } : {}),
    ...(plain ? { HTTP_PROXY: checked(plain, "HTTP_PROXY") } : {}),
    ...(none ? { NO_PROXY: none } : {}),
  };
}

/** This machine's own addresses, by number: a name may be meant to go through the proxy. */
const THIS_MACHINE = ["127.0.0.1", "::1"];

/**
 * Has this machine reached without a proxy from now on, by fetch too: no proxy finds the sandbox in
 * here. To be called before the first request; does nothing where Deno does not permit it.
 */
export function reachThisMachineDirectly(): void {
  if (!isPermitted({ name: "env", variable: "NO_PROXY" })) return;
  const others = permittedEnv("NO_PROXY") || permittedEnv("no_proxy") || [];
  Deno.env.set("NO_PROXY", [others, THIS_MACHINE].flat().join(","));
}

/**
 * The proxy that an address is reached through, as `host:port` without its password, or null.
 *
 * @param url An `http:` or `https:` address.
 */
export function proxyFor(url: string, proxies: Proxies): string | null {
  const { protocol, hostname } = new URL(url);
  const proxy = protocol === "https:" ? proxies.HTTPS_PROXY : proxies.HTTP_PROXY;
  if (proxy === undefined || isExempt(hostname, proxies.NO_PROXY ?? "")) return null;
  const { protocol: scheme, hostname: host, port } = new URL(proxy);
  return `${host}:${port || (scheme === "https:" ? 443 : 80)}`;
}

/** As a rule a name stands for itself and for what lies below it. */
function isExempt(hostname: string, noProxy: string): boolean {
  return noProxy.split(",").map((entry) => entry.trim().toLowerCase()).some((entry) => {
    const name = entry.replace(/^\*?\./, "");
    return name === "*" || (name !== "" && (hostname === name || hostname.endsWith(`.${name}`)));
  });
}

/** The proxy's address in full: many are written without `http://`. */
function checked(text: string, variable: string): string {
  const url = URL.parse(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `http://${text}`);
  const isIp = /^[\d.]+$|^\[/.test(url?.hostname ?? "");
  // node:https opens a proxy's own TLS by its name only.
  if (url?.protocol === "http:" || (url?.protocol === "https:" && !isIp)) return url.href;
  throw new Config(`Cannot use the proxy in ${variable}: write it as http://HOST:PORT`);
}

function permittedEnv(variable: string): string | undefined {
  return isPermitted({ name: "env", variable }) ? Deno.env.get(variable) : undefined;
}
