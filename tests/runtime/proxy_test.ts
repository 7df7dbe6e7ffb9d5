import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { Config, Unavailable } from "../../src/errors.ts";
import { connectionReason } from "../../src/runtime/connection_reason.ts";
import { type Proxies, proxiesOf, proxyFor } from "../../src/runtime/proxy.ts";
import { putStream } from "../../src/runtime/put_stream.ts";
import { type ConnectProxy, openConnectProxy } from "../support/connect_proxy.ts";
import { noise } from "../support/bytes.ts";
import { openPeer } from "../support/raw_peer.ts";
import { within } from "../support/within.ts";

const never = new AbortController().signal;
const BODY = noise(300_000);

function read(env: Record<string, string>): Proxies {
  return proxiesOf((name) => env[name]);
}

Deno.test("proxiesOf() reads each variable in upper and in lower case, and ALL_PROXY for both", () => {
  assertEquals(read({}), {});
  assertEquals(read({ HTTPS_PROXY: "http://a:1", https_proxy: "http://b:1" }), {
    HTTPS_PROXY: "http://a:1/",
  });
  assertEquals(read({ http_proxy: "b:2", no_proxy: ".local", HTTPS_PROXY: "" }), {
    HTTP_PROXY: "http://b:2/",
    NO_PROXY: ".local",
  });
  const all = { HTTPS_PROXY: "http://c:3/", HTTP_PROXY: "http://d:4/" };
  assertEquals(read({ ALL_PROXY: "c:3", HTTP_PROXY: "d:4" }), all);
});

Deno.test("proxiesOf() says how a proxy is written, without the password in it", () => {
  const wrong = [
    "socks5://me:sesame@h:1",
    "http://me:sesame@[::bad",
    "https://1.2.3.4:1",
    "http://",
  ];
  for (const text of wrong) {
    const { message } = assertThrows(() => read({ https_proxy: text }), Config);
    assertEquals(message, "Cannot use the proxy in HTTPS_PROXY: write it as http://HOST:PORT");
  }
});

Deno.test("proxyFor() names the proxy without its password, and none for hosts in NO_PROXY", () => {
  const proxies = read({
    HTTPS_PROXY: "http://me:sesame@proxy.test:3128",
    HTTP_PROXY: "plain.test",
    NO_PROXY: "localhost, .corp.test,*.lan,10.0.0.1",
  });
  assertEquals(proxyFor("https://api.frame.io/v2", proxies), "proxy.test:3128");
  assertEquals(proxyFor("http://api.frame.io/v2", proxies), "plain.test:80");
  const exempt = ["localhost:9", "corp.test", "a.b.corp.test", "x.lan", "10.0.0.1"];
  for (const host of exempt) assertEquals(proxyFor(`https://${host}/`, proxies), null, host);
  assertEquals(proxyFor("https://xcorp.test/", proxies), "proxy.test:3128");
  assertEquals(proxyFor("https://a.test/", { ...proxies, NO_PROXY: "*" }), null);
  assertEquals(proxyFor("https://a.test/", {}), null);
});

Deno.test("put() sends a plain request to the proxy, with its password and an absolute address", async () => {
  await using proxy = await openPeer(async (request) => {
    await request.whole;
    request.answer(200);
  });
  const stream = putStream({ HTTP_PROXY: proxy.url.replace("//", "//me%40:se%3Asame@") });
  const target = { url: "http://s3.test:81/p?a=%2F+b", headers: { a: "b" }, stallMs: 20_000 };
  for (let i = 0; i < 3; i++) await stream.put(target, BODY.length, never, (write) => write(BODY));
  stream.close();
  const [request] = proxy.requests;
  assertEquals(request!.head.split("\r\n")[0], "PUT http://s3.test:81/p?a=%2F+b HTTP/1.1");
  assertEquals(request!.header("proxy-authorization"), `Basic ${btoa("me@:se:same")}`);
  assertEquals([request!.header("host"), request!.header("a")], ["s3.test:81", "b"]);
  assertEquals(request!.header("content-length"), String(BODY.length));
  assertEquals(await request!.whole, BODY);
  assertEquals(proxy.connections(), 1, "kept");
});

Deno.test("put() goes past the proxy to a host in NO_PROXY", async () => {
  await using peer = await openPeer(async (request) => {
    await request.whole;
    request.answer(200);
  });
  const stream = putStream({ HTTP_PROXY: "http://127.0.0.1:1/", NO_PROXY: "127.0.0.1" });
  const target = { url: peer.url, headers: {}, stallMs: 20_000 };
  const answer = await stream.put(target, BODY.length, never, (write) => write(BODY));
  stream.close();
  assertEquals(answer.status, 200);
});

/** The error of a PUT to a TLS host through this proxy. */
async function refusedBy(
  proxy: ConnectProxy,
  { signal = never, stallMs = 20_000 } = {},
): Promise<Error> {
  const stream = putStream({ HTTPS_PROXY: `http://me:sesame@${proxy.host}` });
  const url = "https://s3.test/part?X-Amz-Signature=0123";
  const target = { url, headers: {}, stallMs };
  const attempt = stream.put(target, BODY.length, signal, (write) => write(BODY));
  const error = await assertRejects(() => within(attempt, 5000), Error);
  stream.close();
  assertNotMatch(Deno.inspect(error), /sesame|X-Amz/);
  return error;
}

Deno.test("put() says that the proxy asks for a password, or what else it answered", async () => {
  const cases = [
    [
      407,
      /^Cannot send to s3\.test: the proxy 127\S+ asks for a name and a password \(407\)\. .*HTTPS_PROXY/,
    ],
    [503, /^Cannot send to s3\.test: the proxy 127\.0\.0\.1:\d+ answered 503$/],
  ] as const;
  for (const [refusal, words] of cases) {
    await using proxy = await openConnectProxy({ refusal });
    const error = await refusedBy(proxy);
    assert(error instanceof Unavailable && error.outage === "network");
    assertMatch(error.message, words);
    assertEquals(proxy.asked, ["s3.test:443"]);
  }
});

Deno.test("put() names a proxy that is not there", async () => {
  const gone = await openConnectProxy();
  await gone[Symbol.asyncDispose]();
  const error = await refusedBy(gone);
  assert(error instanceof Unavailable);
  assertMatch(error.message, /ECONNREFUSED, through the proxy 127\.0\.0\.1:\d+$/);
});

Deno.test("put() gives up a proxy that never opens the way, and its connection", async () => {
  await using proxy = await openConnectProxy({ refusal: null });
  const error = await refusedBy(proxy, { stallMs: 200 });
  assert(error instanceof Unavailable);
  assertMatch(error.message, /no progress|ETIMEDOUT/);
  await untilNone(proxy);
});

Deno.test("put() ends at once when it is aborted while a proxy has not opened the way", async () => {
  await using proxy = await openConnectProxy({ refusal: null });
  const abort = new AbortController();
  const attempt = refusedBy(proxy, { signal: abort.signal, stallMs: 1000 });
  while (proxy.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  abort.abort(new Error("suspended"));
  assertEquals((await within(attempt, 900)).message, "suspended");
  await untilNone(proxy);
});

async function untilNone(proxy: ConnectProxy): Promise<void> {
  await within(
    (async () => {
      while (proxy.open() > 0) await new Promise((resolve) => setTimeout(resolve, 5));
    })(),
    5000,
  );
}

Deno.test("connectionReason() names the remedy of a certificate that nobody trusts", () => {
  const error = { code: "UNABLE_TO_VERIFY_LEAF_SIGNATURE" };
  assertMatch(connectionReason(error, null), /not trusted .* CA file in NODE_EXTRA_CA_CERTS$/);
  assertEquals(connectionReason({ code: "ECONNRESET" }, null), "ECONNRESET");
  assertEquals(connectionReason({}, null), "connection lost");
});
