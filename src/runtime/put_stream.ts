import * as http from "node:http";
import * as https from "node:https";
import { Unavailable } from "../errors.ts";
import { answerOf, connectionError, type PutAnswer, resetConnection } from "./put_answer.ts";

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
 * PUTs bodies of a known length over node:http: fetch would send them chunked, which S3 refuses with
 * 501, or hold them whole in memory. Connections are kept and reused; close() ends them.
 */
export function putStream() {
  const agents = {
    "http:": new http.Agent({ keepAlive: true }),
    "https:": new https.Agent({ keepAlive: true }),
  };
  return {
    /**
     * One PUT. An answer that comes before the body is out ends the body.
     *
     * @param feed Writes exactly `sizeBytes` through the function it is given.
     * @throws Unavailable if the connection failed or stalled; whatever `feed` throws.
     */
    async put(
      target: PutTarget,
      sizeBytes: number,
      signal: AbortSignal,
      feed: (write: WriteBytes) => Promise<void>,
    ): Promise<PutAnswer> {
      signal.throwIfAborted();
      const url = new URL(target.url);
      const secure = url.protocol === "https:";
      const request = (secure ? https : http).request(target.url, {
        method: "PUT",
        agent: secure ? agents["https:"] : agents["http:"],
        headers: { ...target.headers, "content-length": String(sizeBytes) },
      });
      // Deno's node:http sends up to 1 MiB again by itself when a kept connection breaks: from buffers
      // that hold later bytes by then, and also after an abort. Without this mark it does not.
      request.reusedSocket = false;
      const watchdog = stallWatchdog(request, target.stallMs);
      const drop = () => resetConnection(request);
      signal.addEventListener("abort", drop, { once: true });
      const answer = answerOf(request, watchdog.progress);
      answer.catch(() => {}); // awaited below in every case
      let handedBytes = 0;
      try {
        const fed = feed((bytes) => {
          handedBytes += bytes.length;
          return writeBytes(request, bytes, watchdog.progress);
        }).then(() => void request.end());
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
      } catch (error) {
        signal.throwIfAborted();
        if (!isConnectionError(error)) throw error;
        const reason = watchdog.stalled()
          ? `no progress for ${Math.round(target.stallMs / 1000)} s`
          : (error as { code?: string }).code ?? "connection lost";
        throw new Unavailable(`Cannot send to ${url.host}: ${reason}`, "network", { cause: error });
      } finally {
        watchdog.stop();
        signal.removeEventListener("abort", drop);
        if (!request.writableFinished) resetConnection(request);
      }
    },
    /** Ends kept connections. */
    close() {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

function early(url: URL): string {
  return `Cannot send to ${url.host}: it answered before the whole part was sent`;
}

/** An error of the connection, as against one of the recording that was read. */
function isConnectionError(error: unknown): boolean {
  return typeof (error as { code?: unknown }).code === "string";
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

/**
 * The timeout option of node:http fires at twice its value on a stalled write, so progress is watched
 * here: each finished write and each piece of the answer counts.
 */
function stallWatchdog(request: http.ClientRequest, stallMs: number) {
  let stalled = false;
  let stopped = false;
  const onStall = () => {
    stalled = true;
    resetConnection(request);
  };
  let timer = setTimeout(onStall, stallMs);
  return {
    progress() {
      if (stopped) return; // a write may call back long after its request is over
      clearTimeout(timer);
      timer = setTimeout(onStall, stallMs);
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
    stalled: () => stalled,
  };
}
