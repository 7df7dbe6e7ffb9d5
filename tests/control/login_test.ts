import { assert, assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { MOST_SESSIONS, SESSION_SECONDS } from "../../src/control/auth.ts";
import { createThrottle, FREE_TRIES, MOST_PLACES } from "../../src/control/throttle.ts";
import { controlWorld, HOST, openAuth, TOKEN } from "./control_world.ts";
import { handClock } from "../support/hand_clock.ts";

/** A world that asks for the token, on a clock of its own. */
function lockedWorld() {
  const clock = handClock();
  return controlWorld({ auth: openAuth(clock) }, clock);
}

/** Sends the login form as a browser does. */
async function logIn(world: ReturnType<typeof controlWorld>, token: string, from = "192.0.2.7") {
  const body = new URLSearchParams({ token }).toString();
  const headers = {
    Host: HOST,
    Origin: `http://${HOST}`,
    "Sec-Fetch-Site": "same-origin",
    "Content-Type": "application/x-www-form-urlencoded",
    "Content-Length": String(body.length),
  };
  const info = { remoteAddr: { hostname: from } };
  const response = await world.app.request("/login", { method: "POST", headers, body }, info);
  const cookie = response.headers.get("Set-Cookie");
  return {
    response,
    cookie,
    session: /^reeltime_session_4100=([^;]*)/.exec(cookie ?? "")?.[1] ?? "",
  };
}

const PROTECTED = [
  ...["/api/takes", "/api/takes/t1", "/api/events", "/api/limits", "/api/health", "/api/history"],
  ...["/metrics", "/openapi.json", "/page.js", "/nope"],
];

Deno.test("attack: no token. Nothing is answered but the login", async () => {
  const { ask, asked, added } = lockedWorld();
  for (const path of PROTECTED) {
    const response = await ask(path);
    assertEquals(response.status, 401, path);
    assertMatch(response.headers.get("WWW-Authenticate")!, /^Bearer/);
    assertEquals((await response.json()).type, "urn:reeltime:login-required");
  }
  for (const path of ["/api/takes", "/api/takes/t1/finish", "/api/takes/t1/cancel"]) {
    assertEquals((await ask(path, "POST")).status, 401, path);
  }
  assertEquals((await ask("/api/limits", "PATCH")).status, 401);
  assertEquals([asked, added], [[], []]);
  const page = await ask("/");
  assertEquals([page.status, page.headers.get("Location")], [303, "/login"]);
  for (const path of ["/login", "/login.js", "/page.css"]) {
    assertEquals((await ask(path)).status, 200, path);
  }
});

Deno.test("attack: wrong token. Neither a part of it nor more than it opens the door", async () => {
  const { ask, clock } = lockedWorld();
  const wrong = [
    "",
    "x",
    TOKEN.slice(0, -1),
    `${TOKEN}x`,
    TOKEN.toUpperCase(),
    "null",
    "undefined",
  ];
  for (const token of wrong) {
    const response = await ask("/api/takes", "GET", { Authorization: `Bearer ${token}` });
    assertEquals(response.status, 401, token);
    assertNotMatch(await response.text(), /correct-horse/);
    await clock.advance(600_000);
  }
  for (const other of [TOKEN, `Basic ${TOKEN}`, `Bearer${TOKEN}`, `Bearer ${TOKEN} x`]) {
    assertEquals((await ask("/api/takes", "GET", { Authorization: other })).status, 401, other);
    await clock.advance(600_000);
  }
  const right = await ask("/api/takes", "GET", { Authorization: `Bearer ${TOKEN}` });
  assertEquals(right.status, 200);
});

Deno.test("attack: guessing. After a few wrong tries even the right token waits, there and not elsewhere", async () => {
  const world = lockedWorld();
  const { app, clock } = world;
  const ask = (token: string, from: string) =>
    app.request("/api/takes", { headers: { Host: HOST, Authorization: `Bearer ${token}` } }, {
      remoteAddr: { hostname: from },
    });
  for (let n = 0; n < FREE_TRIES; n++) assertEquals((await ask("guess", "192.0.2.7")).status, 401);
  const waits = await ask(TOKEN, "192.0.2.7");
  assertEquals([waits.status, waits.headers.get("Retry-After")], [429, "1"]);
  const form = await logIn(world, TOKEN);
  assertEquals(form.response.headers.get("Location"), "/login?reason=throttled");
  assertEquals(form.cookie, null);
  assertEquals((await ask(TOKEN, "192.0.2.8")).status, 200, "others are not held up");
  await clock.advance(1_000);
  assertEquals((await ask("guess", "192.0.2.7")).status, 401);
  await clock.advance(1_000);
  assertEquals((await ask(TOKEN, "192.0.2.7")).status, 429, "each costs twice the wait");
  await clock.advance(1_000);
  assertEquals((await ask(TOKEN, "192.0.2.7")).status, 200);
  assertEquals((await ask("guess", "192.0.2.7")).status, 401, "and what was right forgives");
});

Deno.test("createThrottle() never waits for more than a minute, and remembers a bounded number of places", () => {
  const throttle = createThrottle(handClock());
  for (let n = 0; n < 100; n++) throttle.failed("192.0.2.7");
  assertEquals(throttle.waitSeconds("192.0.2.7"), 60);
  for (let n = 0; n < MOST_PLACES; n++) throttle.failed(`198.51.100.${n}`);
  assertEquals(throttle.waitSeconds("192.0.2.7"), 0, "it was forgotten for others");
});

Deno.test("createThrottle() takes a whole /64 for one place", () => {
  const throttle = createThrottle(handClock());
  for (let n = 0; n < 20; n++) throttle.failed(`2001:db8:1:2::${n.toString(16)}`);
  assert(throttle.waitSeconds("2001:db8:1:2:ffff::1") > 0);
  assertEquals(throttle.waitSeconds("2001:db8:1:3::1"), 0);
  for (let n = 0; n < 20; n++) throttle.failed("::1");
  assert(throttle.waitSeconds("::1") > 0);
  assertEquals(throttle.waitSeconds("fe80::1"), 0);
});

Deno.test("a login opens the door by a cookie that no script reads, no other site sends, and is not the token", async () => {
  const world = lockedWorld();
  const { response, cookie, session } = await logIn(world, ` ${TOKEN}\n`);
  assertEquals([response.status, response.headers.get("Location")], [303, "/"]);
  assertMatch(cookie!, /; HttpOnly(;|$)/);
  assertMatch(cookie!, /; SameSite=Strict(;|$)/);
  assertMatch(cookie!, /; Path=\/(;|$)/);
  assertMatch(session, /^[0-9a-f]{64}$/);
  assert(!cookie!.includes(TOKEN));
  const headers = { Cookie: `other=1; reeltime_session_4100=${session}` };
  for (const path of ["/", "/api/takes", "/metrics"]) {
    assertEquals((await world.ask(path, "GET", headers)).status, 200, path);
  }
  const again = await logIn(world, TOKEN);
  assert(again.session !== session, "each login is another one");
});

Deno.test("attack: a made-up or stale session. It ends with its time, with the logout, and when others need its place", async () => {
  const world = lockedWorld();
  const { clock, ask } = world;
  const use = async (session: string) =>
    (await ask("/api/takes", "GET", { Cookie: `reeltime_session_4100=${session}` })).status;
  for (const made of ["", "0".repeat(64), TOKEN, "../../etc"]) assertEquals(await use(made), 401);

  const first = await logIn(world, TOKEN);
  await ask("/logout", "POST", { Cookie: `reeltime_session_4100=${first.session}` });
  assertEquals(await use(first.session), 401);

  const second = await logIn(world, TOKEN);
  await clock.advance(1000 * SESSION_SECONDS - 1);
  assertEquals(await use(second.session), 200);
  await clock.advance(1);
  const page = await ask("/", "GET", { Cookie: `reeltime_session_4100=${second.session}` });
  assertEquals(page.headers.get("Location"), "/login?reason=expired");

  const third = await logIn(world, TOKEN);
  for (let n = 0; n < MOST_SESSIONS; n++) await logIn(world, TOKEN);
  assertEquals(await use(third.session), 401);
});

Deno.test("a login of another reeltime on this machine is left alone, and opens nothing", async () => {
  const world = lockedWorld();
  const { session } = await logIn(world, TOKEN);
  const other = await world.ask("/api/takes", "GET", {
    Cookie: `reeltime_session_4101=${session}`,
  });
  assertEquals(other.status, 401);
  const both = `reeltime_session_4101=x; reeltime_session_4100=${session}`;
  assertEquals((await world.ask("/api/takes", "GET", { Cookie: both })).status, 200);
  const out = await world.ask("/logout", "POST", { Cookie: both });
  assertMatch(out.headers.get("Set-Cookie")!, /^reeltime_session_4100=;/);
  const { components } = await (await controlWorld({ port: () => 4102 }).ask("/openapi.json"))
    .json();
  assertEquals(components.securitySchemes.session.name, "reeltime_session_4102");
});

Deno.test("a proxy's own Authorization is no wrong token, and a login holds whatever stands beside it", async () => {
  const world = lockedWorld();
  const { session } = await logIn(world, TOKEN);
  const basic = { Authorization: `Basic ${btoa("crew:of the proxy")}` };
  for (let n = 0; n < 2 * FREE_TRIES; n++) {
    assertEquals((await world.ask("/api/takes", "GET", basic)).status, 401, "not 429");
  }
  const Cookie = `reeltime_session_4100=${session}`;
  assertEquals((await world.ask("/api/takes", "GET", { ...basic, Cookie })).status, 200);
  const stale = { Cookie, Authorization: "Bearer of-another-time" };
  for (let n = 0; n < 2 * FREE_TRIES; n++) {
    assertEquals((await world.ask("/api/takes", "GET", stale)).status, 200);
  }
  const right = { Cookie: "reeltime_session_4100=made-up", Authorization: `Bearer ${TOKEN}` };
  assertEquals((await world.ask("/api/takes", "GET", right)).status, 200);
});

Deno.test("a wrong login leads back to the form with the reason, and sets nothing", async () => {
  const world = lockedWorld();
  const { response, cookie } = await logIn(world, "nope");
  assertEquals([response.status, cookie], [303, null]);
  assertEquals(response.headers.get("Location"), "/login?reason=wrong");
  await response.body?.cancel();
});

Deno.test("where no token is asked for, a login leads to the page and sets nothing", async () => {
  const { response, cookie } = await logIn(controlWorld(), TOKEN);
  assertEquals([response.status, response.headers.get("Location"), cookie], [303, "/", null]);
});
