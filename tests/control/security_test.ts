/** Each attack on a page on the set's network, tried, and seen refused. */
import { assert, assertEquals, assertNotMatch, assertStringIncludes } from "@std/assert";
import { MAX_BODY_BYTES } from "../../src/control/bodies.ts";
import { controlWorld, HOST, pieces } from "./control_world.ts";
import { takeView } from "./views.ts";

const FINISH = "/api/takes/t1/finish";

Deno.test("attack: DNS rebinding. A request under a name that is not ours is refused, reads too", async () => {
  const { ask, asked } = controlWorld();
  const foreign = [
    ...["evil.example", "evil.example:4100", "127.0.0.1", "127.0.0.1:4101", "", null],
    ...["127.0.0.1:4100.evil.example", "evil.example#127.0.0.1:4100", "localhost:4100 evil"],
  ];
  for (const host of foreign) {
    for (const [path, method] of [["/", "GET"], ["/api/events", "GET"], [FINISH, "POST"]]) {
      const response = await ask(path!, method!, { Host: host });
      assertEquals(response.status, 421, `${method} ${path} for ${host}`);
      assertStringIncludes((await response.json()).remedy, `http://${HOST}`);
    }
  }
  assertEquals(asked, []);
});

Deno.test("hostAllowList() accepts its names in any case, and without the port that browsers leave out", async () => {
  const { ask } = controlWorld({ allowedHosts: () => ["localhost:80", "[::1]:4100"] });
  for (const host of ["LocalHost", "localhost:80", "[::1]:4100"]) {
    assertEquals((await ask("/api/takes", "GET", { Host: host })).status, 200, host);
  }
});

Deno.test("hostAllowList() takes * for an address in numbers, and for no name", async () => {
  const { ask } = controlWorld({ allowedHosts: () => ["*:4100"] });
  for (const host of ["192.168.1.5:4100", "[fe80::1]:4100"]) {
    assertEquals((await ask("/api/takes", "GET", { Host: host })).status, 200, host);
  }
  for (const host of ["evil.example:4100", "192.168.1.5:4101", "192.168.1.5.evil.example:4100"]) {
    assertEquals((await ask("/api/takes", "GET", { Host: host })).status, 421, host);
  }
});

Deno.test("the name of a proxy in front is the page's own, over https and http, and no other name is", async () => {
  const { ask } = controlWorld({
    allowedHosts: () => [HOST, "*:4100", "set.example", "[2001:db8::1]", "alt.example:8443"],
  });
  const rows: [host: string, origin: string, status: number][] = [
    ["set.example", "https://set.example", 202],
    ["SET.example", "http://set.example", 202],
    ["set.example:443", "https://set.example", 202],
    ["set.example:80", "http://set.example:80", 202],
    [HOST, "https://set.example", 202], // a proxy that tells its own name for it
    ["[2001:db8::1]", "https://[2001:db8::1]", 202],
    ["alt.example:8443", "https://alt.example:8443", 202],
    ["alt.example:8443", "https://alt.example", 403],
    ["alt.example", "https://alt.example", 421],
    ["set.example:8443", "https://set.example", 421],
    ["set.example", "https://set.example:8443", 403],
    ["set.example", "https://evil.example", 403],
    ["set.example", "https://a.set.example", 403],
    ["a.set.example", "https://set.example", 421],
    ["set.example.evil.example", "https://set.example", 421],
    ["192.168.1.5", "https://set.example", 421],
    ["evil.example", "https://evil.example", 421],
  ];
  for (const [host, origin, status] of rows) {
    const headers = { Host: host, Origin: origin, "Sec-Fetch-Site": "same-origin" };
    assertEquals((await ask(FINISH, "POST", headers)).status, status, `${host} ${origin}`);
  }
  const refused = await (await ask("/", "GET", { Host: "evil.example" })).json();
  assertStringIncludes(refused.remedy, "http://ADDRESS:4100");
  assertStringIncludes(refused.remedy, "--public-host NAME");
});

const FOREIGN: Record<string, string>[] = [
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

Deno.test("attack: cross-origin POST. Another site's page can send nothing", async () => {
  const { ask, asked, added, deps } = controlWorld();
  for (const headers of FOREIGN) {
    for (const path of [FINISH, "/api/takes", "/login", "/logout"]) {
      const response = await ask(path, "POST", headers);
      assertEquals(response.status, 403, `${path} ${JSON.stringify(headers)}`);
      await response.body?.cancel();
    }
    assertEquals((await ask("/api/limits", "PATCH", headers)).status, 403);
  }
  // A link or a form of another site that leads here: a navigation, but no read.
  const form = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site" };
  assertEquals((await ask(FINISH, "POST", form)).status, 403);
  assertEquals([asked, added, deps.limits.current().lanes], [[], [], 5]);
});

Deno.test("attack: a foreign page that holds all event streams. It gets none, and reads nothing", async () => {
  const { ask, clock } = controlWorld();
  for (const headers of FOREIGN) {
    for (const path of ["/api/events", "/api/takes", "/metrics"]) {
      assertEquals((await ask(path, "GET", headers)).status, 403, `${path}`);
    }
  }
  assertEquals(clock.sleeping(), 0, "no stream was opened");
  const link = { "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "cross-site" };
  assertEquals(
    (await ask("/api/events", "GET", { ...link, "Sec-Fetch-Dest": "iframe" })).status,
    403,
  );
  const page = await ask("/", "GET", link);
  assertEquals(page.status, 200, "a link to the page works");
  assertEquals(page.headers.get("Access-Control-Allow-Origin"), null);
});

Deno.test("sameOriginOnly() lets its own page and clients without an origin finish", async () => {
  const { ask, asked } = controlWorld();
  const own: Record<string, string>[] = [
    {},
    { Origin: `http://${HOST}`, "Sec-Fetch-Site": "same-origin" },
    { Origin: `https://${HOST}` },
    { Origin: "http://localhost:4100" },
  ];
  for (const headers of own) assertEquals((await ask(FINISH, "POST", headers)).status, 202);
  assertEquals(asked.length, own.length);
});

Deno.test("attack: oversized body. It is refused unread, announced or not", async () => {
  const { ask, asked, added } = controlWorld();
  const large: Record<string, string>[] = [
    { "Content-Length": String(MAX_BODY_BYTES + 1) },
    { "Content-Length": "many" },
    { "Transfer-Encoding": "chunked" },
  ];
  for (const headers of large) {
    for (const path of [FINISH, "/api/takes", "/login"]) {
      assertEquals((await ask(path, "POST", headers)).status, 413, JSON.stringify(headers));
    }
  }
  // HTTP/2 needs no announcement: what passes the bound is not read on.
  let sentBytes = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sentBytes += 8192;
      controller.enqueue(new Uint8Array(8192).fill(32));
    },
  });
  const { app } = controlWorld();
  const request = new Request(`http://${HOST}/api/takes`, {
    method: "POST",
    headers: { Host: HOST, "Content-Type": "application/json" },
    body: endless,
  });
  assertEquals((await app.request(request)).status, 413);
  assert(sentBytes < 4 * MAX_BODY_BYTES, `${sentBytes} bytes were taken`);
  assertEquals([asked, added], [[], []]);
  const most = { "Content-Length": String(MAX_BODY_BYTES) };
  assertEquals((await ask(FINISH, "POST", most)).status, 202);
});

Deno.test("attack: header injection. What a request says never becomes a header", async () => {
  const { ask } = controlWorld({ operate: () => "unknown" });
  const evil = "t1\r\nSet-Cookie: forged=1\r\n\r\n<script>alert(1)</script>";
  const answers = [
    await ask(`/api/takes/${encodeURIComponent(evil)}`),
    await ask(`/api/takes/${encodeURIComponent(evil)}/finish`, "POST"),
    await ask(`/${encodeURIComponent(evil)}`),
    await ask(`/login?reason=${encodeURIComponent(evil)}`),
    await ask(`/api/events?since=${encodeURIComponent(evil)}`),
  ];
  for (const response of answers) {
    assertEquals(response.headers.get("Set-Cookie"), null);
    for (const [name, value] of response.headers) assertNotMatch(value, /forged|[\r\n]/, name);
    await response.body?.cancel();
  }
});

const XSS = `<img src=x onerror=alert(1)>"'</script><script>alert(2)</script>.mov`;

Deno.test("attack: XSS through a file name. No answer with it is a document, and no page holds it", async () => {
  const world = controlWorld({ operate: () => "ended" });
  const { ask, events, takes, finishedTakes, streams, send } = world;
  takes[0] = takeView({ name: XSS, path: `/card/${XSS}`, problem: `Cannot read ${XSS}` });
  finishedTakes.push({
    ...{ id: "t0", name: XSS, assetId: XSS, assetUrl: null, sizeBytes: 1, tailSeconds: 1 },
    ...{ finalizedAt: "2024-06-11T10:00:00.000Z", endedBy: null, endedByWords: null },
    ...{ finishedByRecorder: null, verified: true, completed: true, proof: XSS },
  });
  const eventStream = await ask("/api/events");
  const stream = pieces(eventStream);
  await stream.next();
  events.publish("t1", { type: "take.warned", message: `${XSS}\n\nevent: forged` });
  events.publish(XSS, { type: "part.delayed", number: 1, message: XSS, retryInMs: 1 });
  const event = (await stream.next())!;
  assertEquals(event.split("\n").length, 5, "one event, whatever the name holds");
  assertEquals(JSON.parse(/^data: (.*)$/m.exec(event)![1]!).message, `${XSS}\n\nevent: forged`);

  const id = encodeURIComponent(XSS);
  const answers: [Response, type: string][] = [
    [eventStream, "text/event-stream"],
    [await ask("/api/takes"), "application/json"],
    [await ask("/api/takes/t1"), "application/json"],
    [await ask("/api/history"), "application/json"],
    [await ask("/api/health"), "application/json"],
    [await ask("/openapi.json"), "application/json"],
    [await ask("/metrics"), "text/plain; version=0.0.4; charset=utf-8"],
    [await ask(`/api/takes/${id}`), "application/problem+json"],
    [await ask(FINISH, "POST"), "application/problem+json"],
    [await ask(`/${id}`), "application/problem+json"],
    [await send("/api/takes", "POST", { path: `/elsewhere/${XSS}` }), "application/problem+json"],
    [await send("/api/takes", "POST", { [XSS]: 1 }), "application/problem+json"],
    [await ask("/", "GET", { Host: XSS }), "application/problem+json"],
    [await ask(FINISH, "POST", { Origin: XSS }), "application/problem+json"],
  ];
  for (const [response, type] of answers) {
    assertEquals(response.headers.get("Content-Type"), type);
    assertEquals(response.headers.get("X-Content-Type-Options"), "nosniff");
    assertStringIncludes(response.headers.get("Content-Security-Policy")!, "default-src 'none'");
    if (response !== eventStream) {
      const text = await response.text();
      if (type.startsWith("text/plain")) assertNotMatch(text, /onerror|<|alert/);
      else JSON.parse(text); // the name is a text inside, nothing else
    }
  }
  for (const path of ["/", "/login"]) {
    const page = await ask(path);
    if (page.status === 200) assertNotMatch(await page.text(), /onerror|alert\(/, path);
  }
  streams.abort();
});

Deno.test("no answer holds a token, a presigned URL or the state folder", async () => {
  const { ask, events, takes, streams } = controlWorld();
  const secrets =
    "GET https://bucket.s3.amazonaws.com/p/1?X-Amz-Signature=abc123&x=1 with Bearer " +
    "sesame-open and fio-u-AbCdEfGhIjKlMnOpQrStUv and eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln " +
    "of https://me:hunter2@api.example/x in /home/me/state/journal.sqlite";
  takes[0] = takeView({ problem: secrets, words: secrets });
  const stream = pieces(await ask("/api/events"));
  await stream.next();
  events.publish("t1", { type: "take.failed", message: secrets });
  const texts = [(await stream.next())!];
  for (const path of ["/api/takes", "/api/takes/t1", "/api/health", "/metrics"]) {
    texts.push(await (await ask(path)).text());
  }
  for (const text of texts) {
    assertNotMatch(text, /X-Amz|abc123|sesame|fio-u|eyJ|hunter2|home\/me/, text);
  }
  assertStringIncludes(texts[1]!, "in journal.sqlite", "the rest is still told");
  streams.abort();
});

Deno.test("secureHeaders() are on every answer: page, data, events and refusals", async () => {
  const { ask, streams } = controlWorld();
  const answers = [
    await ask("/"),
    await ask("/api/takes"),
    await ask("/api/events"),
    await ask("/openapi.json"),
    await ask("/metrics"),
    await ask("/login"),
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
    assertEquals(headers.get("Referrer-Policy"), "same-origin");
    assertEquals(headers.get("Cache-Control"), "no-store");
    assertEquals(headers.get("Set-Cookie"), null, "no login where none is asked for");
  }
  streams.abort();
});
