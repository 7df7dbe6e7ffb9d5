import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The keys and the scope that URLs are signed with. */
export interface SigningKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** AWS region in the scope, e.g. `us-east-1`. */
  readonly region: string;
}

/** What a presigned URL will permit: this method on this address, with exactly these headers. */
export interface PresignOrder {
  readonly method: string;
  /** Address without any signature, e.g. `http://127.0.0.1:9000/s3/parts/x/part_1`. */
  readonly url: string;
  /** Headers to sign besides `host`, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signedAt: Date;
  /** Seconds from `signedAt` until the URL expires. */
  readonly lifeSeconds: number;
}

/** A request that claims to carry a presigned URL, as it arrived. */
export interface SignedRequest {
  readonly method: string;
  /** The whole address with its query, as sent. */
  readonly url: string;
  readonly headers: Headers;
}

/** Why a presigned request is not accepted. */
export type PresignFault =
  /** It carries no signature at all. */
  | { readonly kind: "unsigned" }
  /** A query parameter of the signature is missing or is not of its form. */
  | { readonly kind: "malformed"; readonly parameter: string }
  | { readonly kind: "expired"; readonly expiredAt: Date; readonly lifeSeconds: number }
  /** Headers that begin with `x-amz-` have to be signed, all of them. */
  | { readonly kind: "headers"; readonly names: readonly string[] }
  /** Another method, path, query or signed header than was signed. */
  | { readonly kind: "mismatch" };

const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * Signs an address with SigV4 query authentication for S3, payload unsigned (Amazon S3 API Reference,
 * "Authenticating Requests: Using Query Parameters").
 *
 * @returns The address with its `X-Amz-*` parameters. It is a secret until it expires.
 */
export function presign(order: PresignOrder, key: SigningKey): string {
  const url = new URL(order.url);
  const stamp = isoBasic(order.signedAt);
  const headers = new Headers({ ...order.headers, host: url.host });
  const signedHeaders = [...headers.keys()].sort();
  const query: Pair[] = [
    ...pairsOf(url.search),
    ["X-Amz-Algorithm", ALGORITHM],
    ["X-Amz-Credential", `${key.accessKeyId}/${scope(stamp, key)}`],
    ["X-Amz-Date", stamp],
    ["X-Amz-Expires", String(order.lifeSeconds)],
    ["X-Amz-SignedHeaders", signedHeaders.join(";")],
  ];
  const signature = sign(
    canonicalRequest(order.method, url.pathname, query, signedHeaders, headers),
    stamp,
    key,
  );
  return `${url.origin}${url.pathname}?${canonicalQuery(query)}&X-Amz-Signature=${signature}`;
}

/**
 * Checks a request against the signature in its query, as S3 does on arrival.
 *
 * @returns What is wrong, or null when the request is exactly what was signed and still in time.
 */
export function checkPresigned(
  request: SignedRequest,
  key: SigningKey,
  now: Date,
): PresignFault | null {
  const url = new URL(request.url);
  const query = pairsOf(url.search);
  const given = new Map(query);
  const signature = given.get("X-Amz-Signature");
  if (signature === undefined) return { kind: "unsigned" };

  const malformed = (parameter: string): PresignFault => ({ kind: "malformed", parameter });
  if (given.get("X-Amz-Algorithm") !== ALGORITHM) return malformed("X-Amz-Algorithm");
  const stamp = given.get("X-Amz-Date") ?? "";
  const signedAt = parseIsoBasic(stamp);
  if (signedAt === null) return malformed("X-Amz-Date");
  const expires = given.get("X-Amz-Expires") ?? "";
  if (!/^\d{1,9}$/.test(expires)) return malformed("X-Amz-Expires");
  const signedHeaders = given.get("X-Amz-SignedHeaders");
  if (signedHeaders === undefined) return malformed("X-Amz-SignedHeaders");

  const lifeSeconds = Number(expires);
  const expiredAt = new Date(signedAt.getTime() + lifeSeconds * 1000);
  if (now >= expiredAt) return { kind: "expired", expiredAt, lifeSeconds };

  const isSigned = new Set(signedHeaders.split(";"));
  const names = [...request.headers.keys()]
    .filter((name) => name.startsWith("x-amz-") && !isSigned.has(name));
  if (names.length > 0) return { kind: "headers", names };

  const signed = query.filter(([name]) => name !== "X-Amz-Signature");
  const expected = sign(
    canonicalRequest(
      request.method,
      url.pathname,
      signed,
      signedHeaders.split(";"),
      request.headers,
    ),
    stamp,
    key,
  );
  return sameText(signature, expected) ? null : { kind: "mismatch" };
}

type Pair = readonly [name: string, value: string];

function canonicalRequest(
  method: string,
  path: string,
  query: readonly Pair[],
  signedHeaders: readonly string[],
  headers: Headers,
): string {
  const lines = signedHeaders.map((name) =>
    `${name}:${(headerOf(headers, name) ?? "").trim().replace(/ +/g, " ")}\n`
  );
  return [
    method,
    path, // S3 encodes a path once, and it arrives encoded
    canonicalQuery(query),
    lines.join(""),
    signedHeaders.join(";"),
    "UNSIGNED-PAYLOAD",
  ].join("\n");
}

function sign(canonical: string, stamp: string, key: SigningKey): string {
  const toSign = [ALGORITHM, stamp, scope(stamp, key), sha256Hex(canonical)].join("\n");
  const steps = [stamp.slice(0, 8), key.region, "s3", "aws4_request"];
  const signingKey = steps.reduce(hmac, Buffer.from(`AWS4${key.secretAccessKey}`));
  return hmac(signingKey, toSign).toString("hex");
}

function scope(stamp: string, key: SigningKey): string {
  return `${stamp.slice(0, 8)}/${key.region}/s3/aws4_request`;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function sha256Hex(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** A header by a name that came with the request and may be no header's name at all. */
function headerOf(headers: Headers, name: string): string | null {
  try {
    return headers.get(name);
  } catch {
    return null;
  }
}

function pairsOf(search: string): Pair[] {
  return search.replace(/^\?/, "").split("&").filter((text) => text !== "").map((text) => {
    const equals = text.indexOf("=");
    const [name, value] = equals < 0 ? [text, ""] : [text.slice(0, equals), text.slice(equals + 1)];
    return [decode(name), decode(value)];
  });
}

function canonicalQuery(pairs: readonly Pair[]): string {
  const encoded = pairs.map(([name, value]) => [encode(name), encode(value)] as const);
  encoded.sort((a, b) => order(a[0], b[0]) || order(a[1], b[1]));
  return encoded.map(([name, value]) => `${name}=${value}`).join("&");
}

/** By code point, as SigV4 sorts; encoded text is ASCII. */
function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-encodes all but the unreserved characters of RFC 3986, as SigV4 asks. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // Broken escapes were never signed: the signature will not match.
  }
}

/** `20130524T000000Z`. */
function isoBasic(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function parseIsoBasic(text: string): Date | null {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour, minute, second] = match;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time.getTime()) ? null : time;
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
