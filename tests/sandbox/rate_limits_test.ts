import { assert, assertEquals } from "@std/assert";
import { leakyBuckets } from "../../src/sandbox/leaky_buckets.ts";
import { json, pairDevice } from "./device_client.ts";
import { type SandboxClient, withSandbox } from "./sandbox_client.ts";

/** Runs `test` against a sandbox that limits rates, whose clock stands still unless it is set on. */
function withLimits(
  test: (sandbox: SandboxClient, pass: (ms: number) => void) => Promise<void>,
): Promise<void> {
  let ms = Date.UTC(2026, 10, 20, 12, 0, 0);
  return withSandbox((sandbox) => test(sandbox, (passed) => void (ms += passed)), {
    limitsRates: true,
    now: () => new Date(ms),
  });
}

/** Status and `limit remaining window` of an answer. */
async function stateOf(answer: Promise<Response>): Promise<[status: number, state: string]> {
  const { status, headers, body } = await answer;
  await body?.cancel();
  return [
    status,
    ["limit", "remaining", "window"].map((name) => headers.get(`x-ratelimit-${name}`)).join(" "),
  ];
}

Deno.test("rateLimits() tells limit, remaining calls and window in ms on every reply", async () => {
  await withLimits(async (sandbox) => {
    const read = (token: string) =>
      stateOf(sandbox.call("/v2/assets/root", { headers: { authorization: `Bearer ${token}` } }));
    assertEquals(await read("sandbox"), [200, "5 4 1000"]);
    assertEquals(await stateOf(sandbox.call("/v2/assets/nothing")), [404, "5 3 1000"]);
    assertEquals(await read("nobody"), [401, "5 4 1000"]);
    const create = () => stateOf(sandbox.post("/v2/assets/root/children", { type: "folder?" }));
    assertEquals(await create(), [400, "5 4 1000"]);
    assertEquals(await stateOf(sandbox.call("/v2/no/such/call")), [404, "100 99 60000"]);
  });
});

Deno.test("rateLimits() answers 429 beyond the limit, and lets in again what has drained", async () => {
  await withLimits(async (sandbox, pass) => {
    const read = () => stateOf(sandbox.call("/v2/assets/root"));
    for (let left = 4; left >= 0; left--) assertEquals(await read(), [200, `5 ${left} 1000`]);
    assertEquals(await read(), [429, "5 0 1000"]);
    pass(199);
    assertEquals(await read(), [429, "5 0 1000"]);
    pass(1); // no hard reset: one fifth of the window gives one call
    assertEquals(await read(), [200, "5 0 1000"]);
    assertEquals(await read(), [429, "5 0 1000"]);
    pass(1000);
    assertEquals(await read(), [200, "5 4 1000"]);
  });
});

Deno.test("rateLimits() refuses in the shape of the side that is asked", async () => {
  await withLimits(async (sandbox) => {
    async function beyond(path: string, method: string, times: number): Promise<unknown> {
      for (let i = 0; i < times; i++) await (await sandbox.call(path, { method })).body?.cancel();
      const answer = await sandbox.call(path, { method });
      assertEquals(answer.status, 429);
      return await answer.json();
    }
    const detail = "No more than 5 such calls in 1000 ms";
    assertEquals(await beyond("/v2/assets/root", "GET", 5), {
      code: 429,
      errors: [{ code: 429, detail, status: 429, title: "Too Many Requests" }],
      message: "Too Many Requests",
    });
    const v4 = await beyond("/v4/accounts/a/files/f/status", "GET", 5);
    assertEquals(v4, { errors: [{ detail }] });
    assertEquals(await beyond("/v2/auth/token", "POST", 100), { error: "slow_down" });
  });
});

Deno.test("rateLimits() keeps the documented number of each operation", async () => {
  const table: readonly [call: string, state: string][] = [
    ["POST /v2/assets/f1/children", "5 4 1000"],
    ["POST /v2/devices/assets", "5 4 1000"],
    ["GET /v2/assets/a1", "5 4 1000"],
    ["PUT /v2/assets/a1", "10 9 1000"],
    ["GET /v2/assets/a1/children?page=2", "40 39 60000"],
    ["POST /v2/assets/a1/realtime_upload/parts", "10 9 1000"],
    ["POST /v2/devices/assets/a1/realtime_upload/parts", "10 9 1000"],
    ["POST /v2/devices/heartbeat", "1 0 60000"],
    ["POST /v4/accounts/a/folders/f/files/local_upload", "5 4 1000"],
    ["POST /v4/accounts/a/folders/f/files/remote_upload", "5 4 1000"],
    ["GET /v4/accounts/a/files/f/status", "5 4 1000"],
    ["GET /v4/accounts/a/files/f?include=media_links.original", "10 9 1000"],
    ["GET /v4/accounts/a/folders/f/files", "5 4 1000"],
    ["GET /v4/accounts/a/folders/f/folders", "5 4 1000"],
    ["POST /v4/accounts/a/folders/f/folders", "3 2 1000"],
    ["GET /v4/accounts/a/folders/f/children", "100 99 60000"],
    ["GET /v4/accounts", "100 99 60000"],
    ["GET /v4/accounts/a/workspaces", "100 99 60000"],
    ["GET /v4/accounts/a/workspaces/w/projects", "100 99 60000"],
    ["GET /v4/accounts/a/projects/p", "100 99 60000"],
    ["GET /v4/me", "100 99 60000"],
    ["PATCH /v4/accounts/a/files/f", "10 9 60000"],
  ];
  await withLimits(async (sandbox) => {
    for (const [call, state] of table) {
      const [method, path] = call.split(" ") as [string, string];
      assertEquals((await stateOf(sandbox.call(path, { method })))[1], state, call);
    }
  });
});

Deno.test("rateLimits() counts each caller and each operation for itself, over all ids", async () => {
  await withLimits(async (sandbox) => {
    const device = await pairDevice(sandbox.baseUrl);
    const again = await pairDevice(sandbox.baseUrl); // another token of the same device
    const other = await pairDevice(sandbox.baseUrl, "camera-2");
    const beat = (by = device) => stateOf(by.call("POST", "/v2/devices/heartbeat"));
    assertEquals((await beat())[0], 204);
    assertEquals((await beat(again))[0], 429);
    assertEquals((await beat(other))[0], 204);
    assertEquals((await stateOf(sandbox.call("/v2/assets/a1")))[1], "5 4 1000");
    assertEquals((await stateOf(sandbox.call("/v2/assets/b2")))[1], "5 3 1000");
    assertEquals((await stateOf(sandbox.call("/v2/assets/b2/children")))[1], "40 39 60000");
  });
});

Deno.test("sandbox limits nothing unless it is told to, and never its storage or its own pages", async () => {
  await withSandbox(async (sandbox) => {
    for (let i = 0; i < 20; i++) {
      assertEquals(await stateOf(sandbox.call("/v2/assets/root")), [200, "  "]);
    }
  });
  await withLimits(async (sandbox) => {
    const device = await json(fetch(`${sandbox.baseUrl}/sandbox/device`));
    assertEquals(device.paused, false);
    for (let i = 0; i < 110; i++) {
      assertEquals(await stateOf(sandbox.call("/sandbox/assets")), [200, "  "]);
      assertEquals((await stateOf(sandbox.call("/s3/nothing", { method: "PUT" })))[1], "  ");
    }
  });
});

Deno.test("leakyBuckets() drain all the time, and a clock that is set back drains nothing", () => {
  const buckets = leakyBuckets();
  const take = (nowMs: number) => buckets.take("a", { calls: 2, windowMs: 1000 }, nowMs);
  assertEquals(take(0), { isIn: true, remaining: 1 });
  assertEquals(take(0), { isIn: true, remaining: 0 });
  assertEquals(take(-5000), { isIn: false, remaining: 0 });
  assertEquals(take(-4501), { isIn: false, remaining: 0 });
  assertEquals(take(-4500), { isIn: true, remaining: 0 });
  assertEquals(take(1e12), { isIn: true, remaining: 1 });
});

Deno.test("leakyBuckets() forget the one that was unused for longest", () => {
  const buckets = leakyBuckets();
  const take = (key: string) => buckets.take(key, { calls: 1, windowMs: 1000 }, 0).isIn;
  assert(take("old") && take("kept"));
  for (let i = 0; i < 9_998; i++) take(`${i}`);
  assert(!take("kept"));
  take("one more");
  assert(take("old"));
  assert(!take("kept"));
});
