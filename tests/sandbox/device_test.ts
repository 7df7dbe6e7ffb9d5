import { assertEquals, assertMatch } from "@std/assert";
import type { SandboxOptions } from "../../src/sandbox/server.ts";
import { type DeviceClient, json, pairDevice, postJson } from "./device_client.ts";
import {
  FIVE_MIB,
  putStatus,
  type SandboxClient,
  someBytes,
  withSandbox,
} from "./sandbox_client.ts";

/** Runs `test` with a device paired with a fresh sandbox. */
function withDevice(
  test: (device: DeviceClient, sandbox: SandboxClient) => Promise<void>,
  options: Partial<SandboxOptions> = {},
): Promise<void> {
  return withSandbox(async (client) => {
    await test(await pairDevice(client.baseUrl), client);
  }, options);
}

/** Status and `detail` of a refusal in V2's shape; the three codes and both titles agree. */
async function refusal(answer: Promise<Response>, title: string): Promise<[number, string]> {
  const response = await answer;
  const { code, errors: [error, ...more], message } = await response.json();
  const { status } = response;
  assertEquals([code, error.code, error.status], [status, status, status]);
  assertEquals([error.title, message, more.length], [title, title, 0]);
  return [status, error.detail];
}

/** A time that a test sets. */
function handTime() {
  let ms = Date.UTC(2026, 10, 20, 12, 0, 0);
  return { now: () => new Date(ms), pass: (seconds: number) => void (ms += 1000 * seconds) };
}

// The guide's file: 21,136,250 bytes, sent in two halves of 10,568,125 (Camera to Cloud: How to upload).
const CLIP = { name: "C2C_TEST_CLIP.mp4", filetype: "video/mp4" };
const CLIP_BYTES = 21_136_250;
const HALF_BYTES = 10_568_125;
const REALTIME = { ...CLIP, is_realtime_upload: true };

Deno.test("device uploads in real time as the guide shows, and the file is whole", async () => {
  await withDevice(async (device, sandbox) => {
    const created = await json(device.post("/v2/devices/assets", REALTIME));
    assertEquals(Object.keys(created).sort(), ["id", "name"]);
    assertEquals(created.name, CLIP.name);
    const { id } = created;
    const path = `/v2/devices/assets/${id}/realtime_upload/parts`;
    const bytes = someBytes(CLIP_BYTES, 1);
    const first = await json(
      device.post(path, { parts: [{ number: 1, size: HALF_BYTES, is_final: false }] }),
    );
    const second = await json(device.post(path, {
      parts: [{ number: 2, size: HALF_BYTES, is_final: true }],
      asset_filesize: CLIP_BYTES,
    }));
    const urls = [first.upload_urls, second.upload_urls].flat() as string[];
    assertEquals(urls.length, 2);
    for (const [i, url] of urls.entries()) {
      const half = bytes.subarray(i * HALF_BYTES, (i + 1) * HALF_BYTES);
      const headers = { "content-type": CLIP.filetype, "x-amz-acl": "private" };
      const { status, body } = await fetch(url, { method: "PUT", body: half, headers });
      await body?.cancel();
      assertEquals(status, 200);
    }
    const { sha256 } = await sandbox.completed(`${id}`);
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
    assertEquals(sha256, digest.toHex());
  });
});

Deno.test("device's asset lies in the root folder, where its owner sees it", async () => {
  await withDevice(async (device, sandbox) => {
    const { id } = await json(device.post("/v2/devices/assets", REALTIME));
    const asset = await json(sandbox.call(`/v2/assets/${id}`));
    assertEquals([asset.name, asset.parent_id], [CLIP.name, "root"]);
  });
});

Deno.test("device gets the whole asset with URLs for an ordinary upload, as JSON and as a form", async () => {
  await withDevice(async (device) => {
    const fields = { ...CLIP, filesize: CLIP_BYTES, offset: 10, channel: 0 };
    const form = new URLSearchParams(
      Object.entries(fields).map(([name, value]) => [name, `${value}`]),
    );
    for (
      const answer of [
        device.post("/v2/devices/assets", fields),
        device.call("POST", "/v2/devices/assets", form),
      ]
    ) {
      const asset = await json(answer);
      assertEquals([asset.name, asset.filetype, asset.filesize], [
        "C2C_TEST_CLIP.mp4",
        "video/mp4",
        CLIP_BYTES,
      ]);
      assertEquals([asset.status, asset.realtime_upload, asset.parent_id], [
        "created",
        null,
        "root",
      ]);
      assertEquals([asset.upload_completed_at, asset.upload_failed_at], [null, null]);
      const urls = asset.upload_urls as string[];
      assertEquals(urls.length, 2);
      for (const url of urls) assertMatch(url, /^http:.*X-Amz-Signature=/);
    }
  });
});

Deno.test("device's ordinary upload completes when every URL has its ceil(filesize / URLs)", async () => {
  await withDevice(async (device, sandbox) => {
    const fields = { ...CLIP, filetype: "video/quicktime", filesize: 1000, parts: 3, offset: 0 };
    const asset = await json(device.post("/v2/devices/assets", fields));
    const urls = asset.upload_urls as string[];
    assertEquals(urls.length, 3);
    const bytes = someBytes(1000, 2);
    for (const [i, url] of urls.entries()) {
      assertEquals(
        await putStatus(url, bytes.subarray(334 * i, Math.min(334 * (i + 1), 1000))),
        200,
      );
    }
    assertEquals((await sandbox.completed(`${asset.id}`)).size, 1000);
  });
});

Deno.test("POST /v2/devices/assets takes names as they are", async () => {
  await withDevice(async (device) => {
    for (const name of [`Day 3 "A" – take 🎬.mov`, "it's 100%.mov"]) {
      assertEquals(
        (await json(device.post("/v2/devices/assets", { ...REALTIME, name }))).name,
        name,
      );
      const ordinary = { ...CLIP, name, filesize: 1 };
      assertEquals((await json(device.post("/v2/devices/assets", ordinary))).name, name);
    }
    const unnamed = { filetype: "video/mp4", extension: ".mp4", is_realtime_upload: true };
    assertEquals((await json(device.post("/v2/devices/assets", unnamed))).name, "[new file].mp4");
  });
});

Deno.test("POST /v2/devices/assets refuses what the fields must not be", async () => {
  const ordinary = { ...CLIP, filesize: 1 };
  const cases: readonly [json: unknown, field: RegExp][] = [
    [null, /JSON object/],
    [[], /JSON object/],
    [{ ...REALTIME, filetype: undefined }, /^filetype/],
    [{ ...REALTIME, filesize: 5 }, /^filesize must be absent/],
    [{ ...REALTIME, name: "no extension" }, /^name must end/],
    [{ ...REALTIME, extension: "mp4" }, /^extension/],
    [{ ...REALTIME, type: "folder" }, /^type/],
    [{ ...REALTIME, offset: -10 }, /^offset .*: -10$/],
    [{ ...REALTIME, offset: 1.5 }, /^offset/],
    [{ ...REALTIME, offset: "10" }, /^offset/],
    [{ ...REALTIME, channel: -1 }, /^channel/],
    [{ ...REALTIME, auto_version_id: "x" }, /^auto_version_id/],
    [CLIP, /^filesize is required/],
    [{ ...ordinary, filesize: 0 }, /^filesize/],
    [{ ...ordinary, filesize: 5_497_558_138_881 }, /^filesize/],
    [{ ...ordinary, filesize: 1e300 }, /^filesize/],
    [{ ...ordinary, name: "" }, /^name is required/],
    [{ ...ordinary, filetype: "mp4" }, /^filetype/],
    [{ ...ordinary, parts: 0 }, /^parts/],
    [{ ...ordinary, parts: 10_001 }, /^parts/],
  ];
  await withDevice(async (device) => {
    for (const [body, words] of cases) {
      const [status, detail] = await refusal(
        device.post("/v2/devices/assets", body),
        "Bad Request",
      );
      assertEquals(status, 400, JSON.stringify(body));
      assertMatch(detail, words);
    }
    const version = "5a0d0b0c-0001-4000-8000-00000000a001";
    await json(device.post("/v2/devices/assets", { ...REALTIME, auto_version_id: version }));
  });
});

Deno.test("POST /v2/devices/assets takes a real-time upload as JSON only", async () => {
  await withDevice(async (device) => {
    const form = new URLSearchParams({ ...CLIP, is_realtime_upload: "true" });
    const [status, detail] = await refusal(
      device.call("POST", "/v2/devices/assets", form),
      "Bad Request",
    );
    assertEquals(status, 400);
    assertMatch(detail, /takes a JSON body/);
    const text = device.call("POST", "/v2/devices/assets", JSON.stringify(REALTIME), {
      "content-type": "text/plain",
    });
    assertEquals((await refusal(text, "Unsupported Media Type"))[0], 415);
  });
});

Deno.test("device's parts call keeps the same rules as the user's", async () => {
  await withDevice(async (device) => {
    const { id } = await json(device.post("/v2/devices/assets", REALTIME));
    const tried = (parts: unknown, total?: number, to = id) =>
      refusal(
        device.post(`/v2/devices/assets/${to}/realtime_upload/parts`, {
          parts,
          asset_filesize: total,
        }),
        to === id ? "Bad Request" : "Not Found",
      );
    assertMatch((await tried([]))[1], /at least one part/);
    const small = { number: 1, size: FIVE_MIB - 1, is_final: false };
    assertMatch((await tried([small]))[1], /parts\[0\]\.size/);
    assertMatch((await tried([{ ...small, number: 10_001 }]))[1], /parts\[0\]\.number/);
    assertMatch((await tried([{ ...small, is_final: true }]))[1], /asset_filesize is required/);
    assertEquals((await tried([{ ...small, is_final: true }], 5, "nothing"))[0], 404);
  });
});

Deno.test("device's parts call answers 400 to a repeated registration where it is told to", async () => {
  await withDevice(async (device) => {
    const { id } = await json(device.post("/v2/devices/assets", REALTIME));
    const path = `/v2/devices/assets/${id}/realtime_upload/parts`;
    const body = { parts: [{ number: 1, size: FIVE_MIB, is_final: false }] };
    await json(device.post(path, body));
    const [status, detail] = await refusal(device.post(path, body), "Bad Request");
    assertEquals(status, 400);
    assertMatch(detail, /already registered/);
  }, { refuseAgain: true });
});

Deno.test("device routes take the token of a device, and no other route does", async () => {
  await withDevice(async (device, sandbox) => {
    for (
      const path of [
        "/v2/devices/assets",
        "/v2/devices/heartbeat",
        "/v2/devices/assets/x/realtime_upload/parts",
      ]
    ) {
      for (const authorization of ["Bearer sandbox", "Bearer nobody", "Bearer ", ""]) {
        const answer = device.post(path, REALTIME, { authorization });
        assertEquals((await refusal(answer, "Not Authorized"))[0], 401, `${path} ${authorization}`);
      }
    }
    const answer = sandbox.call("/v2/assets/root", {
      headers: { authorization: `Bearer ${device.token}` },
    });
    assertEquals((await refusal(answer, "Not Authorized"))[0], 401);
  });
});

Deno.test("heartbeat is taken once a minute, from each device", async () => {
  const time = handTime();
  await withDevice(async (device, sandbox) => {
    const beat = (of = device) => of.call("POST", "/v2/devices/heartbeat");
    assertEquals((await device.seen()).lastHeartbeatAt, null);
    const first = await beat();
    assertEquals([first.status, await first.text()], [204, ""]);
    time.pass(59.999);
    const [status, detail] = await refusal(beat(), "Too Many Requests");
    assertEquals(status, 429);
    assertMatch(detail, /one heartbeat a minute/);
    const second = await pairDevice(sandbox.baseUrl, "camera-2");
    assertEquals((await beat(second)).status, 204);
    time.pass(0.001);
    assertEquals((await beat()).status, 204);
    const { lastHeartbeatAt, heartbeats } = await device.seen();
    assertEquals([lastHeartbeatAt, heartbeats], ["2026-11-20T12:01:00.000Z", 3]);
  }, { now: time.now });
});

Deno.test("/sandbox/device tells the client versions seen, and the calls without one", async () => {
  await withDevice(async (device, sandbox) => {
    await json(device.post("/v2/devices/assets", REALTIME));
    await json(
      device.post("/v2/devices/assets", REALTIME, { "x-client-version": "0.1.0-rc.1+b5" }),
    );
    const headers = { authorization: `Bearer ${device.token}`, "content-type": "application/json" };
    const body = JSON.stringify(REALTIME);
    const bare = fetch(`${sandbox.baseUrl}/v2/devices/assets`, { method: "POST", headers, body });
    await json(bare);
    await json(fetch(`${sandbox.baseUrl}/v2/devices/me`, { headers }));
    assertEquals(await device.seen(), {
      lastHeartbeatAt: null,
      heartbeats: 0,
      callsWithoutVersion: 2,
      paused: false,
      clientVersions: ["2.0.0", "0.1.0-rc.1+b5"],
    });
    for (const version of ["2", "2.0", "v2.0.0", "2.0.0.0", "02.0.0", "reeltime 2.0.0"]) {
      const answer = device.post("/v2/devices/assets", REALTIME, { "x-client-version": version });
      assertMatch((await refusal(answer, "Bad Request"))[1], /x-client-version/);
    }
  });
});

Deno.test("paused channel refuses what was created during the pause, and nothing else", async () => {
  const time = handTime();
  await withDevice(async (device) => {
    const create = (offset: number | undefined, kind: Record<string, unknown>) =>
      device.post("/v2/devices/assets", { ...CLIP, ...kind, offset });
    for (const kind of [{ is_realtime_upload: true }, { filesize: CLIP_BYTES }]) {
      await device.pause(true);
      assertEquals((await device.seen()).paused, true);
      time.pass(60);
      await device.pause(true); // goes on
      for (const offset of [undefined, 0, 59, 60]) {
        const [status, detail] = await refusal(create(offset, kind), "Channel Paused");
        assertEquals([status, detail], [
          409,
          "The channel you're uploading from is currently paused.",
        ]);
      }
      await json(create(61, kind));
      await device.pause(false);
      assertEquals((await device.seen()).paused, false);
      await json(create(0, kind));
      await json(create(59, kind)); // un-pausing lets in what waited
    }
  }, { now: time.now });
});

Deno.test("paused channel lets an asset that was created before go on", async () => {
  await withDevice(async (device) => {
    const { id } = await json(device.post("/v2/devices/assets", REALTIME));
    await device.pause(true);
    const body = { parts: [{ number: 1, size: FIVE_MIB, is_final: false }] };
    await json(device.post(`/v2/devices/assets/${id}/realtime_upload/parts`, body));
  });
});

Deno.test("/sandbox/channel takes true and false", async () => {
  await withSandbox(async ({ baseUrl }) => {
    for (const body of [{}, null, { paused: "true" }, { paused: 1 }]) {
      const answer = postJson(`${baseUrl}/sandbox/channel`, body);
      assertMatch((await refusal(answer, "Bad Request"))[1], /^paused/);
    }
  });
});
