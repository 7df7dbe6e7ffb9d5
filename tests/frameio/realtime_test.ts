import { assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Unavailable, UploadFailed } from "../../src/errors.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { userRoute } from "../../src/frameio/realtime.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { openPeer, type Peer, type PeerRequest } from "../support/raw_peer.ts";

const { signal } = new AbortController();
const TOKEN = "fio-u-secret";
const PARTS = [
  { number: 3, sizeBytes: 5_242_880, isFinal: false },
  { number: 2, sizeBytes: 6_000_000_000, isFinal: false },
  { number: 7, sizeBytes: 1, isFinal: true },
];
const URLS = ["https://s3/p3?X-Amz-Signature=a", "https://s3/p2?b", "http://s3/p7?c"];

/** The user route against a real server that answers with this JSON. */
async function withService(
  answer: unknown,
  use: (api: AssetRoute, peer: Peer) => Promise<void>,
  folder = "folder-1",
): Promise<void> {
  await using peer = await openPeer(async (request) => {
    await request.whole;
    request.answer(200, typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  const call = apiCaller(systemHttp, { baseUrl: peer.url, tokens: fixedToken(TOKEN) });
  await use(userRoute(call, folder), peer);
}

const lineOf = (request: PeerRequest) => request.head.split("\r\n")[0];
const jsonOf = (request: PeerRequest) => JSON.parse(new TextDecoder().decode(request.received()));

/** Of a recording that has just begun. */
const GROWING = { sizeBytes: null, ageSeconds: 0 };

Deno.test("createAsset() sends exactly what a realtime asset needs", async () => {
  await withService({ id: "a1", name: "take 01.mov" }, async (api, peer) => {
    const asset = { name: "take 01.mov", filetype: "video/quicktime", ...GROWING };
    assertEquals(await api.createAsset(asset, signal), {
      ...{ id: "a1", name: "take 01.mov", filetype: asset.filetype, parts: null },
    });
    const [request] = peer.requests;
    assertEquals(lineOf(request!), "POST /v2/assets/folder-1/children HTTP/1.1");
    assertEquals(request!.header("authorization"), `Bearer ${TOKEN}`);
    assertEquals(request!.header("content-type"), "application/json");
    assertEquals(jsonOf(request!), {
      type: "file",
      name: "take 01.mov",
      filetype: "video/quicktime",
      is_realtime_upload: true,
    });
  });
});

Deno.test("createAsset() keeps the name it asked for where the service gives none", async () => {
  await withService({ id: "a1" }, async (api) => {
    const asset = { name: "a.mov", filetype: "video/quicktime", ...GROWING };
    assertEquals(await api.createAsset(asset, signal), {
      ...{ id: "a1", name: "a.mov", filetype: asset.filetype, parts: null },
    });
  });
});

Deno.test("ids are opaque: they stay one segment of the path", async () => {
  await withService({ id: "b/2?" }, async (api, peer) => {
    await api.createAsset({
      name: "a.mov",
      filetype: "video/quicktime",
      sizeBytes: null,
      ageSeconds: 0,
    }, signal);
    assertEquals(lineOf(peer.requests[0]!), "POST /v2/assets/adobe%3Aa%2Fb/children HTTP/1.1");
    await api.readAsset("b/2?", signal);
    assertEquals(lineOf(peer.requests[1]!), "GET /v2/assets/b%2F2%3F HTTP/1.1");
  }, "adobe:a/b");
});

Deno.test("registerParts() sends the parts in the order given, with the total", async () => {
  await withService({ upload_urls: URLS }, async (api, peer) => {
    const presigned = await api.registerParts("a1", PARTS, 6_005_242_881, signal);
    assertEquals(presigned, PARTS.map((part, i) => ({ part, url: URLS[i]! })));
    const [request] = peer.requests;
    assertEquals(lineOf(request!), "POST /v2/assets/a1/realtime_upload/parts HTTP/1.1");
    assertEquals(jsonOf(request!), {
      parts: [
        { number: 3, size: 5_242_880, is_final: false },
        { number: 2, size: 6_000_000_000, is_final: false },
        { number: 7, size: 1, is_final: true },
      ],
      asset_filesize: 6_005_242_881,
    });
  });
});

Deno.test("registerParts() sends no total while there is none", async () => {
  await withService({ upload_urls: URLS.slice(0, 1) }, async (api, peer) => {
    await api.registerParts("a1", PARTS.slice(0, 1), null, signal);
    assertEquals(Object.keys(jsonOf(peer.requests[0]!)), ["parts"]);
  });
});

Deno.test("registerParts() takes no answer with other than one web URL for each part", async () => {
  const answers: unknown[] = [
    {},
    { upload_urls: null },
    { upload_urls: {} },
    { upload_urls: [] },
    { upload_urls: URLS.slice(0, 2) },
    { upload_urls: [...URLS, "https://s3/more"] },
    { upload_urls: [URLS[0], null, URLS[2]] },
    { upload_urls: [URLS[0], "", URLS[2]] },
    { upload_urls: [URLS[0], "file:///etc/passwd", URLS[2]] },
    { upload_urls: [URLS[0], "https://", URLS[2]] },
    { upload_urls: [URLS[0], "/relative", URLS[2]] },
    [],
    "null",
    `{"upload_urls":["${URLS[0]}`,
  ];
  for (const answer of answers) {
    await withService(answer, async (api) => {
      const error = await assertRejects(
        () => api.registerParts("a1", PARTS, null, signal),
        Unavailable,
      );
      assertMatch(error.message, /^Cannot register parts 3–7/);
      assertNotMatch(Deno.inspect(error), /X-Amz|secret|s3/);
    });
  }
});

Deno.test("createAsset() takes no answer without an id", async () => {
  for (const answer of [{}, { id: "" }, { id: 7 }, [], "null", '"a1"']) {
    await withService(answer, async (api) => {
      const asset = { name: "a.mov", filetype: "video/quicktime", ...GROWING };
      await assertRejects(() => api.createAsset(asset, signal), Unavailable, "no id");
    });
  }
});

Deno.test("readAsset() refuses an upload that the service gave up", async () => {
  const answer = { id: "a1", upload_completed_at: null, upload_failed_at: "2026-11-20T15:00:00Z" };
  await withService(answer, async (api) => {
    await assertRejects(() => api.readAsset("a1", signal), UploadFailed, "upload the file again");
  });
});

Deno.test("readAsset() says complete only where the service says when", async () => {
  const cases: readonly [answer: unknown, complete: boolean][] = [
    [{ upload_completed_at: "2024-06-12T14:00:00Z" }, true],
    [{ upload_completed_at: null }, false],
    [{}, false],
    [[], false],
    ["null", false],
  ];
  for (const [answer, complete] of cases) {
    await withService(answer, async (api) => {
      assertEquals(await api.readAsset("a1", signal), { complete });
    });
  }
});
