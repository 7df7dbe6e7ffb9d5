import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { apiCaller } from "../../src/frameio/api.ts";
import { diagnose, type DoctorRoom, type Finding, HOPS } from "../../src/frameio/doctor.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { systemReach } from "../../src/runtime/reach.ts";
import { withSandbox } from "../sandbox/sandbox_client.ts";
import { openPeer, type PeerRequest } from "../support/raw_peer.ts";

/** A world in which all is well but what a test changes. */
interface World extends Partial<DoctorRoom> {
  readonly apiBase?: string;
  readonly storage?: string;
  readonly token?: string;
  readonly folder?: string;
  readonly signal?: AbortSignal;
}

/** What the doctor finds, with a real sandbox where nothing else is named. */
async function findings(world: World = {}): Promise<Finding[]> {
  const found: Finding[] = [];
  await withSandbox(async ({ baseUrl }) => {
    const apiBase = world.apiBase ?? baseUrl;
    const tokens = fixedToken(world.token ?? "sandbox");
    const call = apiCaller(systemHttp, { baseUrl, tokens });
    const read = (id: string, signal: AbortSignal) =>
      call({ method: "GET", path: `/v2/assets/${id}`, doing: `see ${id}`, signal });
    const room: DoctorRoom = {
      reach: systemReach,
      http: systemHttp,
      clock: systemClock,
      proxyFor: () => null,
      checkToken: (signal) => read("root", signal).then(() => "the token is a developer token"),
      checkFolder: (signal) =>
        read(world.folder ?? "root", signal).then(() => "the folder is Takes 🎬"),
      ...world,
    };
    const place = { apiBase, storage: world.storage ?? `${baseUrl}/s3/none` };
    const signal = world.signal ?? new AbortController().signal;
    for await (const finding of diagnose(room, place, signal)) found.push(finding);
  });
  return found;
}

/** The last finding, which failed; all before it are those of the hops before. */
async function failure(world: World): Promise<Finding> {
  const found = await findings(world);
  const last = found.at(-1)!;
  assertEquals(last.is, "failed", JSON.stringify(found));
  assert(found.slice(0, -1).every(({ is }) => is !== "failed"));
  return last;
}

/** An address where nobody listens any more. */
async function nobody(): Promise<string> {
  await using peer = await openPeer(() => {});
  return peer.url;
}

/** What a peer says to every request. */
async function answered(
  answer: (request: PeerRequest) => void,
  run: (url: string) => Promise<void>,
): Promise<void> {
  await using peer = await openPeer(answer);
  await run(peer.url);
}

const OK = '{"status":"ok"}';

/** A service that is well at another time. */
const wellAt = (ms: number) => (request: PeerRequest) => {
  request.answer(200, OK, { connection: "close", date: new Date(ms).toUTCString() });
};

Deno.test("diagnose() finds every hop in order where all is well", async () => {
  const found = await findings();
  assertEquals(found.map(({ hop }) => hop), [...HOPS]);
  assertEquals(found.filter(({ is, remedy }) => is !== "ok" || remedy !== null), []);
  assertEquals(found[0]!.words, "127.0.0.1 is 127.0.0.1");
  assertEquals(found[1]!.words, "no proxy is in use");
});

Deno.test("diagnose() ends at a name that is not known", async () => {
  const name = `${"x".repeat(64)}.test`; // too long for any name: nobody is asked
  const { hop, words, remedy } = await failure({ apiBase: `http://${name}` });
  assertEquals(hop, "dns");
  assertMatch(words, /^Cannot find x+\.test: \w+$/);
  assertMatch(remedy!, /name server/);
});

Deno.test("diagnose() ends at a proxy that is not there, and asks for its name only", async () => {
  const proxy = new URL(await nobody()).host;
  const { hop, words, remedy } = await failure({
    apiBase: "https://no.such.name.invalid",
    proxyFor: () => proxy,
  });
  assertEquals([hop, words], ["proxy", `Cannot connect to ${proxy}: connection refused`]);
  assertMatch(remedy!, /HTTPS_PROXY.*NO_PROXY/);
});

Deno.test("diagnose() says that a proxy asks for a password", async () => {
  await answered((request) => request.answer(407, "", { connection: "close" }), async (url) => {
    const { hop, words, remedy } = await failure({ apiBase: url });
    assertEquals(hop, "proxy");
    assertMatch(words, /the proxy asks for a name and a password \(407\)$/);
    assertMatch(remedy!, /HTTP_PROXY/);
  });
});

Deno.test("diagnose() ends where nobody listens, or no TLS is spoken", async () => {
  const refused = await failure({ apiBase: await nobody() });
  assertEquals(refused.hop, "tls");
  assertMatch(refused.words, /connection refused/);
  assertMatch(refused.remedy!, /firewall/);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(),
  );
  const { hop, words } = await failure({ apiBase: `https://127.0.0.1:${server.addr.port}` });
  await server.shutdown();
  assertEquals(hop, "tls");
  assertMatch(words, /^Cannot reach 127/);
});

Deno.test("diagnose() ends at a clock over 15 minutes off, and notes one over a minute", async () => {
  const minutes = async (ahead: number) => {
    const found: Finding[] = [];
    await answered(wellAt(Date.now() - ahead * 60_000), async (apiBase) => {
      found.push(...await findings({ apiBase }));
    });
    return found.find(({ hop }) => hop === "clock")!;
  };
  assertEquals((await minutes(0)).is, "ok");
  assertEquals((await minutes(0.5)).is, "ok");
  const note = await minutes(-5);
  assertEquals([note.is, note.words], ["warning", "this machine's clock is 5 min behind"]);
  assertEquals((await minutes(14)).is, "warning");
  const far = await minutes(60 * 24);
  assertEquals([far.is, far.words.slice(0, 37)], [
    "failed",
    "this machine's clock is 24 h ahead: t",
  ]);
  assertMatch(far.remedy!, /Set this machine's clock/);
  assertEquals((await minutes(-16)).is, "failed");
});

Deno.test("diagnose() knows the pages of a network from Frame.io", async () => {
  const pages: [number, string, Record<string, string>][] = [
    [200, "<!DOCTYPE html><title>Wi-Fi</title>", { "content-type": "text/html" }],
    [200, "", {}],
    [200, '{"status":"login"}', {}],
    [302, "", { location: "http://login.test/" }],
    [307, "", { location: "https://login.test/" }],
    [511, "", {}],
    [403, "<html>Blocked</html>", {}],
  ];
  for (const [status, text, headers] of pages) {
    await answered((request) => {
      request.answer(status, text, { connection: "close", ...headers });
    }, async (apiBase) => {
      const { hop, words, remedy } = await failure({ apiBase });
      assertEquals(hop, "portal", `${status} ${text}`);
      assertMatch(words, /a page of this network/);
      assertMatch(remedy!, /browser/);
    });
  }
});

Deno.test("diagnose() tells a service in trouble, and one that does not know /health", async () => {
  await answered(
    (request) => request.answer(503, "{}", { connection: "close" }),
    async (apiBase) => {
      const { hop, words, remedy } = await failure({ apiBase });
      assertEquals([hop, remedy], ["portal", "Try again later"]);
      assertMatch(words, /answers 503$/);
    },
  );
  await answered(
    (request) => request.answer(404, "{}", { connection: "close" }),
    async (apiBase) => {
      const found = await findings({ apiBase });
      assertEquals(found.find(({ hop }) => hop === "portal")!.is, "warning");
      assertEquals(found.length, HOPS.length, "it goes on");
    },
  );
});

Deno.test("diagnose() ends at a token or a folder that is refused, in the service's words", async () => {
  const token = await failure({ token: "open-sesame" });
  assertEquals(token.hop, "token");
  assert(!JSON.stringify(token).includes("sesame") && token.remedy !== "");
  const folder = await failure({ folder: "nowhere" });
  assertEquals(folder.hop, "folder");
  assertMatch(folder.words, /nowhere/);
});

Deno.test("diagnose() ends at a storage that is not there, or where something else answers", async () => {
  const refused = await failure({ storage: await nobody() });
  assertEquals(refused.hop, "storage");
  assertMatch(refused.remedy!, /^Let this machine connect to 127/);
  await answered((request) => {
    request.answer(403, "<html>Blocked</html>", { connection: "close" });
  }, async (storage) => {
    assertMatch((await failure({ storage })).words, /something else answered, with 403$/);
  });
});

Deno.test("diagnose() names the proxy to the storage", async () => {
  const found = await findings({
    proxyFor: (url) => url.includes("/s3/") ? "proxy.test:3128" : null,
  });
  assertMatch(found.at(-1)!.words, /answers, through the proxy proxy\.test:3128$/);
});

Deno.test("diagnose() ends with the signal's reason", async () => {
  const signal = AbortSignal.abort(new Error("suspended"));
  await assertRejects(() => findings({ signal }), Error, "suspended");
});
