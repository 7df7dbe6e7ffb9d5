import { assert, assertEquals, assertRejects } from "@std/assert";
import { Unavailable } from "../../src/errors.ts";
import { type ApiCall, apiCaller } from "../../src/frameio/api.ts";
import { openGate, type RateGate, rateGate } from "../../src/frameio/rate_gate.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import type { Clock } from "../../src/runtime/clock.ts";
import { type Http, systemHttp } from "../../src/runtime/http.ts";
import { handClock, settled } from "../support/hand_clock.ts";
import { pairDevice } from "../sandbox/device_client.ts";
import { withSandbox } from "../sandbox/sandbox_client.ts";
import { drivenClock } from "../support/driven_clock.ts";

const { signal } = new AbortController();
const START_MS = Date.UTC(2026, 10, 20, 12, 0, 0);

/** A clock for one caller: what it sleeps has passed at once. */
function jumpingClock() {
  let elapsedMs = 0;
  const clock: Clock = {
    now: () => START_MS + elapsedMs,
    monotonicMs: () => elapsedMs,
    sleep: (delayMs) => Promise.resolve(void (elapsedMs += delayMs)),
  };
  return { clock, pass: (ms: number) => void (elapsedMs += ms) };
}

/** Runs `test` against a sandbox that limits rates by this clock, with its URL. */
function withLimits(clock: Clock, test: (url: string) => Promise<void>): Promise<void> {
  return withSandbox(({ baseUrl }) => test(baseUrl), {
    limitsRates: true,
    now: () => new Date(clock.now()),
  });
}

function caller(baseUrl: string, gate: RateGate, token = "sandbox", http: Http = systemHttp) {
  return apiCaller(http, { baseUrl, gate, tokens: fixedToken(token) });
}

const read = (call: ApiCall) =>
  call({ method: "GET", path: "/v2/assets/root", doing: "read", signal });

Deno.test("rateGate() brings a steady caller through 10,000 calls without one 429, at the full rate", async () => {
  const { clock, pass } = jumpingClock();
  await withLimits(clock, async (url) => {
    const call = caller(url, rateGate(clock));
    for (let i = 0; i < 10_000; i++) {
      await read(call); // throws at a 429
      pass(0.37); // an exchange takes time, and the two sides round it differently
    }
    const fullMs = 10_000 * 1000 / 5;
    const spentMs = clock.monotonicMs();
    assert(spentMs > 0.999 * fullMs && spentMs < 1.001 * fullMs, `${spentMs} of ${fullMs} ms`);
  });
});

Deno.test("openGate runs into a 429 where rateGate() does not", async () => {
  const { clock } = jumpingClock();
  await withLimits(clock, async (url) => {
    const call = caller(url, openGate);
    for (let i = 0; i < 5; i++) await read(call);
    const error = await assertRejects(() => read(call), Unavailable);
    assertEquals(error.outage, "rate_limit");
  });
});

Deno.test("rateGate() brings eight lanes through one limit without a 429", async () => {
  const clock = drivenClock(START_MS);
  await withLimits(clock, async (url) => {
    const http = clock.door(systemHttp, "request");
    const call = caller(url, rateGate(clock), "sandbox", http);
    const update = () =>
      call({
        method: "POST",
        path: "/v2/assets/root/realtime_upload/parts",
        body: {},
        doing: "update",
        signal,
      });
    let refused = 0;
    async function lane(): Promise<void> {
      for (let i = 0; i < 50; i++) {
        // The sandbox knows no such asset; what counts is that it looked.
        const error = await assertRejects(update, Error);
        if (error instanceof Unavailable) refused++;
      }
    }
    await clock.until(Promise.all(Array.from({ length: 8 }, lane)));
    assertEquals(refused, 0);
    const spentMs = clock.monotonicMs();
    assert(spentMs > 38_000 && spentMs < 41_000, `${spentMs} ms for 400 calls at 10 a second`);
  });
});

Deno.test("rateGate() keeps a limit of one call a minute", async () => {
  const { clock, pass } = jumpingClock();
  await withLimits(clock, async (url) => {
    const { token } = await pairDevice(url);
    const call = caller(url, rateGate(clock), token);
    for (let i = 0; i < 100; i++) {
      await call({
        method: "POST",
        path: "/v2/devices/heartbeat",
        mayBeEmpty: true,
        doing: "beat",
        signal,
      });
      pass(0.37);
    }
    const spentMs = clock.monotonicMs();
    assert(spentMs >= 99 * 60_000 && spentMs < 100 * 60_000, `${spentMs} ms`);
  });
});

Deno.test("rateGate() gives way to others who use the same account", async () => {
  const { clock, pass } = jumpingClock();
  await withLimits(clock, async (url) => {
    const mine = caller(url, rateGate(clock));
    const theirs = caller(url, openGate);
    await read(mine);
    for (let round = 0; round < 50; round++) {
      // A guest takes two of the five calls a second whenever it likes; it is not always seen in time.
      pass(1000);
      for (let i = 0; i < 2; i++) await read(theirs);
      for (let i = 0; i < 3; i++) await read(mine);
    }
  });
});

function headers(limit: unknown, remaining: unknown, windowMs: unknown): Headers {
  return new Headers({
    "x-ratelimit-limit": `${limit}`,
    "x-ratelimit-remaining": `${remaining}`,
    "x-ratelimit-window": `${windowMs}`,
  });
}

/** How long the next call of this kind has to wait, in milliseconds. */
async function waitOf(gate: RateGate, clock: Clock, kind = "a"): Promise<number> {
  const beforeMs = clock.monotonicMs();
  await gate.enter(kind, signal);
  return clock.monotonicMs() - beforeMs;
}

Deno.test("rateGate() lets every call through before anything is learnt, and counts them", async () => {
  const { clock } = jumpingClock();
  const gate = rateGate(clock);
  for (let i = 0; i < 5; i++) assertEquals(await waitOf(gate, clock), 0);
  gate.learn("a", 200, headers(10, 9, 1000)); // the first answer; four more are on their way
  for (let i = 0; i < 4; i++) assertEquals(await waitOf(gate, clock), 0);
  assertEquals(await waitOf(gate, clock), 100);
});

Deno.test("rateGate() believes the service where its bucket is fuller than ours", async () => {
  const { clock } = jumpingClock();
  const gate = rateGate(clock);
  await gate.enter("a", signal);
  gate.learn("a", 200, headers(5, 0, 1000));
  assertEquals(await waitOf(gate, clock), 400); // two drained: one place stays free
  assertEquals(await waitOf(gate, clock, "b"), 0);
});

Deno.test("rateGate() never waits longer than the window that it was told", async () => {
  for (const [calls, windowMs] of [[1, 600_000], [2, 600_000], [10_000, 600_000]] as const) {
    const { clock } = jumpingClock();
    const gate = rateGate(clock);
    gate.learn("a", 200, headers(calls, 0, windowMs));
    const waitMs = await waitOf(gate, clock);
    assert(waitMs > 0 && waitMs <= windowMs, `${waitMs} of ${windowMs} ms`);
  }
});

Deno.test("rateGate() learns nothing from nonsense", async () => {
  const nonsense: readonly [limit: unknown, remaining: unknown, windowMs: unknown][] = [
    [5, 0, 0],
    [5, 0, -1000],
    [5, 0, "NaN"],
    [5, 0, "Infinity"],
    [5, 0, 600_001],
    [5, 0, 1e300],
    [5, 0, "9".repeat(400)],
    [5, 0, ""],
    [5, 0, "1000, 1000"],
    [5, 0, "1s"],
    [0, 0, 1000],
    [-5, 0, 1000],
    ["", 0, 1000],
    [0.5, 0, 1000],
    [10_001, 0, 1000],
    ["0x5", 0, 1000],
    [5, -1, 1000],
    [5, "", 1000],
    [5, 6, 1000],
    [5, "none", 1000],
  ];
  const { clock } = jumpingClock();
  const gate = rateGate(clock);
  for (const [limit, remaining, windowMs] of nonsense) {
    gate.learn("a", 200, headers(limit, remaining, windowMs));
    assertEquals(await waitOf(gate, clock), 0, `${limit} ${remaining} ${windowMs}`);
  }
  gate.learn("a", 200, new Headers());
  assertEquals(await waitOf(gate, clock), 0);
  gate.learn("b", 200, headers(5, 0, 1000));
  gate.learn("b", 200, headers(5, 0, 1e300)); // what made sense before still holds
  assertEquals(await waitOf(gate, clock, "b"), 400);
});

Deno.test("rateGate() holds a kind back after a 429: a second, then twice as long each time, up to a minute", async () => {
  const { clock } = jumpingClock();
  const gate = rateGate(clock);
  const holdsMs: number[] = [];
  for (let i = 0; i < 8; i++) {
    gate.learn("a", 429, new Headers());
    gate.learn("a", 429, new Headers()); // one that went at the same time
    assertEquals(await waitOf(gate, clock, "b"), 0);
    holdsMs.push(await waitOf(gate, clock));
  }
  assertEquals(holdsMs, [1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  gate.learn("a", 200, new Headers());
  gate.learn("a", 429, new Headers());
  assertEquals(await waitOf(gate, clock), 1000);
});

Deno.test("rateGate() ends a wait with the signal's reason, and leaves no timer", async () => {
  const clock = handClock();
  const gate = rateGate(clock);
  const abort = new AbortController();
  gate.learn("a", 429, new Headers());
  const waiting = gate.enter("a", abort.signal);
  await settled();
  assertEquals(clock.sleeping(), 1);
  abort.abort(new Error("suspended"));
  await assertRejects(() => waiting, Error, "suspended");
  await assertRejects(() => gate.enter("b", abort.signal), Error, "suspended");
  assertEquals(clock.sleeping(), 0);
});

Deno.test("rateGate() remembers a hundred kinds, and forgets the one unused for longest", async () => {
  const { clock } = jumpingClock();
  const gate = rateGate(clock);
  gate.learn("old", 200, headers(5, 0, 1000));
  gate.learn("kept", 200, headers(5, 0, 1000));
  for (let i = 0; i < 98; i++) await gate.enter(`${i}`, signal);
  gate.learn("kept", 200, headers(5, 0, 1000));
  await gate.enter("one more", signal);
  assertEquals(await waitOf(gate, clock, "old"), 0);
  assertEquals(await waitOf(gate, clock, "kept"), 400);
});
