import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import { v2Remote, v4Remote } from "../../src/frameio/remote_route.ts";
import { type RemoteRoom, remoteUpload } from "../../src/frameio/remote_upload.ts";
import { ACCOUNT } from "../../src/sandbox/world.ts";
import { someBytes } from "../sandbox/sandbox_client.ts";
import { openPeer } from "../support/raw_peer.ts";
import {
  hastyClock,
  jsonOf,
  lineOf,
  type Said,
  signal,
  v4Error,
  withAnswers,
  withFrameio,
} from "./service.ts";

const FOLDER = { accountId: "acc", folderId: "fo/1" };
const FILE = { url: "https://files.example/clip?signature=sesame", name: `a "b" 🎬.mov` };
const STATUS = "/v4/accounts/acc/files/f1/status";
const taken = (links: unknown = { status: STATUS }): Said => ({
  status: 202,
  json: { data: { id: "f1", name: FILE.name, view_url: "https://next.frame.io/view/f1" }, links },
});
const status = (data: unknown): Said => ({ json: { data } });

/** A room on a clock that does not wait, and what was said in it. */
function room() {
  const clock = hastyClock();
  const said: string[] = [];
  const value: RemoteRoom = {
    ...{ clock, signal, say: (words: string) => void said.push(words) },
    delayMs: (error, attempt) => error.outage === "rate_limit" ? 1000 * attempt : 40_000,
  };
  return { clock, said, room: value };
}

/** Runs a remote upload against these answers, one after the other; the last one stays. */
async function run(answers: readonly (Said | "break")[]) {
  const { clock, said, room: value } = room();
  let lines: string[] = [];
  let bodies: unknown[] = [];
  let outcome: unknown;
  await withAnswers(
    (_, count) => answers[Math.min(count, answers.length) - 1]!,
    async ({ call }, { requests }) => {
      outcome = await remoteUpload(v4Remote(call, FOLDER), FILE, value).catch((error) => error);
      lines = requests.map(lineOf);
      bodies = requests.filter(({ head }) => head.startsWith("POST")).map(jsonOf);
    },
  );
  assertNotMatch(Deno.inspect([outcome, said], { depth: 9 }), /sesame/);
  return { outcome, lines, bodies, said, waits: clock.waits };
}

Deno.test("remoteUpload() asks once, follows links.status to its end and tells how it goes", async () => {
  const began = "2026-11-20T12:00:00Z";
  const { outcome, lines, bodies, said, waits } = await run([
    taken(),
    status({ upload_complete: false, uploaded_at: null }),
    status({ upload_complete: false, uploaded_at: began }),
    status({ upload_complete: false, uploaded_at: began }),
    status({ upload_complete: true, upload_completed_at: "2026-11-20T12:01:00Z" }),
  ]);
  assertEquals(outcome as unknown, {
    ...{ id: "f1", name: FILE.name, viewUrl: "https://next.frame.io/view/f1" },
  });
  assertEquals(lines, [
    "POST /v4/accounts/acc/folders/fo%2F1/files/remote_upload",
    ...Array(4).fill(`GET ${STATUS}`),
  ]);
  assertEquals(bodies, [{ data: { name: FILE.name, source_url: FILE.url } }]);
  assertEquals(waits, [1000, 2000, 4000]);
  assertEquals(said.length, 4, "each state once");
  assertMatch(said[0]!, /^Frame\.io fetches a "b" 🎬\.mov from files\.example as asset f1$/);
  assertMatch(said[3]!, /complete: Frame\.io has every byte since 2026-11-20T12:01:00Z/);
});

Deno.test("remoteUpload() waits longer each time, up to 30 s, and for a day at most", async () => {
  const { outcome, waits } = await run([taken(), status({ uploaded_at: "2026" })]);
  assert(outcome instanceof Unavailable);
  assertMatch(outcome.message, /still fetches it\. Ask later with reeltime status f1$/);
  assertEquals(waits.slice(0, 7), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
  assertEquals(Math.max(...waits), 30_000);
  const sumMs = waits.reduce((sum, ms) => sum + ms, 0);
  assert(sumMs <= 86_400_000 && sumMs > 86_300_000, `${sumMs}`);
});

Deno.test("remoteUpload() says that a fetch failed, and what the service needs", async () => {
  const { outcome } = await run([taken(), status({ upload_failed: true })]);
  assert(outcome instanceof Rejected);
  assertMatch(outcome.message, /files\.example: Frame\.io could not fetch it\. .* at most 50 GB$/);
});

Deno.test("remoteUpload() makes no twin: it asks again only where nobody took the request", async () => {
  const slow = v4Error(429, `slow down with ${FILE.url}`);
  const { lines, waits } = await run([slow, slow, taken(), status({ upload_complete: true })]);
  assertEquals(lines.length, 4);
  assertEquals(waits, [1000, 2000]);
  const lost: readonly (Said | "break")[] = [
    "break",
    v4Error(500, `oops ${FILE.url}`),
    { status: 504, json: "<html>" },
    { status: 202, json: { data: {} } },
    { json: "<html>Log in</html>" },
  ];
  for (const answer of lost) {
    const { outcome, lines } = await run([answer]);
    assert(outcome instanceof Unavailable, JSON.stringify(answer));
    assertMatch(outcome.message, /may have taken .* on all the same: look into the folder/);
    assertEquals(lines.length, 1);
  }
});

Deno.test("remoteUpload() shows nobody the address, which may be a secret", async () => {
  const echoes = [
    `source_url ${FILE.url} cannot be reached`,
    `bad: ${encodeURIComponent(FILE.url)}`,
    `${"https://files.example/" + "x".repeat(400)}?signature=sesame`,
  ];
  for (const detail of echoes) {
    const { outcome } = await run([v4Error(422, detail, "/data/source_url")]);
    assert(outcome instanceof Rejected);
    assertNotMatch(Deno.inspect(outcome), /signature|xxx/);
    assertEquals(outcome.about[0], "/data/source_url");
  }
});

Deno.test("remoteUpload() goes on through outages while it follows, and ends at a refusal", async () => {
  const { outcome, lines, waits } = await run([
    ...[taken(), "break", v4Error(503, "later"), v4Error(429, "slow")] as const,
    status({ upload_complete: true }),
  ]);
  assertEquals((outcome as { id: string }).id, "f1");
  assertEquals(lines.length, 5 + 0);
  assertEquals(waits, [40_000, 40_000, 4000]);
  assert((await run([taken(), v4Error(404, "deleted")])).outcome instanceof Rejected);
  assert((await run([taken(), v4Error(401, "no")])).outcome instanceof TokenExpired);
  assert((await run([v4Error(402, "plan")])).outcome instanceof Rejected);
});

Deno.test("remoteUpload() follows no link out of the V4 API, and does without one", async () => {
  const links = [
    {},
    null,
    { status: "@evil.example/v4" },
    { status: "/v2/steal" },
    { status: 7 },
    { status: `https://evil.example${STATUS}` },
    { status: `//evil.example${STATUS}` },
  ];
  for (const link of links) {
    const { lines } = await run([taken(link), status({ upload_complete: true })]);
    assertEquals(lines[1], `GET ${STATUS}`, JSON.stringify(link));
  }
});

Deno.test("remoteUpload() ends when its signal is aborted", async () => {
  const abort = new AbortController();
  const { clock, room: value } = room();
  const sleep = clock.sleep;
  const stopping = {
    ...clock,
    sleep: (ms: number) => {
      abort.abort();
      return sleep(ms, abort.signal);
    },
  };
  const answer = (_: unknown, count: number) => count === 1 ? taken() : status({});
  await withAnswers(answer, async ({ call }, { requests }) => {
    const { signal } = abort;
    await assertRejects(
      () => remoteUpload(v4Remote(call, FOLDER), FILE, { ...value, clock: stopping, signal }),
      DOMException,
    );
    assertEquals(requests.length, 2);
  });
});

Deno.test("remoteUpload() has the sandbox fetch a file from a real server, on both APIs", async () => {
  const bytes = new TextDecoder().decode(someBytes(60_000, 1).map((byte) => byte & 0x7f));
  await using source = await openPeer((request) => {
    if (request.head.includes("/gone")) request.answer(404, "none");
    else request.answer(200, bytes);
  });
  await withFrameio(async ({ call }, sandbox) => {
    const routes = [
      v4Remote(call, { accountId: ACCOUNT.id, folderId: "root" }),
      v2Remote(call, "root"),
    ];
    for (const route of routes) {
      const file = { url: `${source.url}/clip?sig=sesame`, name: FILE.name };
      const { said, room: value } = room();
      const asset = await remoteUpload(route, file, value);
      assertEquals(asset.name, FILE.name);
      const shown = await sandbox.completed(asset.id);
      assertEquals([shown.name, shown.size], [FILE.name, 60_000]);
      assertMatch(said.at(-1)!, /complete: Frame\.io has every byte/);
      const gone = { url: `${source.url}/gone?sig=sesame`, name: "x.mov" };
      const error = await assertRejects(() => remoteUpload(route, gone, room().room), Rejected);
      assertMatch(error.message, /Frame\.io could not fetch it/);
      assertNotMatch(Deno.inspect([said, error]), /sesame/);
    }
  });
});
