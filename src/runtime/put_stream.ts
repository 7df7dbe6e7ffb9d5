import * as http from "node:http";
import * as https from "node:https";
import { Unavailable } from "../errors.ts";
import { connectionReason } from "./connection_reason.ts";
import { explainPermission } from "./not_permitted.ts";
import type { PutAnswer } from "./put_answer.ts";
import { type Feed, isConnectionError, openExchange, type PutTarget } from "./put_exchange.ts";
import { type Proxies, proxiesOf, proxyFor } from "./proxy.ts";

/** Most times `stallMs` that the answer to a whole body is waited for. */
const MOST_PATIENCE = 8;

/**
 * PUTs bodies of a known length over node:http: fetch would send them chunked, which S3 refuses with
 * 501, or hold them whole in memory. Connections are kept and reused; close() ends them.
 *
 * @param proxies Default: those of the environment, which fetch goes through as well.
 * @throws Config if the environment names a proxy that cannot be used.
 */
export function putStream(proxies: Proxies = proxiesOf()) {
  const options = { keepAlive: true, proxyEnv: { ...proxies } };
  const agents = { http: new http.Agent(options), https: new https.Agent(options) };
  // A kernel takes megabytes at once and sends them out of our sight: over a poor uplink that takes
  // minutes. So a wait for an answer that was in vain doubles the next ones, until one comes soon.
  let patience = 1;

  /** One request; null where its connection, a kept one, turns out to be gone. */
  async function once(
    target: PutTarget,
    sizeBytes: number,
    signal: AbortSignal,
    feed: Feed,
  ): Promise<PutAnswer | null> {
    signal.throwIfAborted();
    const proxy = proxyFor(target.url, proxies);
    const answerMs = target.stallMs * patience;
    const exchange = openExchange(agents, target, sizeBytes, answerMs, proxy !== null);
    signal.addEventListener("abort", exchange.drop, { once: true });
    try {
      const answer = await exchange.carry(feed);
      if ((exchange.waitedMs() ?? Infinity) < target.stallMs / 2) patience = 1;
      return answer;
    } catch (error) {
      signal.throwIfAborted();
      if (!isConnectionError(error)) throw error;
      if (exchange.wasGone()) return null;
      const isInVain = exchange.stalledMs() !== null && exchange.waitedMs() !== null;
      if (isInVain) patience = Math.min(2 * patience, MOST_PATIENCE);
      const { host } = new URL(target.url);
      const reason = exchange.stalledMs() === null
        ? connectionReason(error, proxy)
        : `no progress for ${Math.round(exchange.stalledMs()! / 1000)} s`;
      throw new Unavailable(`Cannot send to ${host}: ${reason}`, "network", { cause: error });
    } finally {
      signal.removeEventListener("abort", exchange.drop);
      exchange.end();
    }
  }

  return {
    /**
     * One PUT. An answer that comes before the body is out ends the body.
     *
     * @param feed Writes exactly `sizeBytes` through the function it is given. It is called again, to
     * begin anew, when a kept connection turns out to be gone.
     * @throws Unavailable if the connection failed or stalled; whatever `feed` throws.
     * @throws Config if Deno was not given the permission to connect to that host.
     */
    async put(
      target: PutTarget,
      sizeBytes: number,
      signal: AbortSignal,
      feed: Feed,
    ): Promise<PutAnswer> {
      try {
        // The storage closes idle connections: that is no failure of this part. Each turn uses up one
        // kept connection, and a fresh one is never gone.
        for (;;) {
          const answer = await once(target, sizeBytes, signal, feed);
          if (answer !== null) return answer;
        }
      } catch (error) {
        throw explainPermission(error, `Cannot send to ${new URL(target.url).host}`);
      }
    },
    /** Ends kept connections. */
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}
