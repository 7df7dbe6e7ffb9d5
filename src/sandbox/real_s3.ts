import { Config } from "../errors.ts";
import { presign, type SigningKey } from "./sigv4.ts";

/** A bucket on an S3 server, and who may use it. */
export interface S3Place extends SigningKey {
  /** E.g. `http://127.0.0.1:7480`, without a slash at the end. */
  readonly endpoint: string;
  readonly bucket: string;
  /** Goes with keys that live for a while only (AWS Security Token Service). */
  readonly sessionToken?: string;
}

/** An object as the server lists it. */
export interface StoredObject {
  readonly sizeBytes: number;
  /** ISO 8601, by the server's clock. */
  readonly storedAt: string;
}

/** The parts in a bucket. Every request carries a presigned URL, as those of the uploader do. */
export interface RealS3 {
  /** The secret that permits PUTs of one part, signed over `content-type;host;x-amz-acl`. */
  urlOf(
    target: { readonly assetId: string; readonly number: number; readonly filetype: string },
    life: { readonly lifeSeconds: number; readonly signedAt: Date },
  ): string;
  /** The parts of an asset that are there, by number. */
  list(assetId: string): Promise<ReadonlyMap<number, StoredObject>>;
  /** The bytes of a part. */
  read(assetId: string, number: number): Promise<ReadableStream<Uint8Array>>;
  /** Breaks off what is under way. */
  close(): void;
}

/** How long the server may take to begin its answer, in milliseconds. */
const ANSWER_MS = 30_000;

/** Life of the sandbox's own URLs in seconds: each is used at once, by a clock that may be off. */
const OWN_LIFE_SECONDS = 900;

/** Most pages of a list: 10,000 parts in pages of 1,000 (Amazon S3, ListObjectsV2). */
const MOST_PAGES = 10;

/** Most bytes of one page: 1,000 objects have less than 500 bytes each. */
const MOST_LIST_BYTES = 1024 * 1024;

/**
 * Opens a bucket, which must be there.
 *
 * @throws Config if the server cannot be reached or does not let these keys list the bucket.
 */
export async function openRealS3(place: S3Place): Promise<RealS3> {
  const closed = new AbortController();
  const base = `${place.endpoint}/${place.bucket}`;
  const session: Record<string, string> = place.sessionToken === undefined
    ? {}
    : { "X-Amz-Security-Token": place.sessionToken };
  const keyOf = (assetId: string, number: number) => `parts/${assetId}/part_${number}`;

  async function get(path: string, query: Record<string, string> = {}): Promise<Response> {
    const url = presign({
      method: "GET",
      url: `${base}${path}?${new URLSearchParams({ ...query, ...session })}`,
      headers: {},
      signedAt: new Date(),
      lifeSeconds: OWN_LIFE_SECONDS,
    }, place);
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), ANSWER_MS);
    try {
      const signal = AbortSignal.any([closed.signal, late.signal]);
      const response = await fetch(url, { signal, redirect: "manual" });
      if (response.status === 200) return response;
      const code = /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? "";
      throw new Error(`it answered ${response.status} ${code}`.trimEnd());
    } catch (error) {
      // Fetch's own words hold the whole URL.
      if (/^it answered/.test((error as Error).message)) throw error;
      throw new Error(late.signal.aborted ? `no answer in ${ANSWER_MS} ms` : "no connection");
    } finally {
      clearTimeout(timer);
    }
  }

  async function list(assetId: string): Promise<Map<number, StoredObject>> {
    const found = new Map<number, StoredObject>();
    let query: Record<string, string> = { "list-type": "2", prefix: `parts/${assetId}/` };
    for (let pages = 0; pages < MOST_PAGES; pages++) {
      const xml = await textOf(await get("", query));
      for (const [, object] of xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)) {
        const number = /\/part_(\d+)$/.exec(element(object!, "Key") ?? "")?.[1];
        const sizeBytes = Number(element(object!, "Size") ?? NaN);
        const storedAt = element(object!, "LastModified");
        if (number === undefined || storedAt === null) continue;
        found.set(Number(number), { sizeBytes, storedAt });
      }
      const next = element(xml, "NextContinuationToken");
      if (next === null) break;
      query = { ...query, "continuation-token": next };
    }
    return found;
  }

  try {
    await (await get("", { "list-type": "2", "max-keys": "1" })).body?.cancel();
  } catch (error) {
    throw new Config(
      `Cannot use bucket ${place.bucket} at ${place.endpoint}: ${(error as Error).message}. ` +
        "Name another with --s3 and --bucket, or check the AWS variables",
    );
  }

  return {
    urlOf: ({ assetId, number, filetype }, life) =>
      presign({
        method: "PUT",
        url: `${base}/${keyOf(assetId, number)}?${new URLSearchParams(session)}`,
        headers: { "content-type": filetype, "x-amz-acl": "private" },
        ...life,
      }, place),
    list,
    async read(assetId, number) {
      return (await get(`/${keyOf(assetId, number)}`)).body!;
    },
    close: () => closed.abort(),
  };
}

/** The body of a list. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const bytes of response.body!) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MOST_LIST_BYTES) throw new Error("its list is longer than any can be");
  }
  return text + decoder.decode();
}

/** The text of the first element of that name, or null. */
function element(xml: string, name: string): string | null {
  const text = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
  return text?.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"')
    .replaceAll("&amp;", "&") ?? null;
}
