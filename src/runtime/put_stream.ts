import * as http from "node:http";
import * as https from "node:https";
import { Unavailable } from "../errors.ts";
import type { PutAnswer } from "./put_answer.ts";
import {
  isConnectionError,
  openExchange,
  type PutTarget,
  type WriteBytes,
} from "./put_exchange.ts";

/** Most times `stallMs` that the answer to a whole body is waited for. */
const MOST_PATIENCE = 8;

/**
 * PUTs bodies of a known length over node:http: fetch would send them chunked, which S3 refuses with
 * 501, or hold them whole in memory. Connections are kept and reused; close() ends them.
 */
export function putStream() {
  const agents = {
    http: new http.Agent({ keepAlive: true }),
    https: new https.Agent({ keepAlive: true }),
  };
  // A kernel takes megabytes at once and sends them out of our sight: over a poor uplink that takes
  // minutes. So a wait for an answer that was in vain doubles the next ones, until one comes soon.
  let patience = 1;
  return {
    /**
     * One PUT. An answer that comes before the body is out ends the body.
     *
     * @param feed Writes exactly `sizeBytes` through the function it is given. It is called again, to
     * begin anew, when a kept connection turns out to be gone.
     * @throws Unavailable if the connection failed or stalled; whatever `feed` throws.
     */
    async put(
      target: PutTarget,
      sizeBytes: number,
      signal: AbortSignal,
      feed: (write: WriteBytes) => Promise<void>,
    ): Promise<PutAnswer> {
      for (;;) {
        signal.throwIfAborted();
        const exchange = openExchange(agents, target, sizeBytes, target.stallMs * patience);
        signal.addEventListener("abort", exchange.drop, { once: true });
        try {
          const answer = await exchange.carry(feed);
          if ((exchange.waitedMs() ?? Infinity) < target.stallMs / 2) patience = 1;
          return answer;
        } catch (error) {
          signal.throwIfAborted();
          if (!isConnectionError(error)) throw error;
          // The storage closes idle connections: that is no failure of this part. Each such turn uses
          // up one kept connection, and a fresh one is never `gone`.
          if (exchange.wasGone()) continue;
          const isInVain = exchange.stalledMs() !== null && exchange.waitedMs() !== null;
          if (isInVain) patience = Math.min(2 * patience, MOST_PATIENCE);
          const { host } = new URL(target.url);
          const reason = reasonOf(error, exchange.stalledMs());
          throw new Unavailable(`Cannot send to ${host}: ${reason}`, "network", { cause: error });
        } finally {
          signal.removeEventListener("abort", exchange.drop);
          exchange.end();
        }
      }
    },
    /** Ends kept connections. */
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  };
}

function reasonOf(error: unknown, stalledMs: number | null): string {
  if (stalledMs !== null) return `no progress for ${Math.round(stalledMs / 1000)} s`;
  return (error as { code?: string }).code ?? "connection lost";
}
