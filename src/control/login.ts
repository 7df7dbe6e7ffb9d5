import type { OpenAPIHono } from "@hono/zod-openapi";
import type { Context, MiddlewareHandler } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { type Auth, SESSION_SECONDS, type Verdict } from "./auth.ts";
import { refuse } from "./problem.ts";

/**
 * Name of the cookie that carries a login. Cookies do not know ports (RFC 6265, 8.5): without it, two
 * reeltimes on one machine would log each other's people out.
 *
 * @param port The port that this one is served at.
 */
export function sessionCookie(port: number): string {
  return `reeltime_session_${port}`;
}

const COOKIE = { path: "/", httpOnly: true, sameSite: "Strict" } as const;

/**
 * Lets nobody through without the token or a login, but to what is needed to log in.
 *
 * @param isOpen Whether a path is served to everyone: the files of the page, which hold no data.
 * @param port The port that it is served at; asked on every request.
 */
export function requireLogin(
  auth: Auth,
  isOpen: (path: string) => boolean,
  port: () => number,
): MiddlewareHandler {
  return async function requireLogin(c, next) {
    if (isOpen(c.req.path)) return await next();
    const authorization = c.req.header("Authorization") ?? "";
    // Another scheme is that of a proxy in front, and no wrong token.
    const bearer = /^Bearer( |$)/i.test(authorization)
      ? /^Bearer +(\S+) *$/i.exec(authorization)?.[1] ?? ""
      : null;
    const session = getCookie(c, sessionCookie(port())) ?? null;
    const verdict = auth.check({ bearer, session }, placeOf(c));
    if (verdict.is === "allowed") return await next();
    if (verdict.is === "throttled") return refuseThrottled(c, verdict.retryInSeconds);
    if (c.req.path === "/" && c.req.method === "GET") {
      return c.redirect(verdict.is === "expired" ? "/login?reason=expired" : "/login", 303);
    }
    return refuseStranger(c, verdict);
  };
}

/** Adds what the login's form leads to, and its end. Without `auth` there is nothing to log in to. */
export function addLoginRoutes(app: OpenAPIHono, auth: Auth | null, port: () => number): void {
  app.post("/login", async (c) => {
    if (auth === null) return c.redirect("/", 303);
    const { token } = await c.req.parseBody().catch(() => ({ token: "" }));
    const verdict = auth.login(typeof token === "string" ? token.trim() : "", placeOf(c));
    if (verdict.is !== "allowed") return c.redirect(`/login?reason=${verdict.is}`, 303);
    setCookie(c, sessionCookie(port()), verdict.session, { ...COOKIE, maxAge: SESSION_SECONDS });
    return c.redirect("/", 303);
  });

  app.post("/logout", (c) => {
    const session = getCookie(c, sessionCookie(port()));
    if (session !== undefined) auth?.logout(session);
    deleteCookie(c, sessionCookie(port()), COOKIE);
    return c.redirect("/login", 303);
  });
}

/** Where a request comes from, as Deno.serve tells; without a server everything is one place. */
function placeOf(c: Context): string {
  const info = c.env as { readonly remoteAddr?: { readonly hostname?: string } } | undefined;
  return info?.remoteAddr?.hostname ?? "";
}

function refuseStranger(c: Context, { is }: Verdict): Response {
  return refuse(
    c,
    {
      type: "urn:reeltime:login-required",
      title: "Who is there?",
      status: 401,
      detail: is === "wrong"
        ? "Cannot answer: that is not the control token."
        : `Cannot answer: ${is === "expired" ? "the login has ended" : "a login is needed"}.`,
      remedy:
        "Log in at /login, or send the control token as Authorization: Bearer. It is in the file " +
        "that reeltime was started with (--control-token-file), or in REELTIME_CONTROL_TOKEN.",
    },
    {},
    { "WWW-Authenticate": 'Bearer realm="reeltime"' },
  );
}

function refuseThrottled(c: Context, retryInSeconds: number): Response {
  return refuse(
    c,
    {
      type: "urn:reeltime:too-many-tries",
      title: "Too many wrong tokens",
      status: 429,
      detail: `Cannot look at another token from there for ${retryInSeconds} s.`,
      remedy: "Wait, then try again with the right token. Uploads go on.",
    },
    {},
    { "Retry-After": String(retryInSeconds) },
  );
}
