import { assertEquals, assertThrows } from "@std/assert";
import { ApiRefusal } from "../../src/sandbox/api_refusal.ts";
import { openAuthStore } from "../../src/sandbox/auth_store.ts";
import { deviceIdOf, identifier } from "../../src/sandbox/identity.ts";
import { withFolder } from "./sandbox_client.ts";

const NOW_MS = Date.UTC(2024, 5, 12, 14);

/** Calls as the bearer of a token. */
const as = (token: string, path = "/v2/x", headers: Record<string, string> = {}) =>
  new Request(`http://sandbox${path}`, { headers: { ...headers, authorization: token } });

Deno.test("identifier() tells the bearers apart, and refuses others with 401", () =>
  withFolder((dir) => {
    const store = openAuthStore(dir);
    try {
      const ends = { accessEndsAtMs: NOW_MS + 1, refreshEndsAtMs: NOW_MS };
      const given = { refresh: null, clientId: "c", ...ends };
      store.addTokens({ ...given, access: "d", kind: "device" });
      store.addTokens({ ...given, access: "i", kind: "ims" });
      store.addTokens({ ...given, access: "e", kind: "ims", accessEndsAtMs: NOW_MS });
      const identify = identifier(store, () => new Date(NOW_MS));
      assertEquals(identify(as("Bearer sandbox")), { is: "user" });
      assertEquals(identify(as("Bearer d")), { is: "device", deviceId: deviceIdOf("c") });
      assertEquals(identify(as("Bearer i", "/v4/me")), { is: "ims" });
      const legacy = { "x-frameio-legacy-token-auth": "true" };
      assertEquals(identify(as("Bearer sandbox", "/v4/me", legacy)), { is: "user" });
      const refused = [
        as("Bearer sandbox", "/v4/me"),
        as("Bearer sandbox", "/v4/me", { "x-frameio-legacy-token-auth": "false" }),
        as("Bearer e"),
        as("Bearer x"),
        as("Basic sandbox"),
        new Request("http://sandbox/v2/x"),
      ];
      for (const request of refused) {
        assertEquals(assertThrows(() => identify(request), ApiRefusal).status, 401);
      }
    } finally {
      store.close();
    }
    return Promise.resolve();
  }));

Deno.test("the store forgets what ended an hour ago, and no sooner", () =>
  withFolder((dir) => {
    const store = openAuthStore(dir);
    try {
      const ends = { accessEndsAtMs: NOW_MS, refreshEndsAtMs: NOW_MS };
      store.addTokens({ access: "a", refresh: null, kind: "ims", clientId: "c", ...ends });
      store.purge(NOW_MS + 3_600_000);
      assertEquals(store.byAccess("a")?.access, "a");
      store.purge(NOW_MS + 3_600_001);
      assertEquals(store.byAccess("a"), null);
    } finally {
      store.close();
    }
    return Promise.resolve();
  }));
