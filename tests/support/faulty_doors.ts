import { Unavailable } from "../../src/errors.ts";
import type { AssetRoute } from "../../src/frameio/route.ts";
import type { RangeDigest } from "../../src/runtime/range_digest.ts";

/** Real digests, but no PUT ever begins: what is registered stays on its way until it is aborted. */
export function holdPuts(real: RangeDigest): RangeDigest {
  return {
    digest: real.digest,
    send: (_source, _range, _target, signal) =>
      new Promise((_resolve, reject) => {
        if (signal.aborted) reject(signal.reason);
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      }),
  };
}

/** A real PUT whose answer is lost on its way back, for the first `times` that fit. */
export function losePutAnswers(
  real: RangeDigest,
  fits: (url: string) => boolean,
  times = 1,
): RangeDigest {
  return {
    digest: real.digest,
    async send(source, range, target, signal, onSent) {
      const sent = await real.send(source, range, target, signal, onSent);
      if (!fits(target.url) || times-- <= 0) return sent;
      throw new Unavailable("Cannot send: the answer was lost", "network");
    },
  };
}

/** The real API, with the first answer of one call lost on its way back. */
export function loseAnswer(real: AssetRoute, call: "createAsset" | "registerParts"): AssetRoute {
  let lost = false;
  const once = <T>(name: typeof call, answer: T): T => {
    if (name !== call || lost) return answer;
    lost = true;
    throw new Unavailable("Cannot reach Frame.io: the answer was lost", "network");
  };
  return {
    takes: real.takes,
    createAsset: async (asset, signal) =>
      once("createAsset", await real.createAsset(asset, signal)),
    registerParts: async (assetId, parts, totalBytes, signal) =>
      once("registerParts", await real.registerParts(assetId, parts, totalBytes, signal)),
    readAsset: real.readAsset,
  };
}
