import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Limit, Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { LEGACY_TOKEN_HEADERS } from "../../src/frameio/legacy.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { v4Route } from "../../src/frameio/v4_route.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { ACCOUNT } from "../../src/sandbox/world.ts";
import { put, someBytes, withSandbox } from "../sandbox/sandbox_client.ts";
import { jsonOf, lineOf, type Said, signal, v4Error, withAnswers, withFrameio } from "./service.ts";

const FOLDER = { accountId: "acc/1", folderId: "fold?1" };
const ASSET = { name: `take "1" 🎬.mov`, filetype: "video/mp4", sizeBytes: 30, ageSeconds: 0 };
const URLS = [
  { size: 11, url: "https://s3/1?X-Amz-Signature=secret" },
  { size: 11, url: "https://s3/2" },
  { size: 8, url: "https://s3/3" },
];
const CREATED = {
  id: "f1",
  name: ASSET.name,
  media_type: "video/quicktime",
  file_size: 30,
  view_url: "https://next.frame.io/project/p/view/f1",
  upload_urls: URLS,
};
const created = (changes: Record<string, unknown> = {}): Said => ({
  status: 201,
  json: { data: { ...CREATED, ...changes } },
});

Deno.test("v4Route() creates with name and size alone, and takes the service's sizes and media type", async () => {
  await withAnswers(() => created(), async ({ call }, { requests }) => {
    const asset = await v4Route(call, FOLDER).createAsset(ASSET, signal);
    assertEquals(asset, {
      id: "f1",
      name: ASSET.name,
      filetype: "video/quicktime",
      parts: URLS.map(({ size, url }) => ({ sizeBytes: size, url })),
      viewUrl: CREATED.view_url,
    });
    assertEquals(
      lineOf(requests[0]),
      "POST /v4/accounts/acc%2F1/folders/fold%3F1/files/local_upload",
    );
    assertEquals(jsonOf(requests[0]), { data: { name: ASSET.name, file_size: 30 } });
    assertEquals(requests[0]!.header("x-frameio-legacy-token-auth"), "true");
  });
});

Deno.test("v4Route() ends where the URLs do not hold the file, byte for byte: the asset is there", async () => {
  const odd = [URLS.slice(0, 2), [...URLS, { size: 1, url: "https://s3/4?secret" }]];
  for (const upload_urls of odd) {
    await withAnswers(() => created({ upload_urls }), async ({ call }, { requests }) => {
      const route = v4Route(call, FOLDER);
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Rejected);
      assertMatch(
        error.message,
        /upload URLs for (22|31) bytes, and the file has 30\. Delete it there$/,
      );
      assertNotMatch(Deno.inspect(error), /secret|s3\//);
      assertEquals(requests.length, 1);
    });
  }
});

Deno.test("v4Route() takes no answer of another shape", async () => {
  const odd: readonly Record<string, unknown>[] = [
    { id: undefined },
    { id: "" },
    { media_type: undefined },
    { upload_urls: undefined },
    { upload_urls: [] },
    { upload_urls: [{ size: 30 }] },
    { upload_urls: [{ size: 30, url: "file:///etc/passwd" }] },
    { upload_urls: [{ size: 30.5, url: "https://s3/1" }, { size: -0.5, url: "https://s3/2" }] },
    { upload_urls: [{ size: 31, url: "https://s3/1" }, { size: -1, url: "https://s3/2" }] },
    { upload_urls: [{ size: 30, url: "https://s3/1" }, { size: 0, url: "https://s3/2" }] },
    { upload_urls: [{ size: "30", url: "https://s3/1" }] },
    { upload_urls: "https://s3/1" },
  ];
  for (const changes of odd) {
    await withAnswers(() => created(changes), async ({ call }) => {
      const route = v4Route(call, FOLDER);
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Error);
      assertMatch(error.message, /^Cannot create the asset in folder fold\?1: .* answer holds /);
      // Without an id nobody knows whether there is an asset; with one, another call would make a twin.
      if ("id" in changes) assert(error instanceof Unavailable && !error.notCarriedOut);
      else assert(error instanceof Rejected);
      assertNotMatch(Deno.inspect(error), /secret|s3\//);
    });
  }
});

Deno.test("v4Route() refuses an empty file and one over 5 TB, decimal, without a call", async () => {
  await withAnswers(() => created(), async ({ call }, { requests }) => {
    const route = v4Route(call, FOLDER);
    const create = (sizeBytes: number) => route.createAsset({ ...ASSET, sizeBytes }, signal);
    await assertRejects(() => create(0), Limit, "the file is empty");
    await assertRejects(() => create(5_000_000_000_001), Limit, "has 5000000000001 bytes");
    assertEquals(requests.length, 0);
    await assertRejects(() => create(5_000_000_000_000), Rejected, "for 30 bytes");
    assertEquals(requests.length, 1);
  });
});

Deno.test("v4Route() does not ask for the asset again by itself, whatever became of the answer", async () => {
  const answers: readonly [Said | "break", notCarriedOut: boolean][] = [
    ["break", false],
    [{ status: 500, json: "" }, false],
    [{ status: 502, json: "<html>" }, false],
    [{ status: 200, json: "<html>log in</html>" }, false],
    [v4Error(429, "slow down"), true],
  ];
  for (const [answer, notCarriedOut] of answers) {
    await withAnswers(() => answer, async ({ call }, { requests }) => {
      const route = v4Route(call, FOLDER);
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Unavailable);
      assertEquals(error.notCarriedOut, notCarriedOut, JSON.stringify(answer));
      assertEquals(requests.length, 1, JSON.stringify(answer));
    });
  }
});

Deno.test("v4Route() tells apart in words what a person has to do", async () => {
  const cases: readonly [status: number, detail: string, words: RegExp][] = [
    [400, "file_size is wrong", /400 \(file_size is wrong\)$/],
    [402, "Storage limit reached", /plan does not allow more: ask its owner to make room/],
    [403, "Your account is locked.", /The account is locked, for every token/],
    [403, "You may not upload here", /token lacks the permission/],
    [403, "The file is locked", /token lacks the permission/],
    [404, "no folder", /Check the id/],
    [409, "conflict", /409 \(conflict\)$/],
    [422, "name is too long", /422 \(name is too long\)$/],
  ];
  for (const [status, detail, words] of cases) {
    await withAnswers(() => v4Error(status, detail), async ({ call }) => {
      const route = v4Route(call, FOLDER);
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Rejected);
      assertEquals(error.status, status);
      assertMatch(error.message, words);
      assertEquals(error.about, [detail]);
    });
  }
  await withAnswers(() => v4Error(401, "no"), async ({ call }) => {
    await assertRejects(() => v4Route(call, FOLDER).createAsset(ASSET, signal), TokenExpired);
  });
});

Deno.test("v4Route() gives no further URL, and says why", async () => {
  await withAnswers(() => ({}), async ({ call }, { requests }) => {
    const route = v4Route(call, FOLDER);
    const part = { number: 1, sizeBytes: 30, isFinal: true };
    const error = await assertRejects(
      () => route.registerParts("f1", [part], 30, signal),
      Rejected,
    );
    assertMatch(error.message, /asset f1: its upload URLs came with the asset/);
    assertEquals(requests.length, 0);
  });
});

Deno.test("v4Route() reads the upload status, and a failed upload is a refusal", async () => {
  const read = (data: unknown) => {
    let answer: unknown;
    return withAnswers(() => ({ json: { data } }), async ({ call }, { requests }) => {
      answer = await v4Route(call, FOLDER).readAsset("f 1", signal).catch((error) => error);
      assertEquals(lineOf(requests[0]), "GET /v4/accounts/acc%2F1/files/f%201/status");
    }).then(() => answer);
  };
  assertEquals(await read({ upload_complete: true, upload_failed: false }), { complete: true });
  assertEquals(await read({ upload_complete: false, upload_failed: false }), { complete: false });
  for (const odd of [{}, { upload_complete: "true" }]) {
    assertEquals(await read(odd), { complete: false });
  }
  for (const odd of [null, [], "yes"]) assert(await read(odd) instanceof Unavailable);
  for (const upload_complete of [true, false]) {
    const failed = await read({ upload_complete, upload_failed: true });
    assert(failed instanceof Rejected, Deno.inspect(failed));
    assertMatch(failed.message, /asset f 1: Frame\.io marked its upload as failed/);
  }
});

Deno.test("v4Route() uploads a file to the sandbox, part by part, until it is complete", async () => {
  await withFrameio(async ({ call }, sandbox) => {
    const route = v4Route(call, { accountId: ACCOUNT.id, folderId: "root" });
    const bytes = someBytes(45_000_001, 4);
    const asset = await route.createAsset({ ...ASSET, sizeBytes: bytes.length }, signal);
    assertEquals([asset.name, asset.filetype], [ASSET.name, "video/quicktime"]);
    assert(asset.parts!.length > 1);
    assertEquals(await route.readAsset(asset.id, signal), { complete: false });
    let at = 0;
    for (const { sizeBytes, url } of asset.parts!) {
      const headers = { "content-type": asset.filetype };
      const answer = await put(url, bytes.slice(at, at += sizeBytes), headers);
      assertEquals(answer.status, 200, await answer.text());
    }
    await sandbox.completed(asset.id);
    assertEquals(await route.readAsset(asset.id, signal), { complete: true });
  });
});

Deno.test("v4Route() hands on that the sandbox's account is at its limit, or locked", async () => {
  const refuses = [
    [{ status: 402, detail: "The plan's storage is full" }, /plan does not allow more/],
    [{ status: 403, detail: "The account is locked" }, /account is locked, for every token/],
  ] as const;
  for (const [refusal, words] of refuses) {
    await withFrameio(async ({ call }) => {
      const route = v4Route(call, { accountId: ACCOUNT.id, folderId: "root" });
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Rejected);
      assertMatch(error.message, words);
      assertMatch(error.message, new RegExp(refusal.detail));
    }, { refuses: refusal });
  }
});

Deno.test("a legacy token is taken on V4 with its header, and refused without it", async () => {
  await withSandbox(async ({ baseUrl }) => {
    const folder = { accountId: ACCOUNT.id, folderId: "root" };
    const create = (headers: Readonly<Record<string, string>>) => {
      const access = { baseUrl, tokens: fixedToken("sandbox"), headers };
      return v4Route(apiCaller(systemHttp, access), folder).createAsset(ASSET, signal);
    };
    assertEquals((await create(LEGACY_TOKEN_HEADERS)).name, ASSET.name);
    await assertRejects(() => create({}), TokenExpired, "refused the token (401)");
  });
});
