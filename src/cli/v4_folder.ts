import { Unavailable } from "../errors.ts";
import type { ApiCall } from "../frameio/api.ts";
import type { AssetRoute } from "../frameio/route.ts";
import { findV4Folder } from "../frameio/v4_hierarchy.ts";
import { noFurtherUrl } from "../frameio/whole_file.ts";
import type { V4Folder } from "../frameio/v4_route.ts";

/**
 * A V4 route of which only the folder's id is known: its account is asked for when the first asset is
 * created, so that a machine that is offline at the start waits like any other take.
 *
 * @param routeIn The route, once the account is known.
 */
export function v4Folder(
  call: ApiCall,
  folderId: string,
  accountId: string | null,
  routeIn: (place: V4Folder) => AssetRoute,
): AssetRoute {
  let found: AssetRoute | null = null;
  const route = async (signal: AbortSignal) =>
    found ??= routeIn(await findV4Folder(call, folderId, accountId, signal));
  return {
    takes: "finished",
    registerParts: noFurtherUrl,
    async createAsset(asset, signal) {
      const known = await route(signal).catch((error) => {
        if (!(error instanceof Unavailable)) throw error;
        const { message, outage, retryAfterMs } = error;
        throw new Unavailable(message, outage, { cause: error, retryAfterMs, notCarriedOut: true });
      });
      return await known.createAsset(asset, signal);
    },
    readAsset: async (assetId, signal) => await (await route(signal)).readAsset(assetId, signal),
  };
}
