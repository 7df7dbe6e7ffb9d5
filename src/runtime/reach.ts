import { lookup } from "node:dns/promises";
import { Unavailable } from "../errors.ts";
import { explainPermission } from "./not_permitted.ts";

/** The door to the network below HTTP, for looking where a way ends. */
export interface Reach {
  /**
   * Addresses of a name, as every connection of this machine finds them.
   *
   * @throws Unavailable if there are none.
   */
  resolve(hostname: string, signal: AbortSignal): Promise<string[]>;
  /**
   * Opens a connection and closes it.
   *
   * @throws Unavailable if nobody takes it.
   */
  connect(hostname: string, port: number, signal: AbortSignal): Promise<void>;
}

/** How long a name or a connection may take, in milliseconds: a connection's second packet is sent again
 * after 1, 3 and 7 s (RFC 6298). */
const REACH_MS = 10_000;

/** The network of this machine. */
export const systemReach: Reach = {
  resolve: (hostname, signal) =>
    inTime(`Cannot find ${hostname}`, signal, async () => {
      const found = await lookup(hostname.replace(/^\[|\]$/g, ""), { all: true });
      return found.map(({ address }) => address);
    }),
  connect: (hostname, port, signal) =>
    inTime(`Cannot connect to ${hostname}:${port}`, signal, async (within) => {
      const name = hostname.replace(/^\[|\]$/g, "");
      (await Deno.connect({ hostname: name, port, signal: within })).close();
    }),
};

async function inTime<T>(
  words: string,
  signal: AbortSignal,
  work: (within: AbortSignal) => Promise<T>,
): Promise<T> {
  const late = new AbortController();
  const within = AbortSignal.any([signal, late.signal]);
  const { promise: over, reject } = Promise.withResolvers<never>();
  within.addEventListener("abort", () => reject(new Error("aborted")), { once: true });
  const timer = setTimeout(() => late.abort(), REACH_MS);
  try {
    signal.throwIfAborted();
    return await Promise.race([work(within), over]);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof Deno.errors.NotCapable) throw explainPermission(error, words);
    const reason = late.signal.aborted ? `no answer within ${REACH_MS / 1000} s` : reasonOf(error);
    throw new Unavailable(`${words}: ${reason}`, "network", { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return "connection refused";
  return (error as { code?: string }).code ?? (error as Error).name;
}
