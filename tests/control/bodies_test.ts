import { assertEquals, assertMatch } from "@std/assert";
import { BODY_MS, MOST_BODIES } from "../../src/control/bodies.ts";
import { serveControl } from "../../src/control/serve.ts";
import { handClock, settled } from "../support/hand_clock.ts";
import { controlWorld, HOST, openAuth } from "./control_world.ts";

/** A real server, and a connection of raw bytes to it. */
async function wire(clock = handClock()) {
  const streams = new AbortController();
  const { app } = controlWorld({ allowedHosts: () => server.hosts }, clock);
  const options = { hostname: "127.0.0.1", port: 0, streams, clock, say() {} };
  const server = serveControl(app as never, options);
  const connection = await Deno.connect({ port: Number(new URL(server.url).port) });
  const more = (text: string) => connection.write(new TextEncoder().encode(text));
  return {
    ...{ clock, more },
    post: (path: string, rest: string) =>
      more(`POST ${path} HTTP/1.1\r\nHost: ${server.hosts[0]}\r\n${rest}`),
    /** The next bytes; none where the server closed the connection. */
    async next() {
      const into = new Uint8Array(4096);
      const count = await connection.read(into);
      return new TextDecoder().decode(into.subarray(0, count ?? 0));
    },
    /** Everything until the server closes the connection. */
    rest: () => new Response(connection.readable).text(),
    async [Symbol.asyncDispose]() {
      try {
        connection.close();
      } catch {
        // rest() has read it to its end.
      }
      await server.shutdown();
    },
  };
}

// The first of this file, because Deno warns once.
Deno.test("a POST of JSON without body and length is answered, and Deno warns of nothing", async () => {
  await using on = await wire();
  const { console: terminal } = globalThis;
  const { warn } = terminal;
  const warnings: unknown[] = [];
  terminal.warn = (words) => warnings.push(words);
  try {
    await on.post("/api/takes", "Content-Type: application/json\r\nConnection: close\r\n\r\n");
    assertMatch(await on.rest(), /^HTTP\/1.1 400 /);
  } finally {
    terminal.warn = warn;
  }
  assertEquals(warnings, []);
});

Deno.test("attack: a body that never comes. It is refused after 10 s", async () => {
  for (const [path, type] of [["/login", "x-www-form-urlencoded"], ["/api/takes", "json"]]) {
    await using on = await wire();
    const says = `Content-Type: application/${type}\r\n`;
    await on.post(path!, `${says}Content-Length: 30000\r\n\r\n${"a".repeat(20_000)}`);
    while (on.clock.sleeping() === 0) await settled();
    await on.clock.advance(BODY_MS - 1);
    assertEquals(on.clock.sleeping(), 1, "it is still waited for");
    await on.clock.advance(1);
    let answer = "";
    while (!answer.endsWith("}")) answer += await on.next();
    assertMatch(answer, /^HTTP\/1.1 408 [^]*urn:reeltime:body-too-late/, path);
    assertEquals(on.clock.sleeping(), 0);
  }
});

Deno.test("a body that comes in pieces, within its time and size, is read whole", async () => {
  await using on = await wire();
  const body = JSON.stringify({ path: "/elsewhere/é.mov" });
  const length = new TextEncoder().encode(body).length;
  await on.post(
    "/api/takes",
    `Connection: close\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n` +
      body.slice(0, 7),
  );
  while (on.clock.sleeping() === 0) await settled();
  await on.clock.advance(BODY_MS - 1);
  await on.more(body.slice(7));
  assertMatch(await on.rest(), /^HTTP\/1.1 403 [^]*\/elsewhere\/é.mov/);
});

/** A request whose body never comes. */
function unfinished(path: string): Request {
  const headers = { Host: HOST, "Content-Type": "application/json", "Content-Length": "9" };
  const body = new ReadableStream<Uint8Array>();
  return new Request(`http://${HOST}${path}`, { method: "POST", headers, body });
}

Deno.test("attack: many bodies that never come. Only so many are waited for, and none by a stranger's place", async () => {
  const clock = handClock();
  const { app, ask, send } = controlWorld({}, clock);
  const logins = Array.from({ length: MOST_BODIES }, () => unfinished("/login"));
  const refused = logins.map((request) => app.request(request));
  await settled();
  assertEquals(clock.sleeping(), MOST_BODIES);
  const oneMore = await app.request(unfinished("/login"));
  assertEquals([oneMore.status, oneMore.headers.get("Retry-After")], [503, "1"]);
  assertEquals((await oneMore.json()).type, "urn:reeltime:too-many-bodies");
  const add = await send("/api/takes", "POST", { path: "/card/x.mov" });
  assertEquals(add.status, 202, "the API has places of its own");
  await clock.advance(BODY_MS);
  for (const answer of await Promise.all(refused)) assertEquals(answer.status, 408);
  assertEquals(clock.sleeping(), 0);
  assertEquals((await ask("/login", "POST", {}, "token=x")).status, 303, "the places are free");
});

Deno.test("the body of whoever is refused is not waited for, and read on so that its connection can end", async () => {
  const clock = handClock();
  const { app } = controlWorld({ auth: openAuth(clock) }, clock);
  const stranger = unfinished("/api/takes");
  assertEquals((await app.request(stranger)).status, 401);
  assertEquals([clock.sleeping(), stranger.body?.locked], [0, true]);
});
