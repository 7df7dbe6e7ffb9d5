import { assert, assertEquals, assertThrows } from "@std/assert";
import { createApp } from "../../src/control/app.ts";
import { type ControlServer, serveControl } from "../../src/control/serve.ts";
import { type Clock, systemClock } from "../../src/runtime/clock.ts";
import { createEventBus } from "../../src/take/bus.ts";
import { controlWorld, pieces } from "./control_world.ts";
import { handClock, settled } from "./hand_clock.ts";

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
  const server: ControlServer = serveControl(app, { hostname, port: 0, streams, clock });
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

Deno.test("serveControl() shutdown ends open event streams first, and may be called twice", async () => {
  const { server, events } = serve();
  const response = await fetch(`${server.url}/api/events`);
  const stream = pieces(response);
  assertEquals(await stream.next(), "retry: 1000\n\n");
  events.publish("t1", { type: "asset.requested" });
  assert((await stream.next())!.startsWith("id: "));
  await Promise.all([server.shutdown(), server.shutdown()]);
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
  const options = { hostname: "127.0.0.1", port, streams, clock: systemClock };
  assertThrows(
    () => serveControl({ fetch: () => new Response() } as never, options),
    Deno.errors.AddrInUse,
  );
  taken.close();
  await server.shutdown();
});
