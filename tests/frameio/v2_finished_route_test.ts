import { assert, assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Limit, Rejected, Unavailable } from "../../src/errors.ts";
import { v2FinishedRoute } from "../../src/frameio/v2_finished_route.ts";
import { put, someBytes } from "../sandbox/sandbox_client.ts";
import { jsonOf, lineOf, signal, v2Error, withAnswers, withFrameio } from "./service.ts";

const ASSET = { name: "Ü 1.mov", filetype: "video/quicktime", sizeBytes: 10, ageSeconds: 0 };
const urls = (count: number) => Array.from({ length: count }, (_, i) => `https://s3/${i}?secret`);

Deno.test("v2FinishedRoute() asks for an ordinary upload and cuts the file as the guide says", async () => {
  const cases: readonly [sizeBytes: number, urls: number, sizes: number[]][] = [
    [10, 1, [10]],
    [10, 2, [5, 5]],
    [10, 3, [4, 4, 2]],
    [10, 4, [3, 3, 3, 1]],
    [21_136_250, 2, [10_568_125, 10_568_125]],
    [5_497_558_138_880, 3, [1_832_519_379_627, 1_832_519_379_627, 1_832_519_379_626]],
  ];
  for (const [sizeBytes, count, sizes] of cases) {
    const json = { id: "a1", filetype: "video/quicktime", upload_urls: urls(count) };
    await withAnswers(() => ({ json }), async ({ call }, { requests }) => {
      const route = v2FinishedRoute(call, "fo/1");
      const asset = await route.createAsset({ ...ASSET, sizeBytes }, signal);
      assertEquals(asset.parts, sizes.map((sizeBytes, i) => ({ sizeBytes, url: urls(count)[i]! })));
      assertEquals([asset.id, asset.name, asset.filetype], ["a1", ASSET.name, ASSET.filetype]);
      assertEquals(lineOf(requests[0]), "POST /v2/assets/fo%2F1/children");
      assertEquals(jsonOf(requests[0]), {
        type: "file",
        name: ASSET.name,
        filetype: ASSET.filetype,
        filesize: sizeBytes,
      });
    });
  }
});

Deno.test("v2FinishedRoute() puts the filetype that the service returns", async () => {
  const json = { id: "a1", name: "other.mov", filetype: "video/mp4", upload_urls: urls(1) };
  await withAnswers(() => ({ json }), async ({ call }) => {
    const asset = await v2FinishedRoute(call, "f").createAsset(ASSET, signal);
    assertEquals([asset.name, asset.filetype], ["other.mov", "video/mp4"]);
  });
});

Deno.test("v2FinishedRoute() takes no answer that leaves a URL without bytes", async () => {
  const odd: readonly unknown[] = [
    {},
    [],
    "null",
    { id: "a1" },
    { id: 7, upload_urls: urls(1) },
    { id: "a1", upload_urls: [] },
    { id: "a1", upload_urls: {} },
    { id: "a1", upload_urls: [null] },
    { id: "a1", upload_urls: [{ size: 10, url: "https://s3" }] },
    { id: "a1", upload_urls: urls(6) }, // 2 each: nothing is left for the sixth
    { id: "a1", upload_urls: urls(11) },
  ];
  for (const json of odd) {
    await withAnswers(() => ({ json }), async ({ call }, { requests }) => {
      const route = v2FinishedRoute(call, "f");
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Error);
      assertNotMatch(Deno.inspect(error), /secret/);
      // Without an id nobody knows whether there is an asset; with one, another call would make a twin.
      if (typeof (json as { id?: unknown }).id === "string") assert(error instanceof Rejected);
      else assert(error instanceof Unavailable && !error.notCarriedOut);
      assertEquals(requests.length, 1);
    });
  }
});

Deno.test("v2FinishedRoute() refuses sizes that no asset can have, without a call", async () => {
  await withAnswers(() => ({}), async ({ call }, { requests }) => {
    const create = (sizeBytes: number) =>
      v2FinishedRoute(call, "f").createAsset({ ...ASSET, sizeBytes }, signal);
    await assertRejects(() => create(0), Limit, "the file is empty");
    await assertRejects(() => create(5_497_558_138_881), Limit, "at most 5 TiB");
    assertEquals(requests.length, 0);
  });
});

Deno.test("v2FinishedRoute() reads V2's refusals", async () => {
  const cases: readonly [status: number, detail: string, words: RegExp][] = [
    [402, "plan limit", /plan does not allow more/],
    [403, "Account locked", /account is locked, for every token/],
    [403, "no scope", /lacks the permission/],
    [404, "no parent", /Check the id/],
    [422, "filetype", /422 \(filetype\)/],
  ];
  for (const [status, detail, words] of cases) {
    await withAnswers(() => v2Error(status, detail), async ({ call }) => {
      const route = v2FinishedRoute(call, "f");
      const error = await assertRejects(() => route.createAsset(ASSET, signal), Rejected);
      assertEquals(error.status, status);
      assertMatch(error.message, words);
    });
  }
});

Deno.test("v2FinishedRoute() is complete by upload_completed_at, and failed by upload_failed_at", async () => {
  const at = "2026-11-20T12:00:00Z";
  const cases: readonly [answer: unknown, complete: boolean][] = [
    [{ id: "a", upload_completed_at: at, upload_failed_at: null }, true],
    [{ id: "a", upload_completed_at: null, upload_failed_at: null }, false],
    [{ id: "a", status: "transcoded" }, false],
  ];
  for (const [json, complete] of cases) {
    await withAnswers(() => ({ json }), async ({ call }, { requests }) => {
      assertEquals(await v2FinishedRoute(call, "f").readAsset("a/1", signal), { complete });
      assertEquals(lineOf(requests[0]), "GET /v2/assets/a%2F1");
    });
  }
  await withAnswers(() => ({ json: [] }), async ({ call }) => {
    await assertRejects(() => v2FinishedRoute(call, "f").readAsset("a1", signal), Unavailable);
  });
  await withAnswers(() => ({ json: { id: "a1", upload_failed_at: at } }), async ({ call }) => {
    const read = () => v2FinishedRoute(call, "f").readAsset("a1", signal);
    await assertRejects(read, Rejected, "marked its upload as failed");
  });
});

Deno.test("v2FinishedRoute() uploads a file to the sandbox until it is complete", async () => {
  await withFrameio(async ({ call }, sandbox) => {
    const route = v2FinishedRoute(call, "root");
    const bytes = someBytes(40_000_003, 9);
    const asset = await route.createAsset({ ...ASSET, sizeBytes: bytes.length }, signal);
    let at = 0;
    for (const { sizeBytes, url } of asset.parts!) {
      const answer = await put(url, bytes.slice(at, at += sizeBytes));
      assertEquals(answer.status, 200, await answer.text());
    }
    assertEquals((await sandbox.completed(asset.id)).size, bytes.length);
    assertEquals(await route.readAsset(asset.id, signal), { complete: true });
    const part = { number: 1, sizeBytes: 1, isFinal: true };
    const again = () => route.registerParts(asset.id, [part], 1, signal);
    await assertRejects(again, Rejected, "its upload URLs came with the asset");
  });
});
