import { assertEquals, assertStringIncludes } from "@std/assert";
import { MAX_BODY_BYTES } from "../../src/control/security.ts";
import { controlWorld, HOST } from "./control_world.ts";

const FINISH = "/api/takes/t1/finish";

Deno.test("hostAllowList() refuses every request under a name that is not ours", async () => {
  const { ask, finished } = controlWorld();
  const foreign = ["evil.example", "evil.example:4100", "127.0.0.1", "127.0.0.1:4101", "", null];
  for (const host of foreign) {
    for (const [path, method] of [["/", "GET"], ["/api/events", "GET"], [FINISH, "POST"]]) {
      const response = await ask(path!, method!, { Host: host });
      assertEquals(response.status, 421, `${method} ${path} for ${host}`);
      assertStringIncludes((await response.json()).remedy, `http://${HOST}`);
    }
  }
  assertEquals(finished, []);
});

Deno.test("hostAllowList() accepts its names in any case, and without the port that browsers leave out", async () => {
  const { ask } = controlWorld({ allowedHosts: () => ["localhost:80", "[::1]:4100"] });
  for (const host of ["LocalHost", "localhost:80", "[::1]:4100"]) {
    assertEquals((await ask("/api/takes", "GET", { Host: host })).status, 200, host);
  }
});

Deno.test("sameOriginWrites() refuses a finish that another site's page sends", async () => {
  const { ask, finished } = controlWorld();
  const foreign: Record<string, string>[] = [
    { Origin: "null" },
    { Origin: "http://evil.example" },
    { Origin: `http://${HOST}.evil.example` },
    { Origin: `http://evil.example/${HOST}` },
    { Origin: `ftp://${HOST}` },
    { Origin: "http://127.0.0.1:3000" },
    { Origin: `http://${HOST}`, "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "cross-site" },
    { "Sec-Fetch-Site": "same-site" },
  ];
  for (const headers of foreign) {
    const response = await ask(FINISH, "POST", headers);
    assertEquals(response.status, 403, JSON.stringify(headers));
    await response.body?.cancel();
  }
  assertEquals((await ask("/api/takes", "DELETE", { Origin: "null" })).status, 403);
  assertEquals(finished, []);
});

Deno.test("sameOriginWrites() lets its own page and clients without an origin finish", async () => {
  const { ask, finished } = controlWorld();
  const own: Record<string, string>[] = [
    {},
    { Origin: `http://${HOST}`, "Sec-Fetch-Site": "same-origin" },
    { Origin: `https://${HOST}` },
    { Origin: "http://localhost:4100" },
  ];
  for (const headers of own) assertEquals((await ask(FINISH, "POST", headers)).status, 202);
  assertEquals(finished.length, own.length);
});

Deno.test("sameOriginWrites() leaves reads to the host list", async () => {
  const { ask } = controlWorld();
  const headers = { Origin: "http://evil.example", "Sec-Fetch-Site": "cross-site" };
  const response = await ask("/api/takes", "GET", headers);
  assertEquals(response.status, 200);
  assertEquals(response.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test("smallBodies() refuses a body that is large or of unknown length", async () => {
  const { ask, finished } = controlWorld();
  const large: Record<string, string>[] = [
    { "Content-Length": String(MAX_BODY_BYTES + 1) },
    { "Content-Length": "many" },
    { "Transfer-Encoding": "chunked" },
  ];
  for (const headers of large) {
    assertEquals((await ask(FINISH, "POST", headers)).status, 413, JSON.stringify(headers));
  }
  assertEquals(finished, []);
  const most = { "Content-Length": String(MAX_BODY_BYTES) };
  assertEquals((await ask(FINISH, "POST", most)).status, 202);
});

Deno.test("secureHeaders() are on every answer: page, data, events and refusals", async () => {
  const { ask, streams } = controlWorld();
  const answers = [
    await ask("/"),
    await ask("/api/takes"),
    await ask("/api/events"),
    await ask("/nope"),
    await ask("/", "GET", { Host: "evil.example" }),
    await ask(FINISH, "POST", { Origin: "null" }),
  ];
  for (const { headers, status } of answers) {
    assertEquals(
      headers.get("Content-Security-Policy"),
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; " +
        "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      String(status),
    );
    assertEquals(headers.get("X-Content-Type-Options"), "nosniff");
    assertEquals(headers.get("X-Frame-Options"), "DENY");
    assertEquals(headers.get("Referrer-Policy"), "no-referrer");
    assertEquals(headers.get("Cache-Control"), "no-store");
  }
  streams.abort();
});
