/** How many bytes of a fetched file are held at once, in bytes: 1 GiB makes 256 pieces. */
const PIECE_BYTES = 4 * 1024 * 1024;

/** Bounds of one fetch, see `REMOTE_LIMITS`. */
export interface FetchLimits {
  readonly mostAnnouncedBytes: number;
  readonly mostReadBytes: number;
  readonly stallMs: number;
}

/**
 * Fetches an address and hands its bytes on in pieces, each but the last of the same size.
 *
 * @param onPiece Given each piece in order. It is only valid until the returned promise settles.
 * @throws Error if the source does not answer with a success, says or gives more than it may, stalls or breaks
 * off; what `onPiece` throws; what `signal` was aborted with.
 */
export async function eachPiece(
  sourceUrl: string,
  { mostAnnouncedBytes, mostReadBytes, stallMs }: FetchLimits,
  signal: AbortSignal,
  onPiece: (piece: Uint8Array<ArrayBuffer>) => Promise<void>,
): Promise<void> {
  const stalled = new AbortController();
  const stall = () => stalled.abort(new Error(`The source said nothing for ${stallMs} ms`));
  let overdue = setTimeout(stall, stallMs);
  try {
    // Another encoding would have another length than the file.
    const response = await fetch(sourceUrl, {
      headers: { "accept-encoding": "identity" },
      signal: AbortSignal.any([signal, stalled.signal]),
    });
    if (!response.ok || response.body === null) {
      await response.body?.cancel();
      throw new Error(`The source answered ${response.status}`);
    }
    const announced = Number(response.headers.get("content-length") ?? 0);
    if (announced > Math.min(mostAnnouncedBytes, mostReadBytes)) {
      await response.body.cancel();
      throw new Error(`The source announces ${announced} bytes`);
    }
    const piece = new Uint8Array(PIECE_BYTES);
    let filled = 0;
    let readBytes = 0;
    for await (const chunk of response.body) {
      clearTimeout(overdue);
      readBytes += chunk.length;
      if (readBytes > mostReadBytes) {
        throw new Error(`The source gives over ${mostReadBytes} bytes`);
      }
      for (let taken = 0; taken < chunk.length;) {
        const some = chunk.subarray(taken, taken + PIECE_BYTES - filled);
        piece.set(some, filled);
        filled += some.length;
        taken += some.length;
        if (filled === PIECE_BYTES) {
          await onPiece(piece);
          filled = 0;
        }
      }
      overdue = setTimeout(stall, stallMs);
    }
    if (filled > 0) await onPiece(piece.subarray(0, filled));
  } finally {
    clearTimeout(overdue);
  }
}
