import { Hono } from "hono";
import { ApiRefusal } from "./api_refusal.ts";
import { readDeviceAsset } from "./device_asset.ts";
import { readJsonBody } from "./json_body.ts";
import { leakyBuckets } from "./leaky_buckets.ts";
import { createOrdinary, equalParts } from "./ordinary.ts";
import { answerPartsCall } from "./parts_call.ts";
import { HEARTBEAT_LIMIT } from "./rate_limits.ts";
import type { SandboxRoom } from "./room.ts";
import { PROJECTS, ROOT_FOLDER_ID } from "./world.ts";

/** Semantic Versioning 2.0.0, without its rule on zeros in pre-releases. */
const SEMVER = /^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}(-[\w.-]+)?(\+[\w.-]+)?$/;

/** Most different client versions that are remembered. */
const MOST_VERSIONS = 100;

/**
 * Camera to Cloud: assets of devices, their parts and the heartbeat under `/v2/devices`. Beside it, without
 * a token: `GET /sandbox/device`, what was seen of devices since the start, and `POST /sandbox/channel`
 * `{"paused": true|false}`, what a person does in Frame.io. To be mounted under `/`. The routes throw
 * ApiRefusal for every answer that is not 2xx.
 *
 * @param refuseAgain Whether a number that is registered already is refused even when nothing changed.
 */
export function deviceRoutes(room: SandboxRoom, refuseAgain: boolean): Hono {
  const { identify, now, store } = room;
  const routes = new Hono();
  const beats = leakyBuckets();
  const clientVersions = new Set<string>();
  const seen = { lastHeartbeatAt: null as string | null, heartbeats: 0, callsWithoutVersion: 0 };
  let pausedAtMs: number | null = null;

  routes.use("/v2/devices/*", async (c, next) => {
    deviceOf(c.req.raw);
    const version = c.req.header("x-client-version");
    if (version === undefined) seen.callsWithoutVersion++;
    else if (!SEMVER.test(version)) {
      throw new ApiRefusal(400, `x-client-version must be a semantic version: ${version}`);
    } else if (clientVersions.size < MOST_VERSIONS) clientVersions.add(version);
    await next();
  });

  routes.post("/v2/devices/assets", async (c) => {
    const asset = await readDeviceAsset(c.req.raw);
    // A pause keeps out what was created while it lasts. The guide has the service compare with the pauses
    // of the past as well (Camera to Cloud: How to upload, advanced): UNVERIFIED, here a pause that is over
    // is forgotten, so that what waited goes on.
    const createdMs = now().getTime() - 1000 * asset.offsetSeconds;
    if (pausedAtMs !== null && createdMs >= pausedAtMs) {
      const detail = "The channel you're uploading from is currently paused.";
      throw new ApiRefusal(409, detail, { title: "Channel Paused" });
    }
    if (asset.ordinary === null) {
      const id = crypto.randomUUID();
      store.createAsset(id, asset, { createdAt: now().toISOString() });
      return c.json({ id, name: asset.name });
    }
    const { name, filetype, ordinary: { sizeBytes, partCount } } = asset;
    const file = { name, filetype, parentId: ROOT_FOLDER_ID };
    const { id, urls } = createOrdinary(room, file, equalParts(sizeBytes, partCount));
    return c.json({
      ...{ _type: "file", type: "file", id, name, filetype, filesize: sizeBytes },
      ...{ parent_id: ROOT_FOLDER_ID, project_id: PROJECTS[0].id, status: "created" },
      ...{ realtime_upload: null, upload_completed_at: null, upload_failed_at: null },
      upload_urls: urls,
    });
  });

  routes.post("/v2/devices/assets/:id/realtime_upload/parts", async (c) => {
    return c.json(await answerPartsCall(room, c.req.raw, c.req.param("id"), refuseAgain));
  });

  routes.post("/v2/devices/heartbeat", (c) => {
    if (!beats.take(deviceOf(c.req.raw), HEARTBEAT_LIMIT, now().getTime()).isIn) {
      throw new ApiRefusal(429, "No more than one heartbeat a minute");
    }
    seen.lastHeartbeatAt = now().toISOString();
    seen.heartbeats++;
    return c.body(null, 204);
  });

  routes.get("/sandbox/device", (c) => {
    return c.json({
      ...seen,
      paused: pausedAtMs !== null,
      clientVersions: [...clientVersions],
    });
  });

  routes.post("/sandbox/channel", async (c) => {
    const body = await readJsonBody(c.req.raw) as { paused?: unknown } | null;
    if (typeof body?.paused !== "boolean") {
      throw new ApiRefusal(400, "paused must be true or false");
    }
    if (!body.paused) pausedAtMs = null;
    else pausedAtMs ??= now().getTime(); // a pause that is asked for again goes on
    return c.json({ paused: body.paused });
  });

  function deviceOf(request: Request): string {
    const identity = identify(request);
    if (identity.is === "device") return identity.deviceId;
    throw new ApiRefusal(401, "These routes take the token of a paired device");
  }

  return routes;
}
