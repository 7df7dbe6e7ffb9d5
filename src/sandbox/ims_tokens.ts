import { Hono } from "hono";
import { createHash } from "node:crypto";
import type { AuthStore } from "./auth_store.ts";
import { REFRESH_LIFE_MS } from "./device_tokens.ts";
import { freshToken, readForm, refuseToken, SANDBOX_SECRET } from "./form_body.ts";
import type { SandboxRoom } from "./room.ts";

/** Lives of access tokens in seconds (Adobe IMS: server-to-server 86399, user 24 h). */
const SERVER_LIFE_SECONDS = 86_399;
const USER_LIFE_SECONDS = 86_400;

/** Life of an authorization code in milliseconds; the longest that RFC 6749, section 4.1.2, advises. */
const CODE_LIFE_MS = 10 * 60 * 1000;

/** Who asks for a token. */
interface Client {
  readonly id: string;
  /** It showed the secret; a public client has none. */
  readonly isConfidential: boolean;
}

/**
 * Sign-in and tokens shaped as Adobe IMS gives them (Adobe developer console, user authentication and
 * server-to-server authentication), to be mounted under `/ims`. A refresh token is good for one use:
 * nobody says so for certain, and a client must be able to live with it.
 */
export function imsRoutes(room: SandboxRoom, store: AuthStore): Hono {
  const routes = new Hono();
  const nowMs = () => room.now().getTime();

  /** The sign-in page, with a person who says yes at once. */
  routes.get("/authorize/v2", (c) => {
    const { client_id: clientId, redirect_uri: redirectUri, state } = c.req.query();
    const challenge = c.req.query("code_challenge") ?? null;
    const isCode = (c.req.query("response_type") ?? "code") === "code";
    const isS256 = challenge === null || c.req.query("code_challenge_method") === "S256";
    if (!clientId || !isCode || !isS256 || !isRedirect(redirectUri)) {
      return refuseToken("invalid_request");
    }
    store.purge(nowMs());
    const code = freshToken("eyJ-code-");
    const scopes = (c.req.query("scope") ?? "").split(/[\s,]+/);
    store.addCode({
      ...{ code, clientId, redirectUri, challenge },
      ...{ isOffline: scopes.includes("offline_access"), endsAtMs: nowMs() + CODE_LIFE_MS },
    });
    const url = new URL(redirectUri);
    url.searchParams.set("code", code);
    if (state !== undefined) url.searchParams.set("state", state);
    return c.redirect(url.href);
  });

  routes.post("/token/v3", async (c) => {
    const form = await readForm(c.req.raw);
    if (form === null) return refuseToken("invalid_request");
    const client = clientOf(c.req.raw, form);
    if (client === null) return refuseToken("invalid_client", 401);
    switch (form.get("grant_type")) {
      case "client_credentials":
        if (!client.isConfidential) return refuseToken("invalid_client", 401);
        return /(^|[\s,])frame\.s2s\.all($|[\s,])/.test(form.get("scope") ?? "")
          ? give(client, SERVER_LIFE_SECONDS, false)
          : refuseToken("invalid_scope");
      case "authorization_code":
        return exchange(form, client);
      case "refresh_token":
        return refresh(form.get("refresh_token") ?? "", client);
      default:
        return refuseToken("unsupported_grant_type");
    }
  });

  function exchange(form: URLSearchParams, client: Client): Response {
    const code = store.takeCode(form.get("code") ?? "");
    if (code === null || code.clientId !== client.id || code.endsAtMs <= nowMs()) {
      return refuseToken("invalid_grant");
    }
    const redirectUri = form.get("redirect_uri") ?? code.redirectUri;
    if (redirectUri !== code.redirectUri) return refuseToken("invalid_grant");
    const isProved = code.challenge === null
      ? client.isConfidential
      : code.challenge === s256(form.get("code_verifier") ?? "");
    return isProved
      ? give(client, USER_LIFE_SECONDS, code.isOffline)
      : refuseToken("invalid_grant");
  }

  function refresh(token: string, client: Client): Response {
    const old = store.byRefresh(token);
    if (old === null || old.kind !== "ims" || old.clientId !== client.id) {
      return refuseToken("invalid_grant");
    }
    store.spendRefresh(token);
    if (old.refreshEndsAtMs <= nowMs()) return refuseToken("invalid_grant");
    return give(client, USER_LIFE_SECONDS, true);
  }

  function give({ id: clientId }: Client, lifeSeconds: number, isOffline: boolean): Response {
    const access = freshToken("eyJ-access-");
    const refresh = isOffline ? freshToken("eyJ-refresh-") : null;
    store.purge(nowMs());
    store.addTokens({
      ...{ access, refresh, kind: "ims", clientId },
      accessEndsAtMs: nowMs() + lifeSeconds * 1000,
      refreshEndsAtMs: nowMs() + REFRESH_LIFE_MS,
    });
    return Response.json({
      access_token: access,
      token_type: "bearer",
      expires_in: lifeSeconds,
      ...(refresh === null ? {} : { refresh_token: refresh }),
    });
  }

  routes.post("/revoke", async (c) => {
    const form = await readForm(c.req.raw);
    const token = form?.get("token");
    if (!form || !token) return refuseToken("invalid_request");
    const client = clientOf(c.req.raw, form);
    if (client === null) return refuseToken("invalid_client", 401);
    const given = store.byAccess(token) ?? store.byRefresh(token);
    if (given?.clientId === client.id) store.removeTokens(given.access);
    return c.body(null, 200); // "no response body" (Adobe IMS, token revocation)
  });

  return routes;
}

/** By the basic header, the body or, for a public client, the query; null for a wrong secret. */
function clientOf(request: Request, form: URLSearchParams): Client | null {
  const [, basic] = /^Basic (\S+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
  let id = form.get("client_id") ?? new URL(request.url).searchParams.get("client_id") ?? "";
  let secret = form.get("client_secret");
  if (basic !== undefined) {
    const pair = decodeBase64(basic);
    id = pair.slice(0, pair.indexOf(":"));
    secret = pair.slice(pair.indexOf(":") + 1);
  }
  if (id === "" || (secret !== null && secret !== SANDBOX_SECRET)) return null;
  return { id, isConfidential: secret !== null };
}

function decodeBase64(text: string): string {
  try {
    return atob(text);
  } catch {
    return "";
  }
}

function s256(verifier: string): string {
  return createHash("sha256").update(verifier).digest("base64url");
}

/** HTTPS, or a program on the same machine (RFC 8252, section 7.3). */
function isRedirect(text: string | undefined): text is string {
  if (text === undefined || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === "https:" ||
    (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}
