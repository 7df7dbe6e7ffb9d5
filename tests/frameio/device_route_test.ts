import { assertEquals, assertMatch, assertNotMatch, assertRejects } from "@std/assert";
import { Limit, Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import { apiCaller } from "../../src/frameio/api.ts";
import { deviceFinishedRoute, deviceHeaders, deviceRoute } from "../../src/frameio/device_route.ts";
import type { AssetRoute, NewAsset } from "../../src/frameio/route.ts";
import { fixedToken } from "../../src/frameio/tokens.ts";
import { systemHttp } from "../../src/runtime/http.ts";
import { type DeviceClient, pairDevice } from "../sandbox/device_client.ts";
import { type SandboxClient, someBytes, withSandbox } from "../sandbox/sandbox_client.ts";
import { openPeer, type Peer, type PeerRequest } from "../support/raw_peer.ts";

const { signal } = new AbortController();
const TOKEN = "fio-device-secret";
const HEADERS = deviceHeaders("0.1.0");

// The guide's file, created 10 seconds ago and sent in two halves (Camera to Cloud: How to upload).
const CLIP: NewAsset = {
  name: "C2C_TEST_CLIP.mp4",
  filetype: "video/mp4",
  sizeBytes: null,
  ageSeconds: 10,
};
const CLIP_BYTES = 21_136_250;
const HALF_BYTES = 10_568_125;
const WHOLE: NewAsset = { ...CLIP, sizeBytes: CLIP_BYTES };

function callAs(baseUrl: string, token: string) {
  return apiCaller(systemHttp, { baseUrl, tokens: fixedToken(token), headers: HEADERS });
}

/** Both routes against a real server that gives this answer. */
async function withService(
  [status, answer]: [status: number, answer: unknown],
  use: (routes: { growing: AssetRoute; finished: AssetRoute }, peer: Peer) => Promise<void>,
): Promise<void> {
  await using peer = await openPeer(async (request) => {
    await request.whole;
    request.answer(status, typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  const call = callAs(peer.url, TOKEN);
  await use({ growing: deviceRoute(call), finished: deviceFinishedRoute(call) }, peer);
}

/** Both routes of a device that is paired with a sandbox. */
function withDevice(
  use: (
    routes: { growing: AssetRoute; finished: AssetRoute },
    device: DeviceClient,
    sandbox: SandboxClient,
  ) => Promise<void>,
): Promise<void> {
  return withSandbox(async (sandbox) => {
    const device = await pairDevice(sandbox.baseUrl);
    const call = callAs(sandbox.baseUrl, device.token);
    await use({ growing: deviceRoute(call), finished: deviceFinishedRoute(call) }, device, sandbox);
  });
}

const lineOf = (request?: PeerRequest) => request!.head.split("\r\n")[0];
const jsonOf = (request?: PeerRequest) => JSON.parse(new TextDecoder().decode(request!.received()));
const V2 = (code: number, title: string, detail: string) => ({
  code,
  errors: [{ code, status: code, title, detail }],
  message: title,
});
const PAUSED = V2(409, "Channel Paused", "The channel you're uploading from is currently paused.");

/** Sends the file's bytes to the parts' URLs, in turn. */
async function putAll(
  urls: readonly string[],
  sizes: readonly number[],
  bytes: Uint8Array<ArrayBuffer>,
  filetype: string,
): Promise<void> {
  let at = 0;
  for (const [i, url] of urls.entries()) {
    const body = bytes.subarray(at, at += sizes[i]!);
    const headers = { "content-type": filetype, "x-amz-acl": "private" };
    const answer = await fetch(url, { method: "PUT", headers, body });
    assertEquals([answer.status, await answer.text()], [200, ""]);
  }
}

Deno.test("deviceRoute() uploads the guide's file in its two halves, and it is whole", async () => {
  await withDevice(async ({ growing }, device, sandbox) => {
    assertEquals(growing.takes, "growing");
    const asset = await growing.createAsset(CLIP, signal);
    assertEquals({ ...asset, id: "" }, {
      ...{ id: "", name: CLIP.name, filetype: "video/mp4", parts: null },
    });
    const half = { sizeBytes: HALF_BYTES, isFinal: false };
    const first = [{ ...half, number: 1 }];
    const last = [{ ...half, number: 2, isFinal: true }];
    const presigned = [
      ...await growing.registerParts(asset.id, first, null, signal),
      ...await growing.registerParts(asset.id, last, CLIP_BYTES, signal),
    ];
    assertEquals(presigned.map(({ part }) => part), [...first, ...last]);
    const urls = presigned.map(({ url }) => url);
    const bytes = someBytes(CLIP_BYTES, 3);
    await putAll(urls, [HALF_BYTES, HALF_BYTES], bytes, asset.filetype);
    const { sha256 } = await sandbox.completed(asset.id);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertEquals(sha256, digest.toHex());
    const { callsWithoutVersion, clientVersions } = await device.seen();
    assertEquals([callsWithoutVersion, clientVersions], [0, ["0.1.0"]]);
  });
});

Deno.test("deviceFinishedRoute() gives each URL ceil(filesize / URLs) bytes, the last what is left", async () => {
  await withDevice(async ({ finished }, _device, sandbox) => {
    assertEquals(finished.takes, "finished");
    const sizeBytes = CLIP_BYTES + 1;
    const name = `Day 3 "A" – take 🎬.mov`;
    const asset = await finished.createAsset({ ...WHOLE, name, sizeBytes }, signal);
    assertEquals([asset.name, asset.filetype], [name, "video/mp4"]);
    const sizes = asset.parts!.map((part) => part.sizeBytes);
    assertEquals(sizes, [HALF_BYTES + 1, HALF_BYTES]);
    const bytes = someBytes(sizeBytes, 4);
    await putAll(asset.parts!.map(({ url }) => url), sizes, bytes, asset.filetype);
    assertEquals((await sandbox.completed(asset.id)).size, sizeBytes);
  });
});

Deno.test("deviceRoute() sends exactly what a realtime asset of a device needs", async () => {
  await withService([200, { id: "a1", name: CLIP.name }], async ({ growing }, peer) => {
    await growing.createAsset({ ...CLIP, ageSeconds: 10.9 }, signal);
    await growing.createAsset({ ...CLIP, ageSeconds: -3 }, signal);
    const [request, early] = peer.requests;
    assertEquals(lineOf(request), "POST /v2/devices/assets HTTP/1.1");
    assertEquals(request!.header("authorization"), `Bearer ${TOKEN}`);
    assertEquals(request!.header("content-type"), "application/json");
    assertEquals(request!.header("x-client-version"), "0.1.0");
    assertEquals(jsonOf(request), {
      name: "C2C_TEST_CLIP.mp4",
      filetype: "video/mp4",
      is_realtime_upload: true,
      offset: 10,
      channel: 0,
    });
    assertEquals(jsonOf(early).offset, 0);
  });
});

Deno.test("deviceRoute() declares parts with the device's call", async () => {
  const url = "https://s3/p1?X-Amz-Signature=a";
  await withService([200, { upload_urls: [url] }], async ({ growing }, peer) => {
    const part = { number: 7, sizeBytes: 2_000_000_000, isFinal: true };
    const presigned = await growing.registerParts("a/1", [part], 2_000_000_000, signal);
    assertEquals(presigned, [{ part, url }]);
    const [request] = peer.requests;
    assertEquals(
      lineOf(request),
      "POST /v2/devices/assets/a%2F1/realtime_upload/parts HTTP/1.1",
    );
    assertEquals(request!.header("x-client-version"), "0.1.0");
    assertEquals(jsonOf(request), {
      parts: [{ number: 7, size: 2_000_000_000, is_final: true }],
      asset_filesize: 2_000_000_000,
    });
  });
});

Deno.test("deviceFinishedRoute() sends exactly what an ordinary asset of a device needs", async () => {
  // A real answer's shape; its media type is the service's own word, and PUTs must repeat that.
  const answer = {
    ...{ id: "a1", name: "C2C_TEST_CLIP.mp4", filetype: "video/x-mp4", filesize: CLIP_BYTES },
    ...{ status: "created", realtime_upload: null, upload_completed_at: null },
    upload_urls: ["https://s3/p1", "https://s3/p2"],
  };
  await withService([200, answer], async ({ finished }, peer) => {
    assertEquals(await finished.createAsset(WHOLE, signal), {
      ...{ id: "a1", name: "C2C_TEST_CLIP.mp4", filetype: "video/x-mp4" },
      parts: [
        { sizeBytes: HALF_BYTES, url: "https://s3/p1" },
        { sizeBytes: HALF_BYTES, url: "https://s3/p2" },
      ],
    });
    const [request] = peer.requests;
    assertEquals(lineOf(request), "POST /v2/devices/assets HTTP/1.1");
    assertEquals(jsonOf(request), {
      name: "C2C_TEST_CLIP.mp4",
      filetype: "video/mp4",
      filesize: CLIP_BYTES,
      offset: 10,
      channel: 0,
    });
  });
});

Deno.test("deviceFinishedRoute() takes no answer whose URLs cannot hold the file", async () => {
  const urls: unknown[] = [
    undefined,
    null,
    {},
    [],
    ["https://s3/p1", 7],
    ["file:///etc/passwd"],
    ["https://s3/p1", "https://s3/p2", "https://s3/p3"], // 2 + 2 + 0 bytes
  ];
  for (const upload_urls of urls) {
    await withService([200, { id: "a1", upload_urls }], async ({ finished }) => {
      const asset = { ...WHOLE, sizeBytes: 4 };
      const error = await assertRejects(() => finished.createAsset(asset, signal), Rejected);
      assertMatch(error.message, /^Cannot create the asset C2C_TEST_CLIP\.mp4: Frame\.io's answer/);
    });
  }
});

Deno.test("deviceFinishedRoute() refuses empty and too large files without a call, and gives no other URL", async () => {
  await withService([500, ""], async ({ finished }, peer) => {
    for (const sizeBytes of [0, 5_497_558_138_881]) {
      await assertRejects(() => finished.createAsset({ ...WHOLE, sizeBytes }, signal), Limit);
    }
    const part = { number: 1, sizeBytes: 4, isFinal: true };
    await assertRejects(() => finished.registerParts("a1", [part], 4, signal), Rejected);
    assertEquals(peer.requests.length, 0);
  });
});

Deno.test("device routes have no way to tell whether an asset is complete, and ask nobody", async () => {
  await withService([200, {}], async ({ growing, finished }, peer) => {
    assertEquals(await growing.readAsset("a1", signal), { complete: null });
    assertEquals(await finished.readAsset("a1", signal), { complete: null });
    assertEquals(peer.requests.length, 0);
  });
});

Deno.test("device routes wait while the channel is paused, and go on after un-pausing", async () => {
  await withDevice(async ({ growing, finished }, device) => {
    for (const [route, asset] of [[growing, CLIP], [finished, WHOLE]] as const) {
      const now = { ...asset, ageSeconds: 0 };
      await device.pause(true);
      const error = await assertRejects(() => route.createAsset(now, signal), Unavailable);
      assertEquals([error.outage, error.notCarriedOut], ["paused", true]);
      assertEquals(
        error.message,
        "Cannot create the asset C2C_TEST_CLIP.mp4: the channel is paused in Frame.io. Un-pause " +
          "it there; reeltime goes on by itself",
      );
      await route.createAsset({ ...asset, ageSeconds: 3600 }, signal); // began before the pause
      await device.pause(false);
      await route.createAsset(now, signal);
    }
  });
});

Deno.test("device routes know a pause by its title or its message alone", async () => {
  const [error] = PAUSED.errors;
  const shapes: unknown[] = [
    PAUSED,
    { ...PAUSED, message: undefined },
    { ...PAUSED, errors: [{ ...error, title: "Conflict" }] },
    { code: 409, message: "Channel Paused" },
    { errors: [{ title: "channel paused" }] },
  ];
  for (const shape of shapes) {
    await withService([409, shape], async ({ growing }) => {
      const error = await assertRejects(() => growing.createAsset(CLIP, signal), Unavailable);
      assertEquals(error.outage, "paused", JSON.stringify(shape));
    });
  }
});

Deno.test("device routes wait for a pause that only the parts call tells of", async () => {
  await withService([409, PAUSED], async ({ growing }) => {
    const parts = [{ number: 2, sizeBytes: 5_242_880, isFinal: false }];
    const register = () => growing.registerParts("a1", parts, null, signal);
    const error = await assertRejects(register, Unavailable, "Un-pause it there");
    assertEquals([error.outage, error.notCarriedOut], ["paused", true]);
  });
});

Deno.test("device routes take no other refusal for a pause", async () => {
  const refusals: readonly [status: number, answer: unknown, name: string][] = [
    [409, V2(409, "Conflict", "The asset exists"), "Rejected"],
    [409, V2(409, "invalid_client", "x"), "Rejected"],
    [409, "", "Rejected"],
    [400, PAUSED, "Rejected"],
    [400, V2(400, "Bad Request", "offset"), "Rejected"],
    [401, V2(401, "Not Authorized", "Not Authorized"), "TokenExpired"],
    [402, V2(402, "Usage exceeded", "plan"), "Rejected"],
    [403, V2(403, "Forbidden", "locked"), "Rejected"],
    [404, V2(404, "Not Found", "x"), "Rejected"],
    [422, V2(422, "Invalid arguments", "name"), "Rejected"],
    [429, V2(429, "Too Many Requests", "slow down"), "Unavailable rate_limit"],
    [500, V2(500, "Internal Server Error", "x"), "Unavailable api_fault"],
    [502, "<html>", "Unavailable api_fault"],
    [200, "<html>", "Unavailable network"],
    [200, "null", "Unavailable api_fault"],
    [200, { id: 7 }, "Unavailable api_fault"],
  ];
  for (const [status, answer, name] of refusals) {
    await withService([status, answer], async ({ growing }) => {
      const error = await assertRejects(() => growing.createAsset(CLIP, signal), Error);
      const outage = error instanceof Unavailable ? ` ${error.outage}` : "";
      assertEquals(error.name + outage, name, `${status} ${JSON.stringify(answer)}`);
      assertMatch(error.message, /^Cannot create the asset C2C_TEST_CLIP\.mp4: /);
      assertNotMatch(Deno.inspect(error), /secret/);
    });
  }
});

Deno.test("device routes are for devices: a developer token is refused", async () => {
  await withSandbox(async ({ baseUrl }) => {
    const route = deviceRoute(callAs(baseUrl, "sandbox"));
    await assertRejects(() => route.createAsset(CLIP, signal), TokenExpired);
  });
});
