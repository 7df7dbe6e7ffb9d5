import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { createApp } from "../../src/control/app.ts";
import { type ControlServer, serveControl } from "../../src/control/serve.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { controlWorld, pieces } from "./control_world.ts";
import { handClock, settled } from "../support/hand_clock.ts";
import { spawnScript } from "../support/script.ts";

/** A real server on a port of the system's choice. */
function serve(clock: Clock = systemClock, hostname = "127.0.0.1") {
  const streams = new AbortController();
  const events = createEventBus(clock);
  const { deps } = controlWorld();
  const app = createApp({
    ...deps,
    views: { ...deps.views, takes: () => [] },
    events,
    allowedHosts: () => server.hosts,
    signal: streams.signal,
    clock,
  });
  const server: ControlServer = serveControl(app, {
    hostname,
    port: 0,
    streams,
    clock,
    say: () => {},
  });
  return { server, events };
}

Deno.test("serveControl() answers at its url, under the names it gives, and a POST without a body", async () => {
  const { server } = serve();
  const port = new URL(server.url).port;
  assertEquals(server.hosts, [`127.0.0.1:${port}`, `localhost:${port}`]);
  assertEquals((await (await fetch(`${server.url}/api/takes`)).json()).takes, []);
  const finish = await fetch(`${server.url}/api/takes/t1/finish`, { method: "POST" });
  assertEquals(finish.status, 202);
  await finish.body?.cancel();
  await server.shutdown();
});

Deno.test("serveControl() shutdown ends open event streams first, with a last word, and may be called twice", async () => {
  const { server, events } = serve();
  const response = await fetch(`${server.url}/api/events`);
  const stream = pieces(response);
  assertEquals(await stream.next(), "retry: 1000\n\n");
  events.publish("t1", { type: "asset.requested" });
  assert((await stream.next())!.startsWith("id: "));
  await Promise.all([server.shutdown(), server.shutdown()]);
  assert((await stream.next())!.startsWith("event: ended\ndata: {"));
  assertEquals(await stream.next(), undefined);
  await server.shutdown();
});

Deno.test("serveControl() notices a reader that goes away", async () => {
  const clock = handClock();
  const { server } = serve(clock);
  const stream = pieces(await fetch(`${server.url}/api/events`));
  await stream.next();
  assertEquals(clock.sleeping(), 1, "its heart beats");
  await stream.cancel();
  for (let turn = 0; turn < 100 && clock.sleeping() > 0; turn++) {
    await (await fetch(`${server.url}/api/takes`)).body?.cancel();
  }
  assertEquals(clock.sleeping(), 0);
  await server.shutdown();
});

Deno.test("serveControl() shutdown does not wait for a reader that is stuck", async () => {
  const clock = handClock();
  const { server, events } = serve(clock);
  const stuck = await Deno.connect({ port: Number(new URL(server.url).port) });
  const request = `GET /api/events HTTP/1.1\r\nHost: ${server.hosts[0]}\r\n\r\n`;
  await stuck.write(new TextEncoder().encode(request));
  await stuck.read(new Uint8Array(64));
  const moreThanASocketHolds = "x".repeat(32 << 20);
  events.publish("t1", { type: "take.warned", message: moreThanASocketHolds });
  await fetch(`${server.url}/api/takes`).then((response) => response.body?.cancel());

  let hasEnded = false;
  const end = server.shutdown().then(() => hasEnded = true);
  for (let turn = 0; turn < 20; turn++) await settled();
  assertEquals(hasEnded, false, "the reader is stuck indeed");
  await clock.advance(2_000);
  await end;
  stuck.close();
});

Deno.test("serveControl() throws AddrInUse where the port is taken", async () => {
  const taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const streams = new AbortController();
  const { server } = serve();
  const { port } = taken.addr;
  const options = { hostname: "127.0.0.1", port, streams, clock: systemClock, say: () => {} };
  assertThrows(
    () => serveControl({ fetch: () => new Response() } as never, options),
    Deno.errors.AddrInUse,
  );
  taken.close();
  await server.shutdown();
});

Deno.test({
  name: "attack: idle connections that use up the descriptors. The process lives and serves again",
  ignore: Deno.build.os === "windows",
  async fn() {
    const script = new URL("./page_process.ts", import.meta.url);
    await using page = spawnScript(script, [], 100);
    const url = (await page.line())!;
    const port = Number(new URL(url).port);
    const idle = await Promise.all(
      Array.from({ length: 120 }, () => Deno.connect({ port }).catch(() => null)),
    );
    const words = (await page.line())!;
    assert(words.startsWith(`Cannot serve the status page at ${url} any more: `), words);
    assertMatch(words, /Too many open files.*Uploads go on/);
    for (const connection of idle) {
      assertEquals(await connection?.read(new Uint8Array(1)).catch(() => null) ?? null, null);
      connection?.close();
    }
    let answer = "";
    while (answer === "") answer = await fetch(url).then((a) => a.text(), () => "");
    assertEquals([answer, await page.line()], ["here", `The status page is at ${url} again`]);
  },
});

/** Sends bytes that fetch would not, and gives back the head of what is answered. */
async function raw(server: ControlServer, text: string): Promise<string> {
  using connection = await Deno.connect({ port: Number(new URL(server.url).port) });
  await connection.write(new TextEncoder().encode(text));
  let answer = "";
  const into = new Uint8Array(4096);
  const decoder = new TextDecoder();
  while (!answer.includes("\r\n\r\n")) {
    const count = await connection.read(into).catch(() => null);
    if (count === null) break;
    answer += decoder.decode(into.subarray(0, count), { stream: true });
  }
  return answer;
}

Deno.test("attack: header injection over the wire. Forged lines change no answer's headers", async () => {
  const { server } = serve();
  const own = `Host: ${server.hosts[0]}\r\nConnection: close\r\n`;
  const forged = "%0d%0aSet-Cookie:%20forged=1%0d%0a%0d%0a%3Cscript%3E";
  const attempts = [
    `GET /api/takes/${forged} HTTP/1.1\r\n${own}\r\n`,
    `POST /api/takes/x${forged}/finish HTTP/1.1\r\n${own}Content-Length: 0\r\n\r\n`,
    `GET /login?reason=${forged} HTTP/1.1\r\n${own}\r\n`,
    `GET / HTTP/1.1\r\nHost: evil.example${forged}\r\nConnection: close\r\n\r\n`,
    `POST /api/takes HTTP/1.1\r\n${own}Origin: http://evil${forged}\r\nContent-Length: 0\r\n\r\n`,
    `GET / HTTP/1.1\r\nHost: ${server.hosts[0]}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    `GET /api/takes/a\rSet-Cookie: forged=1 HTTP/1.1\r\n${own}\r\n`,
  ];
  for (const text of attempts) {
    const [head = ""] = (await raw(server, text)).split("\r\n\r\n");
    assert(head.startsWith("HTTP/1.1 "), `${text}: ${head}`);
    assert(!/^(set-cookie|forged)/im.test(head), head);
  }
  await server.shutdown();
});

Deno.test("attack: oversized body over the wire. It is refused, announced or in chunks", async () => {
  const { server } = serve();
  const head = `POST /api/takes HTTP/1.1\r\nHost: ${server.hosts[0]}\r\nConnection: close\r\n` +
    "Content-Type: application/json\r\n";
  const announced = await raw(server, `${head}Content-Length: 99999999\r\n\r\n{`);
  assert(announced.startsWith("HTTP/1.1 413 "), announced);
  const chunked = await raw(server, `${head}Transfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n`);
  assert(chunked.startsWith("HTTP/1.1 413 "), chunked);
  await server.shutdown();
});

Deno.test("attack: slow reader. It is dropped, holds nobody up, and its place is free again", async () => {
  const clock = handClock();
  const { server, events } = serve(clock);
  const stuck = await Deno.connect({ port: Number(new URL(server.url).port) });
  const request = `GET /api/events HTTP/1.1\r\nHost: ${server.hosts[0]}\r\n\r\n`;
  await stuck.write(new TextEncoder().encode(request));
  await stuck.read(new Uint8Array(64));
  const other = pieces(await fetch(`${server.url}/api/events`));
  await other.next();
  const moreThanASocketHolds = "x".repeat(1 << 20);
  for (let beat = 0; beat < 4; beat++) {
    for (let n = 0; n < 20; n++) {
      const message = beat === 0 ? moreThanASocketHolds : "small";
      const { id } = events.publish("t1", { type: "take.warned", message });
      let piece = (await other.next())!;
      while (!piece.includes(`id: ${id}\n`) && !piece.endsWith("\n\n")) {
        piece = (await other.next())!;
      }
    }
    await clock.advance(15_000);
  }
  for (let turn = 0; turn < 100 && clock.sleeping() > 1; turn++) await settled();
  assertEquals(clock.sleeping(), 1, "only the heart of the reader that reads still beats");
  await other.cancel();
  stuck.close();
  await server.shutdown();
});

Deno.test("serveControl() on all addresses answers under any address in numbers, and under no name", async () => {
  const { server } = serve(systemClock, "0.0.0.0");
  const { port } = new URL(server.url);
  assertEquals(
    server.hosts,
    ["localhost", "127.0.0.1", "[::1]", "*"].map((name) => `${name}:${port}`),
  );
  const ask = async (host: string) => {
    const answer = await raw(
      server,
      `GET /api/health HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
    );
    return answer.slice(9, 12);
  };
  assertEquals(await ask(`192.168.1.5:${port}`), "200");
  assertEquals(await ask(`evil.example:${port}`), "421");
  await server.shutdown();
});
