/**
 * The founding guides' own requests and answers, against the client, and the same numbers against the
 * sandbox: "How to: Upload" (V4), "Uploading Assets" (V2), "How to: Upload (Basic)" (Camera to Cloud),
 * "Create realtime upload parts" (V2 API).
 */
import { assert, assertEquals } from "@std/assert";
import { createHash } from "node:crypto";
import { userRoute } from "../../src/frameio/realtime.ts";
import { v4Remote } from "../../src/frameio/remote_route.ts";
import { remoteUpload } from "../../src/frameio/remote_upload.ts";
import type { CreatedAsset } from "../../src/frameio/route.ts";
import { v2FinishedRoute } from "../../src/frameio/v2_finished_route.ts";
import { v4Route } from "../../src/frameio/v4_route.ts";
import { ACCOUNT } from "../../src/sandbox/world.ts";
import { put, someBytes } from "../sandbox/sandbox_client.ts";
import { hastyClock, jsonOf, lineOf, signal, withAnswers, withFrameio } from "./service.ts";

const GUIDE = { accountId: "6f70f1bd-7e89-4a7e-b4d3-7e576585a181", folderId: "2e426fe0-f965" };
const FILE_BYTES = 50_645_990;
const SIZES = [16_881_997, 16_881_997, 16_881_996];
const VIDEO = { name: "my_file.mp4", filetype: "video/mp4", sizeBytes: FILE_BYTES, ageSeconds: 0 };
const partUrl = (i: number) =>
  `https://frameio-uploads-production.s3-accelerate.amazonaws.com/parts/93e4079d/part_${i}` +
  "?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=86400&X-Amz-SignedHeaders=" +
  "content-type%3Bhost%3Bx-amz-acl";

/** Where each part begins and ends, in the order given. */
function ranges(parts: CreatedAsset["parts"]): [from: number, to: number][] {
  let at = 0;
  return parts!.map(({ sizeBytes }) => [at, at += sizeBytes]);
}

Deno.test("V4 guide, local upload: 50,645,990 bytes are three consecutive ranges, in array order", async () => {
  const data = {
    id: "93e4079d-0a8a-4bf3-96cd-e6a03c465e5e",
    name: VIDEO.name,
    status: "created",
    type: "file",
    file_size: FILE_BYTES,
    media_type: "video/mp4",
    parent_id: GUIDE.folderId,
    upload_urls: SIZES.map((size, i) => ({ size, url: partUrl(i + 1) })),
  };
  await withAnswers(() => ({ status: 201, json: { data } }), async ({ call }, { requests }) => {
    const asset = await v4Route(call, GUIDE).createAsset(VIDEO, signal);
    assertEquals(jsonOf(requests[0]), { data: { name: VIDEO.name, file_size: FILE_BYTES } });
    assertEquals(ranges(asset.parts), [
      [0, 16_881_997],
      [16_881_997, 33_763_994],
      [33_763_994, 50_645_990],
    ]);
    assertEquals(asset.parts!.map(({ url }) => url), [1, 2, 3].map(partUrl), "byte for byte");
  });
});

Deno.test("the sandbox cuts the guide's file the same way, takes it, and holds the same bytes", async () => {
  await withFrameio(async ({ call }, sandbox) => {
    const bytes = someBytes(FILE_BYTES, 5);
    const routes = [
      v4Route(call, { accountId: ACCOUNT.id, folderId: "root" }),
      v2FinishedRoute(call, "root"),
    ];
    for (const route of routes) {
      const asset = await route.createAsset(VIDEO, signal);
      assertEquals(asset.parts!.map(({ sizeBytes }) => sizeBytes), SIZES);
      assertEquals(asset.filetype, "video/mp4");
      const found = ranges(asset.parts);
      for (const [i, { url }] of asset.parts!.entries()) {
        const headers = { "content-type": asset.filetype };
        const answer = await put(url, bytes.slice(...found[i]!), headers);
        assertEquals(answer.status, 200, await answer.text());
      }
      const { sha256 } = await sandbox.completed(asset.id);
      assertEquals(sha256, createHash("sha256").update(bytes).digest("hex"));
      assertEquals(await route.readAsset(asset.id, signal), { complete: true });
    }
  });
});

Deno.test("V4 guide, remote upload: the guide's answer is followed by its own link", async () => {
  const statusPath =
    `/v4/accounts/${GUIDE.accountId}/files/93e4079d-0a8a-4bf3-96cd-e6a03c465e5e/status`;
  const source = "https://upload.wikimedia.org/wikipedia/commons/e/e1/White_Pixel_1x1.jpg";
  const data = {
    id: "93e4079d-0a8a-4bf3-96cd-e6a03c465e5e",
    name: "my_file.jpg",
    status: "created",
    type: "file",
    file_size: 518,
    media_type: "image/jpeg",
    view_url: "https://next.frame.io/project/7e46e495/view/93e4079d",
  };
  const done = { upload_complete: true, upload_failed: false, filetype: "image/jpeg" };
  const answers = [
    { status: 202, json: { data, links: { status: statusPath } } },
    { json: { data: { id: data.id, ...done } } },
  ];
  await withAnswers((_, count) => answers[count - 1]!, async ({ call }, { requests }) => {
    const room = { clock: hastyClock(), say: () => {}, delayMs: () => 1, signal };
    const file = { url: source, name: "my_file.jpg" };
    const asset = await remoteUpload(v4Remote(call, GUIDE), file, room);
    assertEquals(asset, { id: data.id, name: data.name, viewUrl: data.view_url });
    assertEquals(jsonOf(requests[0]), { data: { name: "my_file.jpg", source_url: source } });
    assertEquals(lineOf(requests[1]), `GET ${statusPath}`);
  });
});

Deno.test("C2C guide, basic upload: 21,136,250 bytes of C2C_TEST_CLIP.mp4 on two URLs", async () => {
  const json = { id: "a", filetype: "video/mp4", upload_urls: [partUrl(1), partUrl(2)] };
  const clip = { ...VIDEO, name: "C2C_TEST_CLIP.mp4", sizeBytes: 21_136_250 };
  await withAnswers(() => ({ json }), async ({ call }) => {
    const asset = await v2FinishedRoute(call, "f").createAsset(clip, signal);
    assertEquals(ranges(asset.parts), [[0, 10_568_125], [10_568_125, 21_136_250]]);
  });
});

Deno.test("V2 API, parts call: the reference's 2,000,000,000-byte parts, asked for in any order", async () => {
  await withFrameio(async ({ call }) => {
    const route = userRoute(call, "root");
    const asset = await route.createAsset({ ...VIDEO, sizeBytes: null }, signal);
    const parts = [
      { number: 2, sizeBytes: 2_000_000_000, isFinal: true },
      { number: 1, sizeBytes: 2_000_000_000, isFinal: false },
    ];
    const urls = await route.registerParts(asset.id, parts, 4_000_000_000, signal);
    assertEquals(urls.map(({ part }) => part.number), [2, 1]);
    assert(urls[0]!.url !== urls[1]!.url);
  });
});

Deno.test("V4: an answer with 10,000 URLs, many times longer than usual, is read whole", async () => {
  const size = 500_000_000;
  const urls = Array.from({ length: 10_000 }, (_, i) => ({
    size,
    url: `${partUrl(i)}&X-Amz-Signature=${"f".repeat(1200)}`,
  }));
  const data = { id: "f", media_type: "video/mp4", upload_urls: urls };
  await withAnswers(() => ({ status: 201, json: { data } }), async ({ call }) => {
    const asset = await v4Route(call, GUIDE).createAsset(
      { ...VIDEO, sizeBytes: 5_000_000_000_000 },
      signal,
    );
    assertEquals(asset.parts!.length, 10_000);
    assertEquals(ranges(asset.parts).at(-1), [4_999_500_000_000, 5_000_000_000_000]);
  });
});
