import { Rejected, Unavailable } from "../errors.ts";
import type { ApiCall } from "./api.ts";
import { idIn, textField } from "./answer.ts";
import { partsCall } from "./realtime.ts";
import type { AssetRoute, NewAsset } from "./route.ts";
import { createdWhole, V2_MOST } from "./v2_finished_route.ts";
import { noFurtherUrl, wholeSize } from "./whole_file.ts";

/** A device has one channel, its first (Camera to Cloud API, create asset: `channel`). */
const CHANNEL = 0;

/**
 * Goes with every call of a device (Camera to Cloud, checklist).
 *
 * @param version A semantic version.
 */
export function deviceHeaders(version: string): Readonly<Record<string, string>> {
  return { "x-client-version": version };
}

/**
 * Real-time upload of a paired device (Camera to Cloud: How to upload, real time). The service picks the
 * folder, and tells a device nothing about its assets.
 */
export function deviceRoute(call: ApiCall): AssetRoute {
  const register = partsCall(call, "/v2/devices/assets");
  return {
    takes: "growing",

    async createAsset(asset, signal) {
      const { name, filetype } = asset;
      const answer = await create(call, asset, { is_realtime_upload: true }, signal);
      const id = idIn(answer, doingOf(asset));
      return { id, name: textField(answer, "name") ?? name, filetype, parts: null };
    },

    registerParts: (assetId, parts, totalBytes, signal) =>
      unlessPaused(
        `register parts of asset ${assetId}`,
        () => register(assetId, parts, totalBytes, signal),
      ),
    readAsset: cannotRead,
  };
}

/** Finished files of a paired device (Camera to Cloud: How to upload, basic). */
export function deviceFinishedRoute(call: ApiCall): AssetRoute {
  return {
    takes: "finished",

    async createAsset(asset, signal) {
      const sizeBytes = wholeSize(asset, V2_MOST);
      const answer = await create(call, asset, { filesize: sizeBytes }, signal);
      return createdWhole(answer, asset, sizeBytes, doingOf(asset));
    },

    registerParts: noFurtherUrl,
    readAsset: cannotRead,
  };
}

/** No document gives a device a call that reads an asset. */
function cannotRead(): Promise<{ complete: null }> {
  return Promise.resolve({ complete: null });
}

/** @param kind The fields that tell a real-time upload from an ordinary one. */
function create(
  call: ApiCall,
  asset: NewAsset,
  kind: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<unknown> {
  const { name, filetype, ageSeconds } = asset;
  const doing = doingOf(asset);
  // Two documents disagree on the sign of `offset`: one shows -10, the guide 10. Never negative here.
  const offset = Math.max(0, Math.floor(ageSeconds));
  const body = { name, filetype, ...kind, offset, channel: CHANNEL };
  const path = "/v2/devices/assets";
  return unlessPaused(doing, () => call({ method: "POST", path, body, doing, signal }));
}

/** @throws Unavailable while the channel is paused, whichever call it is that says so. */
async function unlessPaused<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isPaused(error)) throw error;
    throw new Unavailable(
      `Cannot ${doing}: the channel is paused in Frame.io. Un-pause it there; reeltime goes on by itself`,
      "paused",
      { cause: error, notCarriedOut: true },
    );
  }
}

function doingOf({ name }: NewAsset): string {
  return `create the asset ${name}`;
}

/** 409 with this title or message (Camera to Cloud API, create asset); other conflicts are refusals. */
function isPaused(error: unknown): boolean {
  return error instanceof Rejected && error.status === 409 &&
    error.about.some((text) => /^channel paused$/i.test(text.trim()));
}
