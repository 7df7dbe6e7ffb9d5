import { ApiRefusal } from "./api_refusal.ts";
import { newParts, readPartsCall } from "./bounds.ts";
import { readJsonBody } from "./json_body.ts";
import type { SandboxRoom } from "./room.ts";

/**
 * Carries a parts call out: the same on the user's route and on the device's (V2 API, create realtime
 * upload parts).
 *
 * @param refuseAgain Whether a number that is registered already is refused even when nothing changed.
 * @returns The answer's JSON: one URL for each part, in the order of the call.
 * @throws ApiRefusal for every answer that is not 200; then nothing was registered.
 */
export async function answerPartsCall(
  { store, urlOf }: SandboxRoom,
  request: Request,
  assetId: string,
  refuseAgain: boolean,
): Promise<{ upload_urls: string[] }> {
  const call = readPartsCall(await readJsonBody(request));
  // From here nothing waits, so the rules see what will still be true when the parts are registered.
  const asset = store.asset(assetId);
  if (asset === null) throw new ApiRefusal(404, `There is no asset ${assetId}`);
  if (asset.kind !== "realtime") {
    throw new ApiRefusal(400, `Asset ${assetId} is no real-time upload: its parts are fixed`);
  }
  const parts = newParts(store.registered(assetId), call, refuseAgain);
  const isEnd = parts.some((part) => part.isFinal);
  store.register(assetId, parts, {
    totalBytes: isEnd ? call.totalBytes : null,
    name: call.assetName,
  });
  const { filetype } = asset;
  return { upload_urls: call.parts.map(({ number }) => urlOf({ assetId, number, filetype })) };
}
