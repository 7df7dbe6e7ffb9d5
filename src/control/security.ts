/**
 * What stands between this server and a web page of someone else: any page open in the same browser
 * could try to read it (DNS rebinding), to press finish (CSRF), or to keep it busy.
 */
import type { Context, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { refuse, repeated } from "./problem.ts";

/** Largest request body in bytes: a path of 4096 characters, each escaped in JSON, fits. */
export const MAX_BODY_BYTES = 32_768;

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
  const port = /^\*:(\d+)$/.exec(allowed.at(-1) ?? "")?.[1];
  return port === undefined
    ? `Open http://${allowed[0] ?? "localhost"}, the address reeltime printed at its start.`
    : `Open http://ADDRESS:${port} with this machine's address in numbers, not by a name.`;
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

/**
 * Refuses a body over {@linkcode MAX_BODY_BYTES}; one of unannounced length is refused unread, or, where
 * HTTP/2 needs no announcement, as soon as it passes the bound.
 */
export function smallBodies(): MiddlewareHandler {
  const counted = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => refuseBody(c, "more"),
  });
  return async function smallBodies(c, next) {
    const isChunked = c.req.header("Transfer-Encoding") !== undefined;
    const length = isChunked ? "an unknown number of" : c.req.header("Content-Length") ?? "0";
    if (!(Number(length) <= MAX_BODY_BYTES)) return refuseBody(c, length);
    return await counted(c, next);
  };
}

function refuseBody(c: Context, length: string): Response {
  return refuse(c, {
    type: "urn:reeltime:body-too-large",
    title: "The request is too large",
    status: 413,
    detail: `Cannot take a body of ${repeated(length)} bytes: ${MAX_BODY_BYTES} bytes is the most.`,
    remedy: "Send the request with a Content-Length and only what GET /openapi.json describes.",
  });
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
 * Whether `host` is `allowed`; `*:port` stands for every address in numbers.
 *
 * @param usualPort The port that browsers leave out.
 */
function isHost(host: string, allowed: string, usualPort: number): boolean {
  const [name, port] = split(host, usualPort);
  const [allowedName, allowedPort] = split(allowed, usualPort);
  return port === allowedPort &&
    (name === allowedName || (allowedName === "*" && ADDRESS.test(name)));
}

function split(host: string, usualPort: number): [name: string, port: string] {
  const [, name = "", port = String(usualPort)] = /^(.*?)(?::(\d+))?$/.exec(host.toLowerCase()) ??
    [];
  return [name, port];
}
