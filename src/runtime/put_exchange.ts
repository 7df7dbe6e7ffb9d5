import * as http from "node:http";
import * as https from "node:https";
import { Unavailable } from "../errors.ts";
import { answerOf, connectionError, type PutAnswer, resetConnection } from "./put_answer.ts";
import { stallWatchdog } from "./stall_watchdog.ts";

/** Where a part goes and what it must say of itself. */
export interface PutTarget {
  /** The presigned URL, used byte for byte. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Longest time without any progress before the attempt is given up. */
  readonly stallMs: number;
}

/** Hands bytes to the connection; resolves when the buffer may be used again. */
export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a body through `write`. What it waits for by its own will it awaits through `hold`, so that it
 * is no stall of the connection.
 */
export type Feed = (
  write: WriteBytes,
  hold: <T>(wait: Promise<T>) => Promise<T>,
) => Promise<void>;

/** Connections that are kept for the next part. */
export interface PutAgents {
  readonly http: http.Agent;
  readonly https: https.Agent;
}

/** One request on one connection. */
export interface PutExchange {
  /** Sends the body and waits for the answer; one that comes before the body is out ends the body. */
  carry(feed: Feed): Promise<PutAnswer>;
  /** Drops the connection; whatever waits for it fails. */
  drop(): void;
  /** Ends the watch; leaves the connection to the next part if it can be used again. */
  end(): void;
  /** Whether a kept connection broke before the peer can have seen anything of this request. */
  wasGone(): boolean;
  /** Milliseconds since the whole body was handed over, or null while it was not. */
  waitedMs(): number | null;
  /** The time that passed without progress when it was given up, in milliseconds, or null. */
  stalledMs(): number | null;
}

/** What a kernel takes of a connection before it tells that it is gone, in bytes (Linux: 4 MiB at most). */
const KERNEL_BYTES = 4 * 1024 * 1024;

/**
 * Begins a PUT of `sizeBytes`.
 *
 * @param answerMs Longest wait for an answer once the whole body was handed over.
 * @param throughProxy Whether a proxy has to open the way first: that connection is not in our hands, so
 * node:http is told how long it may take.
 */
export function openExchange(
  agents: PutAgents,
  target: PutTarget,
  sizeBytes: number,
  answerMs: number,
  throughProxy: boolean,
): PutExchange {
  const url = new URL(target.url);
  const secure = url.protocol === "https:";
  const request = (secure ? https : http).request(url, {
    method: "PUT",
    path: pathOf(target.url, url),
    agent: secure ? agents.https : agents.http,
    headers: { ...target.headers, "content-length": String(sizeBytes) },
    ...(throughProxy ? { timeout: target.stallMs } : {}),
  });
  const isKept = request.reusedSocket;
  // Deno's node:http sends up to 1 MiB again by itself when a kept connection breaks: from buffers
  // that hold later bytes by then, and also after an abort. Without this mark it does not.
  request.reusedSocket = false;
  const drop = () => resetConnection(request);
  const watchdog = stallWatchdog(target.stallMs, drop);
  const answer = answerOf(request, watchdog.progress);
  answer.catch(() => {}); // awaited in carry() in every case
  let handedBytes = 0;
  let sentAtMs: number | null = null;
  let isAnswered = false;
  request.once("response", () => isAnswered = true);

  async function sendBody(feed: Feed): Promise<void> {
    await feed((bytes) => {
      handedBytes += bytes.length;
      return writeBytes(request, bytes, watchdog.progress);
    }, watchdog.hold);
    request.end();
    sentAtMs = performance.now();
    watchdog.allow(answerMs);
  }

  return {
    async carry(feed) {
      const fed = sendBody(feed);
      fed.catch(() => {}); // an answer may come first
      // A broken pipe may show before the answer that explains it: let the answer win.
      await Promise.race([fed, answer]).catch(async (error) => {
        if (!isConnectionError(error)) throw error;
        await answer;
      });
      const { status } = await answer;
      if (status === 200) {
        // Whoever says so before the last byte left here has not stored the part.
        if (handedBytes < sizeBytes) throw new Unavailable(early(url), "network");
        await fed;
      }
      return await answer;
    },
    drop,
    end() {
      watchdog.stop();
      if (!request.writableFinished) drop();
    },
    wasGone: () => {
      const isStalled = watchdog.stalledMs() !== null;
      return isKept && !isAnswered && !isStalled && handedBytes <= KERNEL_BYTES;
    },
    waitedMs: () => sentAtMs === null ? null : performance.now() - sentAtMs,
    stalledMs: watchdog.stalledMs,
  };
}

/** Path and query as they stand in the URL: the URL class rewrites some characters, and all are signed. */
function pathOf(text: string, url: URL): string {
  const asGiven = /^https?:\/\/[^/?#]+(\/[!"$-~]*)$/i.exec(text)?.[1];
  return asGiven ?? url.pathname + url.search;
}

/** An error of the connection, as against one of the recording that was read. */
export function isConnectionError(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === "string";
}

function early(url: URL): string {
  return `Cannot send to ${url.host}: it answered before the whole part was sent`;
}

function writeBytes(
  request: http.ClientRequest,
  bytes: Uint8Array,
  onProgress: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (request.destroyed) return reject(connectionError("closed", "ECONNRESET"));
    // A destroyed request does not call back for what it never wrote.
    const onClose = () => reject(connectionError("closed while sending", "ECONNRESET"));
    request.once("close", onClose);
    request.write(bytes, (error) => {
      request.off("close", onClose);
      onProgress();
      if (error) reject(connectionError(error.message, "EPIPE"));
      else resolve();
    });
  });
}
