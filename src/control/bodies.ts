/** What a request may send: how much, for how long, and how many at once. */
import type { Context, MiddlewareHandler } from "hono";
import type { Clock } from "../runtime/clock.ts";
import { refuse, repeated } from "./problem.ts";

/** Largest request body in bytes: a path of 4096 characters, each escaped in JSON, fits. */
export const MAX_BODY_BYTES = 32_768;

/** How long a body may take to come in, in milliseconds: 32 KiB over a line of 26 kbit/s. */
export const BODY_MS = 10_000;

/** Bodies waited for at once: all that are held are 2 MiB, and people do not press 64 buttons at once. */
export const MOST_BODIES = 64;

/**
 * Takes in each body before anything looks at it. One over {@linkcode MAX_BODY_BYTES}, or in chunks, is
 * refused with 413; one that is not in after {@linkcode BODY_MS} with 408; one beyond
 * {@linkcode MOST_BODIES} with 503.
 */
export function wholeBodies(clock: Clock): MiddlewareHandler {
  let waiting = 0;
  return async function wholeBodies(c, next) {
    const isChunked = c.req.header("Transfer-Encoding") !== undefined;
    const length = isChunked ? "an unknown number of" : c.req.header("Content-Length") ?? "0";
    if (!(Number(length) <= MAX_BODY_BYTES)) return refuseLarge(c, length);
    const { body } = c.req.raw;
    if (body === null) return await next();
    if (waiting >= MOST_BODIES) return refuseBusy(c);
    waiting++;
    const read = await readWithin(body, clock).finally(() => waiting--);
    if (read === "large") return refuseLarge(c, "more");
    if (read === "late") return refuseLate(c);
    // Where Hono's json() and parseBody() look; its own type of it forgets the promise.
    Object.assign(c.req.bodyCache, { arrayBuffer: Promise.resolve(read) });
    await next();
  };
}

/**
 * Reads on what nobody read, and throws it away: a body that is left alone, or cancelled, keeps Deno 2.9
 * from ever closing its connection, while one that is being read is closed by the server's shutdown.
 */
export function drainBodies(): MiddlewareHandler {
  return async function drainBodies(c, next) {
    await next();
    const { body } = c.req.raw;
    if (body !== null && !body.locked) readWhole(body, () => {}).catch(() => {});
  };
}

/** A late body is thrown away as it still comes; see {@linkcode drainBodies}. */
async function readWithin(
  body: ReadableStream<Uint8Array>,
  clock: Clock,
): Promise<ArrayBuffer | "large" | "late"> {
  let whole: Uint8Array<ArrayBuffer> | null = new Uint8Array(MAX_BODY_BYTES);
  const inTime = new AbortController();
  const late = clock.sleep(BODY_MS, inTime.signal).then(() => whole = null, () => {});
  const reading = readWhole(body, (piece, atByte) => whole?.set(piece, atByte));
  reading.catch(() => {}); // who broke off after the time was told of it already
  try {
    const sizeBytes = await Promise.race([reading, late]);
    if (whole === null || typeof sizeBytes !== "number") return "late";
    return sizeBytes > MAX_BODY_BYTES ? "large" : whole.buffer.slice(0, sizeBytes);
  } finally {
    inTime.abort();
  }
}

/**
 * Counts while it reads, since HTTP/2 needs no announcement, and stops past {@linkcode MAX_BODY_BYTES}.
 * The stream is read as it is: a request that is wrapped makes Deno warn of "legacy abort" in the
 * person's terminal.
 *
 * @returns Its bytes, or more than the bound.
 */
async function readWhole(
  body: ReadableStream<Uint8Array>,
  take: (piece: Uint8Array, atByte: number) => void,
): Promise<number> {
  const reader = body.getReader();
  for (let sizeBytes = 0;;) {
    const { value, done } = await reader.read();
    if (done) return sizeBytes;
    if (sizeBytes + value.length > MAX_BODY_BYTES) return sizeBytes + value.length;
    take(value, sizeBytes);
    sizeBytes += value.length;
  }
}

function refuseLarge(c: Context, length: string): Response {
  return refuse(c, {
    type: "urn:reeltime:body-too-large",
    title: "The request is too large",
    status: 413,
    detail: `Cannot take a body of ${repeated(length)} bytes: ${MAX_BODY_BYTES} bytes is the most.`,
    remedy: "Send the request with a Content-Length and only what GET /openapi.json describes.",
  });
}

function refuseLate(c: Context): Response {
  return refuse(c, {
    type: "urn:reeltime:body-too-late",
    title: "The request did not come in",
    status: 408,
    detail: `Cannot wait for the body any longer: it was not in after ${BODY_MS / 1000} s.`,
    remedy: "Send it again, with as many bytes as its Content-Length says.",
  });
}

function refuseBusy(c: Context): Response {
  return refuse(
    c,
    {
      type: "urn:reeltime:too-many-bodies",
      title: "Too many requests are on their way",
      status: 503,
      detail: `Cannot wait for more than ${MOST_BODIES} bodies at once.`,
      remedy: "Send it again in a second. Uploads go on.",
    },
    {},
    { "Retry-After": "1" },
  );
}
