/**
 * What stands between this server and a web page of someone else: any page open in the same browser
 * could try to read it (DNS rebinding), to press finish (CSRF), or to keep it busy. What a request may
 * send is bounded in bodies.ts.
 */
import type { MiddlewareHandler } from "hono";
import { refuse, repeated } from "./problem.ts";

const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join("; ");

const HEADERS: readonly (readonly [name: string, value: string])[] = [
  ["Content-Security-Policy", CONTENT_SECURITY_POLICY],
  ["X-Content-Type-Options", "nosniff"],
  ["X-Frame-Options", "DENY"],
  ["Referrer-Policy", "same-origin"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cache-Control", "no-store"],
];

/**
 * Puts the headers on every answer, refusals included. The referrer goes nowhere else; without any, a browser
 * would say the origin "null" of the login form (Fetch, append a request Origin header).
 */
export function secureHeaders(): MiddlewareHandler {
  return async function secureHeaders(c, next) {
    await next();
    for (const [name, value] of HEADERS) c.res.headers.set(name, value);
  };
}

/**
 * Answers only requests whose Host header is on the list. A page that points its own name at this
 * machine (DNS rebinding) still sends its own name as Host, on reads as well as on writes.
 *
 * @param allowedHosts The accepted `host:port` values; asked on every request.
 */
export function hostAllowList(allowedHosts: () => readonly string[]): MiddlewareHandler {
  return async function hostAllowList(c, next) {
    const host = c.req.header("Host") ?? "";
    const allowed = allowedHosts();
    if (allowed.some((one) => isHost(host, one, 80))) return await next();
    return refuse(c, {
      type: "urn:reeltime:host-not-allowed",
      title: "This server does not answer under that name",
      status: 421,
      detail: `Cannot answer for the host "${repeated(host)}".`,
      remedy: wayTo(allowed),
    });
  };
}

/** Where to go instead; how other machines reach this one it does not know itself. */
function wayTo(allowed: readonly string[]): string {
  const port = allowed.find((one) => one.startsWith("*:"))?.slice(2);
  const way = port === undefined
    ? `Open http://${allowed[0] ?? "localhost"}, the address reeltime printed at its start.`
    : `Open http://ADDRESS:${port} with this machine's address in numbers, not by a name.`;
  return `${way} If a proxy in front has that name, start reeltime with --public-host NAME.`;
}

/**
 * Refuses what another site's page started, but for a link to here. Browsers say where a request comes
 * from (Origin; Fetch Metadata's Sec-Fetch-Site); a client that says nothing (curl, a script) is no page
 * and is let through. Reads are refused too: a foreign page cannot see the answer, but could hold all
 * places for event streams.
 *
 * @param allowedHosts The accepted `host:port` values; asked on every request.
 */
export function sameOriginOnly(allowedHosts: () => readonly string[]): MiddlewareHandler {
  return async function sameOriginOnly(c, next) {
    const { method } = c.req;
    const isRead = method === "GET" || method === "HEAD";
    const isLink = c.req.header("Sec-Fetch-Mode") === "navigate" &&
      (c.req.header("Sec-Fetch-Dest") ?? "document") === "document"; // not a frame
    if (isRead && isLink) return await next();
    const origin = c.req.header("Origin");
    const site = c.req.header("Sec-Fetch-Site") ?? "none";
    const isOurs = (origin === undefined || isOriginOf(origin, allowedHosts())) &&
      (site === "same-origin" || site === "none");
    if (isOurs) return await next();
    return refuse(c, {
      type: "urn:reeltime:foreign-origin",
      title: "Another site's page may not use reeltime",
      status: 403,
      detail: `Cannot accept a ${method} from the origin "${repeated(origin ?? site)}".`,
      remedy: "Use reeltime's own page, or send the request without a browser.",
    });
  };
}

function isOriginOf(origin: string, allowed: readonly string[]): boolean {
  const [, scheme, host] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  if (host === undefined) return false;
  const port = scheme === "http" ? 80 : 443;
  return allowed.some((one) => isHost(host, one, port));
}

/** An address in numbers: no name that somebody else could point here. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/;

/**
 * Whether `host` is `allowed`; `*:port` stands for every address in numbers. A name without a port is
 * that of a proxy in front, at the port that is usual for http or for https.
 *
 * @param usualPort The port that browsers leave out.
 */
function isHost(host: string, allowed: string, usualPort: number): boolean {
  const [name, port] = split(host, usualPort);
  const [allowedName, allowedPort] = split(allowed, usualPort);
  const isProxy = allowed === allowedName && ["80", "443"].includes(port);
  return (isProxy || port === allowedPort) &&
    (name === allowedName || (allowedName === "*" && ADDRESS.test(name)));
}

function split(host: string, usualPort: number): [name: string, port: string] {
  const [, name = "", port = String(usualPort)] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase()) ??
    [];
  return [name, port];
}
