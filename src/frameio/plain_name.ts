import { Rejected } from "../errors.ts";
import type { AssetRoute } from "./route.ts";

/**
 * A route that tries a name once more, plainly, where the service refuses it. One old guide asks for
 * names without spaces (V2 guide, uploading assets), and recordings have them: the file's own name is
 * sent first.
 *
 * @param warn Told that the asset gets another name.
 */
export function tryingPlainName(route: AssetRoute, warn: (message: string) => void): AssetRoute {
  return {
    ...route,
    async createAsset(asset, signal) {
      try {
        return await route.createAsset(asset, signal);
      } catch (error) {
        const name = plainName(asset.name);
        if (!isAboutName(error) || name === asset.name) throw error;
        warn(`Frame.io refused the name ${asset.name}: it is tried once as ${name}`);
        return await route.createAsset({ ...asset, name }, signal);
      }
    },
  };
}

/** The name with `_` for everything but letters, digits, dots and dashes, of any script. */
export function plainName(name: string): string {
  return name.replace(/[^\p{L}\p{M}\p{N}._-]/gu, "_");
}

/** Whether the service refused the name: V4 points at it, V2 says so in words. */
function isAboutName(error: unknown): boolean {
  return error instanceof Rejected && (error.status === 400 || error.status === 422) &&
    error.about.some((text) => /\b(file)?names?\b/i.test(text));
}
