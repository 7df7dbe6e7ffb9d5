import { assertEquals, assertStringIncludes } from "@std/assert";
import { checkPresigned, presign, type SigningKey } from "../../src/sandbox/sigv4.ts";

/** The keys of Amazon's published examples. */
const EXAMPLE_KEY: SigningKey = {
  accessKeyId: "AKIAIOSFODNN7EXAMPLE",
  secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
  region: "us-east-1",
};
const SIGNED_AT = new Date("2013-05-24T00:00:00Z");

const ORDER = {
  method: "PUT",
  url: "http://127.0.0.1:9000/s3/parts/abc/part_7",
  headers: { "content-type": "video/mp4", "x-amz-acl": "private" },
  signedAt: SIGNED_AT,
  lifeSeconds: 86_400,
};
const HEADERS = { ...ORDER.headers, host: "127.0.0.1:9000" };

function check(
  change: { method?: string; url?: string; headers?: Record<string, string>; now?: Date },
) {
  const { method = "PUT", url = presign(ORDER, EXAMPLE_KEY), headers = HEADERS } = change;
  const now = change.now ?? new Date(SIGNED_AT.getTime() + 60_000);
  return checkPresigned({ method, url, headers: new Headers(headers) }, EXAMPLE_KEY, now);
}

Deno.test("presign() gives the signature of Amazon's published example", () => {
  const url = presign({
    method: "GET",
    url: "https://examplebucket.s3.amazonaws.com/test.txt",
    headers: {},
    signedAt: SIGNED_AT,
    lifeSeconds: 86_400,
  }, EXAMPLE_KEY);
  assertEquals(
    url,
    "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
      "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request" +
      "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
      "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
  );
});

Deno.test("presign() sorts parameters by name and encodes all but unreserved characters", () => {
  const url = presign({ ...ORDER, url: `${ORDER.url}?a-b=1&a=it's (1)` }, EXAMPLE_KEY);
  assertStringIncludes(url, "&a=it%27s%20%281%29&a-b=1&");
});

Deno.test("checkPresigned() accepts exactly what presign() signed", () => {
  assertEquals(check({}), null);
});

Deno.test("checkPresigned() signs runs of spaces in a header as one, as SigV4 asks", () => {
  const headers = { ...ORDER.headers, "content-type": "video/mp4; a=b" };
  const url = presign({ ...ORDER, headers }, EXAMPLE_KEY);
  const sent = { ...HEADERS, "content-type": "video/mp4;   a=b" };
  assertEquals(check({ url, headers: sent }), null);
});

Deno.test("checkPresigned() tells a request without signature as unsigned", () => {
  assertEquals(check({ url: ORDER.url }), { kind: "unsigned" });
});

Deno.test("checkPresigned() names the signature parameter that is missing or malformed", () => {
  for (
    const parameter of ["X-Amz-Algorithm", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders"]
  ) {
    const url = new URL(presign(ORDER, EXAMPLE_KEY));
    url.searchParams.delete(parameter);
    assertEquals(check({ url: url.href }), { kind: "malformed", parameter });
  }
  const url = presign(ORDER, EXAMPLE_KEY);
  const longLife = url.replace("X-Amz-Expires=86400", "X-Amz-Expires=1e9");
  assertEquals(check({ url: longLife }), { kind: "malformed", parameter: "X-Amz-Expires" });
  const noDay = url.replace("20130524T", "20131399T");
  assertEquals(check({ url: noDay }), { kind: "malformed", parameter: "X-Amz-Date" });
});

Deno.test("checkPresigned() expires a URL at the end of its life, not before", () => {
  const expiredAt = new Date(SIGNED_AT.getTime() + 86_400_000);
  assertEquals(check({ now: new Date(expiredAt.getTime() - 1) }), null);
  assertEquals(check({ now: expiredAt }), { kind: "expired", expiredAt, lifeSeconds: 86_400 });
});

Deno.test("checkPresigned() refuses headers of Amazon's that are not signed, and takes all others", () => {
  const more = { ...HEADERS, "x-amz-meta-b": "1", "x-amz-date": "2", "x-scene": "7" };
  assertEquals(check({ headers: more }), {
    kind: "headers",
    names: ["x-amz-date", "x-amz-meta-b"],
  });
  assertEquals(check({ headers: { ...HEADERS, "x-scene": "7" } }), null);
});

Deno.test("checkPresigned() refuses another method, path, query, signed header or key", () => {
  const mismatch = { kind: "mismatch" };
  const url = presign(ORDER, EXAMPLE_KEY);
  assertEquals(check({ method: "GET" }), mismatch);
  assertEquals(check({ url: url.replace("part_7", "part_8") }), mismatch);
  assertEquals(check({ url: url.replace("86400", "86401") }), mismatch);
  assertEquals(check({ url: `${url}&x=1` }), mismatch);
  assertEquals(check({ url: `${url}&x=%ZZ` }), mismatch);
  assertEquals(check({ url: url.replace("host%3B", "h%20%3B") }), mismatch);
  assertEquals(check({ url: url.slice(0, -1) }), mismatch);
  for (const name of ["content-type", "x-amz-acl", "host"] as const) {
    assertEquals(check({ headers: { ...HEADERS, [name]: "other" } }), mismatch);
    const { [name]: _, ...others } = HEADERS;
    assertEquals(check({ headers: others }), mismatch);
  }
  const other = presign(ORDER, { ...EXAMPLE_KEY, secretAccessKey: "other" });
  assertEquals(check({ url: other }), mismatch);
});
