import type * as http from "node:http";

/** The storage's answer to a PUT. */
export interface PutAnswer {
  readonly status: number;
  /** Start of the body, at most {@linkcode MAX_PUT_ANSWER_BYTES}. */
  readonly text: string;
  /** Where a redirect leads, as the answer has it. */
  readonly location?: string;
  /** When it was answered, by the clock of whoever did, in milliseconds; absent where that is not said. */
  readonly answeredAtMs?: number;
}

/** Most that is read of a PUT's answer, in bytes; S3's error documents have less than 2 KiB. */
export const MAX_PUT_ANSWER_BYTES = 64 * 1024;

/**
 * The answer to a request, or the error of its connection. Of an answer that is longer than its bound
 * the beginning is returned, and the connection is of no further use.
 *
 * @param onProgress Called with each piece that comes in.
 */
export function answerOf(
  request: http.ClientRequest,
  onProgress: () => void,
): Promise<PutAnswer> {
  return new Promise((resolve, reject) => {
    request.on("error", (error) => {
      const isClassed = "code" in error || error instanceof Deno.errors.NotCapable;
      reject(isClassed ? error : connectionError(error.message, "ECONNRESET"));
    });
    request.on("close", () => reject(connectionError("closed without an answer", "ECONNRESET")));
    request.on("response", (response) => {
      const pieces: Uint8Array[] = [];
      let bytes = 0;
      const done = () => {
        const text = new TextDecoder().decode(concat(pieces)).slice(0, MAX_PUT_ANSWER_BYTES);
        const { statusCode: status = 0, headers: { location, date } } = response;
        const answeredAtMs = Date.parse(date ?? "");
        resolve({
          ...{ status, text },
          ...(location === undefined ? {} : { location }),
          ...(Number.isNaN(answeredAtMs) ? {} : { answeredAtMs }),
        });
      };
      response.on("data", (piece: Uint8Array) => {
        onProgress();
        pieces.push(piece);
        bytes += piece.length;
        if (bytes <= MAX_PUT_ANSWER_BYTES) return;
        done();
        resetConnection(request);
      });
      response.on("end", done);
      response.on("error", (error) => reject(connectionError(error.message, "ECONNRESET")));
    });
  });
}

/** An error of the connection, as against one of the recording that was read. */
export function connectionError(message: string, code: string): Error & { code: string } {
  return Object.assign(new Error(message), { code });
}

/** Drops the connection with what the kernel still holds of it, instead of leaving it to linger. */
export function resetConnection(request: http.ClientRequest): void {
  request.socket?.resetAndDestroy?.();
  request.destroy();
  // While a proxy has not opened the way there is no socket yet, and nobody says that it is closed.
  if (!request.socket) request.emit("close");
}

function concat(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
