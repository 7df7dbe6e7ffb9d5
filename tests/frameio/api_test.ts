import {
  assert,
  assertEquals,
  assertMatch,
  assertNotMatch,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { Config, Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import { apiBase, apiCaller } from "../../src/frameio/api.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import type { Http, HttpRequest } from "../../src/runtime/http.ts";

const TOKEN = "fio-u-secret";
const { signal } = new AbortController();

/** The API behind an http door that gives one answer. */
function answering(status: number, text: string, headers: Record<string, string> = {}) {
  const requests: HttpRequest[] = [];
  const http: Http = {
    request(request) {
      requests.push(request);
      return Promise.resolve({ status, text, headers: new Headers(headers) });
    },
  };
  const call = apiCaller(http, { baseUrl: "https://api.frame.io", tokens: fixedToken(TOKEN) });
  return {
    requests,
    call: (body?: unknown) =>
      call({
        method: body === undefined ? "GET" : "POST",
        path: "/v2/assets/a1",
        ...(body === undefined ? {} : { body }),
        doing: "read asset a1",
        signal,
      }),
  };
}

async function failure(status: number, text: string, headers: Record<string, string> = {}) {
  const error = await assertRejects(() => answering(status, text, headers).call(), Error);
  assertMatch(error.message, /^Cannot read asset a1: /);
  assertNotMatch(Deno.inspect(error), /secret/);
  return error;
}

const V2 = (code: number, detail: string) =>
  JSON.stringify({ code, errors: [{ code, detail, status: code, title: "T" }], message: "M" });
const V4 = (detail: string) => JSON.stringify({ errors: [{ detail }] });
const HTML = "<html><body>Log in</body></html>";

Deno.test("apiCaller() sends method, path, token and JSON, and returns JSON", async () => {
  const api = answering(200, '{"id":"x"}');
  assertEquals(await api.call({ a: "ü" }), { id: "x" });
  const [request] = api.requests;
  assertEquals(request!.url, "https://api.frame.io/v2/assets/a1");
  assertEquals(request!.headers, {
    authorization: `Bearer ${TOKEN}`,
    accept: "application/json",
    "content-type": "application/json",
  });
  assertEquals([request!.method, request!.body], ["POST", '{"a":"ü"}']);
});

Deno.test("apiCaller() sends no body and no content-type with a GET", async () => {
  const api = answering(200, "[]");
  await api.call();
  const [request] = api.requests;
  assertEquals(request!.body, undefined);
  assertEquals(request!.headers["content-type"], undefined);
});

Deno.test("apiCaller() gives each answer of the API the class of its remedy", async () => {
  const table: readonly [status: number, text: string, name: string, outage?: string][] = [
    [400, V2(400, "size"), "Rejected"],
    [400, V4("size"), "Rejected"],
    [401, V2(401, "Not Authorized"), "TokenExpired"],
    [401, "", "TokenExpired"],
    [401, '{"error":"invalid_token"}', "TokenExpired"],
    [402, V2(402, "plan"), "Rejected"],
    [403, V4("locked"), "Rejected"],
    [404, V2(404, "not found"), "Rejected"],
    [409, V2(409, "conflict"), "Rejected"],
    [409, '{"code":409,"errors":[],"message":"slow_down"}', "Unavailable", "rate_limit"],
    [422, V4("name"), "Rejected"],
    [501, "", "Rejected"],
    [408, "", "Unavailable", "network"],
    [429, V2(429, "slow down"), "Unavailable", "rate_limit"],
    [429, "", "Unavailable", "rate_limit"],
    [500, V2(500, "oops"), "Unavailable", "api_fault"],
    [502, HTML, "Unavailable", "api_fault"],
    [503, "", "Unavailable", "api_fault"],
    [504, "", "Unavailable", "api_fault"],
  ];
  for (const [status, text, name, outage] of table) {
    const error = await failure(status, text);
    assertEquals(error.name, name, `${status} ${text}`);
    if (error instanceof Rejected) assertEquals(error.status, status);
    if (outage !== undefined) assertEquals((error as Unavailable).outage, outage, `${status}`);
  }
});

Deno.test("apiCaller() takes what a box in between says for an outage, not for Frame.io's word", async () => {
  // A login page of a network answers with 200 or a redirect, a filter with 403, each in its own words.
  const answers: readonly [status: number, text: string][] = [
    [200, HTML],
    [200, ""],
    [204, ""],
    [302, ""],
    [307, HTML],
    [403, HTML],
    [403, ""],
    [407, HTML],
    [511, HTML],
    // A gateway that is set up anew, for a moment.
    [400, HTML],
    [401, HTML],
    [404, HTML],
    [405, "405 method not allowed"],
    [409, HTML],
    [501, HTML],
  ];
  for (const [status, text] of answers) {
    const error = await failure(status, text);
    assertEquals((error as Unavailable).outage, "network", `${status} ${text}`);
    assertMatch(error.message, /between here and Frame\.io .* login page/);
  }
});

Deno.test("apiCaller() says what the service said, whatever the shape of its error", async () => {
  const cases: readonly [text: string, said: string][] = [
    [V2(400, "size is too small"), "400 (size is too small)"],
    [V4("size is too small"), "400 (size is too small)"],
    ['{"errors":[{"title":"Bad size"}]}', "400 (Bad size)"],
    ['{"code":400,"message":"bad"}', "400 (bad)"],
    ['{"error":"invalid_client"}', "400 (invalid_client)"],
    ['{"errors":[]}', "400"],
    ['{"errors":"x"}', "400"],
    ["null", "400"],
    ["[1]", "400"],
    ["", "400"],
    ['{"errors":[{"detail":{"a":1}}]}', "400"],
    [V4("\x1b]0;owned\x07gone\r\nsecond\u009b2J line"), "400 ( ]0;owned gone second 2J line)"],
  ];
  for (const [text, said] of cases) {
    assertEquals(
      (await failure(400, text)).message,
      `Cannot read asset a1: Frame.io answered ${said}`,
    );
  }
  const long = (await failure(400, V4("x".repeat(5000)))).message;
  assert(long.length < 400, `${long.length} characters`);
});

Deno.test("apiCaller() names the remedy where a person has one", async () => {
  assertMatch(
    (await failure(401, "")).message,
    /FRAMEIO_TOKEN or the file named with --token-file/,
  );
  assertMatch((await failure(402, "{}")).message, /plan .* ask its owner/);
  assertMatch((await failure(403, "{}")).message, /lacks the permission/);
  assertMatch((await failure(404, "{}")).message, /--folder/);
});

Deno.test("apiCaller() repeats no token that a service puts into its answer", async () => {
  for (const status of [400, 403, 429, 500]) await failure(status, V4(`bad token ${TOKEN}`));
  const box = (await failure(200, `<html>${TOKEN}</html>`)).message;
  assertNotMatch(box, /secret/);
});

Deno.test("apiCaller() reads Retry-After in seconds and as a date, and nothing else", async () => {
  const date = "Wed, 12 Jun 2024 14:00:00 GMT";
  const cases: readonly [headers: Record<string, string>, ms: number | undefined][] = [
    [{ "retry-after": "7" }, 7000],
    [{ "retry-after": "0" }, 0],
    [{ "retry-after": "Wed, 12 Jun 2024 14:00:30 GMT", date }, 30_000],
    [{ "retry-after": "Wed, 12 Jun 2024 13:00:00 GMT", date }, 0],
    [{ "retry-after": "Wed, 12 Jun 2024 14:00:30 GMT" }, undefined],
    [{ "retry-after": "" }, undefined],
    [{ "retry-after": "-3" }, undefined],
    [{ "retry-after": "soon", date }, undefined],
    [{}, undefined],
  ];
  for (const [headers, ms] of cases) {
    for (const status of [429, 503]) {
      const error = await failure(status, "", headers);
      assertEquals((error as Unavailable).retryAfterMs, ms, JSON.stringify(headers));
    }
  }
});

Deno.test("apiBase() takes a slash off the end and keeps a path", () => {
  assertEquals(apiBase("https://api.frame.io/"), "https://api.frame.io");
  assertEquals(apiBase("http://127.0.0.1:8091"), "http://127.0.0.1:8091");
  assertEquals(apiBase("https://proxy.example/frameio//"), "https://proxy.example/frameio");
});

Deno.test("apiBase() refuses what cannot be a base, and says what would be one", () => {
  const cases = [
    ["api.frame.io", /not a URL such as https:\/\/api\.frame\.io/],
    ["ftp://api.frame.io", /must begin with https:\/\/ or http:\/\//],
    ["https://api.frame.io/?key=secret", /ends at the host or a path/],
    ["https://api.frame.io/#secret", /ends at the host or a path/],
    ["https://me:secret@api.frame.io", /FRAMEIO_TOKEN or --token-file/],
  ] as const;
  for (const [text, words] of cases) {
    const { message } = assertThrows(() => apiBase(text), Config);
    assertMatch(message, /^Cannot use --api /);
    assertMatch(message, words);
    assertNotMatch(message, /secret/);
  }
});

Deno.test("apiCaller() hands on what the door throws", async () => {
  const lost = new Unavailable("Cannot reach api.frame.io: connection refused", "network");
  const call = apiCaller({ request: () => Promise.reject(lost) }, {
    baseUrl: "x",
    tokens: fixedToken(TOKEN),
  });
  const error = await assertRejects(
    () => call({ method: "GET", path: "/", doing: "read", signal }),
    Unavailable,
  );
  assert(error === lost && !(error instanceof TokenExpired));
});
