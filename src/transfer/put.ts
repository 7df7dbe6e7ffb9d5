import { Rejected, Unavailable, UrlExpired } from "../errors.ts";
import { isOver } from "../frameio/url_life.ts";
import type { ByteRange } from "../recording/range.ts";
import type { RecordingSource } from "../runtime/disk.ts";
import type { PutAnswer } from "../runtime/put_answer.ts";
import type { RangeDigest } from "../runtime/range_digest.ts";

/** Longest time a PUT may go without progress, in milliseconds; S3 itself closes after 20–60 s. */
export const STALL_MS = 60_000;

/** What to send and where. */
export interface PutOrder {
  readonly partNumber: number;
  readonly range: ByteRange;
  /** The presigned URL. */
  readonly url: string;
  /** The asset's filetype: it is part of the signature. */
  readonly filetype: string;
}

/**
 * Sends one part, one attempt.
 *
 * @param onSent Told the bytes handed to the connection so far.
 * @returns The digest of the bytes that the storage acknowledged.
 * @throws Unavailable, UrlExpired, Rejected by the storage's answer; RecordingChanged if the recording
 * ends inside the part.
 */
export async function putPart(
  digests: RangeDigest,
  source: RecordingSource,
  order: PutOrder,
  signal: AbortSignal,
  onSent: (sentBytes: number) => void,
): Promise<string> {
  // The signed headers of Frame.io's URLs are content-type, host and x-amz-acl; no Authorization.
  const headers = { "content-type": order.filetype, "x-amz-acl": "private" };
  let { url } = order;
  for (let hops = 0;; hops++) {
    const target = { url, headers, stallMs: STALL_MS };
    const { answer, digest } = await digests.send(source, order.range, target, signal, onSent);
    // S3's 200 to a PUT comes without a body; a login page, a proxy or a late error comes with one.
    if (answer.status === 200 && answer.text.trim() === "") return digest;
    const next = hops < MAX_HOPS ? redirectOf(answer, url) : null;
    if (next === null) throw storageError(order.partNumber, answer, order.url);
    url = next;
  }
}

/** How often one PUT is sent on to another place. */
const MAX_HOPS = 2;

/**
 * Where a 307 leads, or null. S3 sends a PUT to the bucket's region by it; method, headers and body stay
 * (Amazon S3, Request redirection). Other redirects are not S3's, and never is one out of TLS.
 */
function redirectOf(answer: PutAnswer, from: string): string | null {
  if (answer.status !== 307 || answer.location === undefined) return null;
  const to = URL.parse(answer.location, from);
  const isAsSafe = to?.protocol === "https:" || to?.protocol === new URL(from).protocol;
  return isAsSafe ? to.href : null;
}

/** Codes that pass by themselves (Amazon S3, List of error codes; retry set of well-kept clients). */
const PASSING = new Set([
  "RequestTimeout",
  "IncompleteBody",
  "BadDigest",
  "OperationAborted",
  "InternalError",
  "ServiceUnavailable",
  "SlowDown",
  "TemporaryRedirect",
]);

/** Codes that a fresh URL mends. */
const EXPIRED = new Set(["ExpiredToken", "TokenRefreshRequired"]);

/**
 * The class of an answer of the storage: its XML code first, the status second, since the same status
 * means different things (400 RequestTimeout passes, 501 NotImplemented never does).
 *
 * @param url The presigned URL that was answered so.
 */
export function storageError(partNumber: number, answer: PutAnswer, url: string): Error {
  const { status, text } = answer;
  const code = /<Code>\s*([A-Za-z]+)\s*<\/Code>/.exec(text)?.[1] ?? "";
  const said = code === "" ? `status ${status}` : `${status} ${code}`;
  const words = `Cannot store part ${partNumber}: the storage answered ${said}`;
  const denied = code === "AccessDenied";
  if ((denied && isExpired(answer, url)) || EXPIRED.has(code)) return new UrlExpired(words);
  if (code === "RequestTimeTooSkewed") {
    return new Unavailable(
      `${words}. Set this machine's clock: it is over 15 minutes off`,
      "storage",
    );
  }
  if (status === 407) {
    return new Unavailable(
      `Cannot store part ${partNumber}: a proxy asks for a name and a password (407). Write them into ` +
        "HTTP_PROXY, as http://NAME:PASSWORD@HOST:PORT",
      "network",
    );
  }
  if (status === 200 && code === "") {
    return new Unavailable(
      `Cannot store part ${partNumber}: something between here and the storage answered with a page ` +
        "of its own. Check for a login page of this network",
      "network",
    );
  }
  const passes = PASSING.has(code) || mayPass(status, code);
  return passes ? new Unavailable(words, "storage") : new Rejected(words, status);
}

/**
 * Whether a denial is one of an expired URL: Amazon says so in words; Ceph leaves its words empty, but its
 * clock, which decides, stands in the answer.
 */
function isExpired({ text, answeredAtMs }: PutAnswer, url: string): boolean {
  if (/has expired/i.test(text)) return true;
  return answeredAtMs !== undefined && isOver(url, answeredAtMs);
}

/** Statuses below 500 with which a box in between may have answered, where there is no code. */
const OF_BOXES = [403, 407, 408, 409, 425];

/** Whether trying again can help, by the status alone: for a code that no table knows, or for none. */
function mayPass(status: number, code: string): boolean {
  if (status === 429 || (status >= 500 && status !== 501)) return true;
  return code === "" && (status < 400 || OF_BOXES.includes(status));
}
