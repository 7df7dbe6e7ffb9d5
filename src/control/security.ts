/**
 * What stands between this server and a web page of someone else: the status page has no password, so
 * any page open in the same browser could try to read it (DNS rebinding) or press finish (CSRF).
 */
import type { MiddlewareHandler } from "hono";
import { refuse } from "./problem.ts";

/** Largest request body in bytes. No route reads one; this only bounds what a client can make us hold. */
export const MAX_BODY_BYTES = 4096;

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
  ["Referrer-Policy", "no-referrer"],
  ["Cross-Origin-Resource-Policy", "same-origin"],
  ["Cross-Origin-Opener-Policy", "same-origin"],
  ["Cache-Control", "no-store"],
];

/** Puts the headers on every answer, refusals included. */
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
    if (allowed.some((one) => withoutPort(one, 80) === withoutPort(host, 80))) return await next();
    return refuse(c, {
      type: "urn:reeltime:host-not-allowed",
      title: "This server does not answer under that name",
      status: 421,
      detail: `Cannot answer for the host "${host}".`,
      remedy: `Open http://${
        allowed[0] ?? "localhost"
      }, the address reeltime printed at its start.`,
    });
  };
}

/**
 * Refuses anything but a read that another site's page started. Browsers say where a request comes
 * from; a client that says nothing (curl, a script) is no page and is let through.
 *
 * @param allowedHosts The accepted `host:port` values; asked on every request.
 */
export function sameOriginWrites(allowedHosts: () => readonly string[]): MiddlewareHandler {
  return async function sameOriginWrites(c, next) {
    if (c.req.method === "GET" || c.req.method === "HEAD") return await next();
    const origin = c.req.header("Origin");
    const site = c.req.header("Sec-Fetch-Site") ?? "none";
    const isOurs = (origin === undefined || isOriginOf(origin, allowedHosts())) &&
      (site === "same-origin" || site === "none");
    if (isOurs) return await next();
    return refuse(c, {
      type: "urn:reeltime:foreign-origin",
      title: "Another site's page may not control reeltime",
      status: 403,
      detail: `Cannot accept a ${c.req.method} from the origin "${origin ?? site}".`,
      remedy: "Use the buttons on reeltime's own page, or send the request without a browser.",
    });
  };
}

/** Refuses a body over {@linkcode MAX_BODY_BYTES}; one of unannounced length is refused unread. */
export function smallBodies(): MiddlewareHandler {
  return async function smallBodies(c, next) {
    const isChunked = c.req.header("Transfer-Encoding") !== undefined;
    const length = isChunked ? "an unknown number of" : c.req.header("Content-Length") ?? "0";
    if (Number(length) <= MAX_BODY_BYTES) return await next();
    return refuse(c, {
      type: "urn:reeltime:body-too-large",
      title: "The request is too large",
      status: 413,
      detail: `Cannot take a body of ${length} bytes: ${MAX_BODY_BYTES} bytes is the most.`,
      remedy: "Send the request without a body; none of the routes needs one.",
    });
  };
}

function isOriginOf(origin: string, allowed: readonly string[]): boolean {
  const [, scheme, host] = /^(https?):\/\/(.+)$/.exec(origin) ?? [];
  if (host === undefined) return false;
  const port = scheme === "http" ? 80 : 443;
  return allowed.some((one) => withoutPort(one, port) === withoutPort(host, port));
}

/** Lower case, and without the port that browsers leave out. */
function withoutPort(host: string, port: number): string {
  return host.toLowerCase().replace(new RegExp(`:${port}$`), "");
}
