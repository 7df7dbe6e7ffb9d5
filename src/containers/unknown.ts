import type { Container } from "./container.ts";

/** Recorders whose last write decides nothing finished within 3 ms on a local disk (measured); a share is slower. */
const SETTLE_MS = 2_000;

/**
 * Any file whose bytes we cannot read: it may be sent as it grows, and it ends when it is quiet and
 * nobody writes it any more. What was rewritten meanwhile is found by reading it again after the end.
 * An empty file is `open`: some recorders keep theirs empty for the whole recording (GStreamer's
 * faststart, measured).
 */
export const unknown: Container = {
  name: "unknown",
  inspect: (_read, sizeBytes) =>
    Promise.resolve({
      verdict: sizeBytes === 0 ? "open" : "undecidable",
      container: "unknown",
      headBytes: 0,
      mediaStart: null,
      frontierBytes: sizeBytes,
      patched: [],
      settleMs: SETTLE_MS,
    }),
};
