import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import type { AuthStore, Pairing } from "./auth_store.ts";
import { freshToken, readForm, refuseToken, SANDBOX_SECRET } from "./form_body.ts";
import type { SandboxRoom } from "./room.ts";

/** Life of a device's access token in seconds: 8 h (Camera to Cloud, managing authorization). */
const ACCESS_LIFE_SECONDS = 28_800;

/** Life of its refresh token, 14 days (same document). Ordinary for Adobe IMS too. */
export const REFRESH_LIFE_MS = 14 * 24 * 60 * 60 * 1000;

/** Life of a pairing code in seconds, and the shortest time between polls (same document). */
const CODE_LIFE_SECONDS = 120;
const POLL_INTERVAL_MS = 5000;

/** What `slow_down` adds to the interval (RFC 8628, section 3.5). */
const SLOWER_MS = 5000;

/** Timers on both sides are this inexact; a poll that comes sooner than the interval by more is refused. */
const TIMER_SLACK_MS = 100;

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

/**
 * Pairing of a device and the renewal of its tokens (Camera to Cloud, authorization; RFC 8628), to be
 * mounted under `/v2`.
 */
export function deviceTokenRoutes(room: SandboxRoom, store: AuthStore): Hono {
  const routes = new Hono();
  const nowMs = () => room.now().getTime();

  routes.post("/auth/device/code", async (c) => {
    const form = await readForm(c.req.raw);
    const clientId = form?.get("client_id");
    const secret = form?.get("client_secret");
    const scopes = (form?.get("scope") ?? "").split(/\s+/);
    if (!clientId || !secret || !scopes.includes("asset_create")) {
      return refuseToken("invalid_request");
    }
    if (secret !== SANDBOX_SECRET) return refuseToken("invalid_client");
    store.purge(nowMs());
    const pairing: Pairing = {
      deviceCode: freshToken("fio-code-"),
      userCode: freshUserCode(),
      clientId,
      isOffline: scopes.includes("offline"),
      endsAtMs: nowMs() + CODE_LIFE_SECONDS * 1000,
      ...{ intervalMs: POLL_INTERVAL_MS, polledAtMs: null, isApproved: false },
    };
    store.putPairing(pairing);
    const page = `${room.baseUrl()}/sandbox/pairing/approve`;
    return c.json({
      device_code: pairing.deviceCode,
      user_code: pairing.userCode,
      expires_in: CODE_LIFE_SECONDS,
      interval: POLL_INTERVAL_MS / 1000,
      name: "Sandbox Camera",
      verification_uri: page,
      ...(c.req.header("x-client-platypus-enabled") === "true"
        ? { verification_uri_complete: `${page}?code=${pairing.userCode}` }
        : {}),
    });
  });

  /** A code nobody else has to type in now. */
  function freshUserCode(): string {
    for (;;) {
      const [number] = crypto.getRandomValues(new Uint32Array(1));
      const userCode = String(number! % 1_000_000).padStart(6, "0");
      const other = store.pairing({ userCode });
      if (other === null || other.endsAtMs <= nowMs()) return userCode;
    }
  }

  routes.post("/auth/token", async (c) => {
    const form = await readForm(c.req.raw);
    const clientId = form?.get("client_id");
    if (!form || !clientId) return refuseToken("invalid_request");
    const secret = form.get("client_secret");
    const grant = form.get("grant_type");
    // Older clients poll without their secret (Camera to Cloud, API reference).
    const needsSecret = grant !== DEVICE_GRANT;
    if (secret === null ? needsSecret : secret !== SANDBOX_SECRET) {
      return refuseToken("invalid_client");
    }
    if (grant === DEVICE_GRANT) return poll(form.get("device_code") ?? "", clientId);
    if (grant === "refresh_token") return refresh(form.get("refresh_token") ?? "", clientId);
    return refuseToken("invalid_request");
  });

  function poll(deviceCode: string, clientId: string): Response {
    const pairing = store.pairing({ deviceCode });
    if (pairing === null || pairing.clientId !== clientId) return refuseToken("invalid_grant");
    if (pairing.endsAtMs <= nowMs()) return refuseToken("expired_token");
    const { polledAtMs, intervalMs } = pairing;
    const isHasty = polledAtMs !== null && nowMs() - polledAtMs < intervalMs - TIMER_SLACK_MS;
    if (isHasty || !pairing.isApproved) {
      const slower = isHasty ? SLOWER_MS : 0;
      store.putPairing({ ...pairing, polledAtMs: nowMs(), intervalMs: intervalMs + slower });
      return refuseToken(isHasty ? "slow_down" : "authorization_pending");
    }
    store.removePairing(deviceCode);
    return give(clientId, pairing.isOffline);
  }

  /** A refresh token is good for one use, which ends its whole pair (managing authorization). */
  function refresh(token: string, clientId: string): Response {
    const old = store.byRefresh(token);
    if (old === null || old.kind !== "device" || old.clientId !== clientId) {
      return refuseToken("invalid_request");
    }
    store.removeTokens(old.access);
    if (old.refreshEndsAtMs <= nowMs()) return refuseToken("invalid_request");
    return give(clientId, true);
  }

  function give(clientId: string, isOffline: boolean): Response {
    const access = freshToken("fio-device-");
    const refresh = isOffline ? freshToken("fio-refresh-") : null;
    store.purge(nowMs());
    store.addTokens({
      ...{ access, refresh, kind: "device", clientId },
      accessEndsAtMs: nowMs() + ACCESS_LIFE_SECONDS * 1000,
      refreshEndsAtMs: nowMs() + REFRESH_LIFE_MS,
    });
    return Response.json({
      access_token: access,
      token_type: "bearer",
      expires_in: ACCESS_LIFE_SECONDS,
      ...(refresh === null ? {} : { refresh_token: refresh }),
    });
  }

  routes.post("/auth/revoke", async (c) => {
    const form = await readForm(c.req.raw);
    const token = form?.get("token");
    if (!form || !token || !form.get("client_id")) return refuseToken("invalid_request");
    if (form.get("client_secret") !== SANDBOX_SECRET) return refuseToken("invalid_client");
    const given = store.byAccess(token) ?? store.byRefresh(token);
    if (given?.clientId === form.get("client_id")) store.removeTokens(given.access);
    return c.json({}); // an unknown token is revoked already (RFC 7009, section 2.2)
  });

  routes.get("/devices/me", (c) => {
    const who = room.identify(c.req.raw);
    if (who.is !== "device") throw new ApiRefusal(401, "Only a paired device has an identity");
    return c.json({
      ...{ _type: "project_device", id: who.deviceId, device_id: who.deviceId },
      ...{ name: "Sandbox Camera", asset_type: "video", deleted_at: null, status: "online" },
      ...{ project_id: "sandbox-project", project: { id: "sandbox-project", name: "Sandbox" } },
    });
  });

  return routes;
}
