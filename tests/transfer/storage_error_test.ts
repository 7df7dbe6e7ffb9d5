import { assert, assertEquals, assertInstanceOf, assertMatch, assertNotMatch } from "@std/assert";
import { Rejected, Unavailable } from "../../src/errors.ts";
import { storageError as errorOf } from "../../src/transfer/put.ts";

const URL_OF_A_DAY = "https://s3.test/parts/a/part_7?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
  "&X-Amz-Date=20261120T120000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=ab";

function storageError(partNumber: number, status: number, text: string): Error {
  return errorOf(partNumber, { status, text }, URL_OF_A_DAY);
}

const NAMES = { retry: "Unavailable", "new URL": "UrlExpired", stop: "Rejected" };
type Remedy = keyof typeof NAMES;

/** An error document as S3 writes it. */
function xml(code: string, message = "No.", more = ""): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code>` +
    `<Message>${message}</Message>${more}<RequestId>4442587FB7D0A2F9</RequestId>` +
    "<HostId>c29tZQ==</HostId></Error>";
}

const HTML = "<!DOCTYPE html><html><body>Please log in</body></html>";

/** Status, body, remedy: one line for each line of the fact sheet's table of S3 errors (B.3). */
const TABLE: readonly [status: number, text: string, remedy: Remedy][] = [
  [403, xml("AccessDenied", "Request has expired", "<Expires>2024</Expires>"), "new URL"],
  [403, xml("AccessDenied", "Access Denied"), "stop"],
  [403, xml("SignatureDoesNotMatch"), "stop"],
  [403, xml("RequestTimeTooSkewed"), "retry"],
  [400, xml("RequestTimeout", "Your socket connection was not read from"), "retry"],
  [400, xml("IncompleteBody"), "retry"],
  [400, xml("BadDigest"), "retry"],
  [400, xml("EntityTooSmall"), "stop"],
  [400, xml("EntityTooLarge"), "stop"],
  [400, xml("InvalidArgument"), "stop"],
  [400, xml("ExpiredToken"), "new URL"],
  [400, xml("TokenRefreshRequired"), "new URL"],
  [404, xml("NoSuchUpload"), "stop"],
  [404, xml("NoSuchKey"), "stop"],
  [404, xml("NoSuchBucket"), "stop"],
  [409, xml("OperationAborted"), "retry"],
  [411, xml("MissingContentLength"), "stop"],
  [412, xml("PreconditionFailed"), "stop"],
  [500, xml("InternalError"), "retry"],
  [501, xml("NotImplemented", "A header", "<Header>Transfer-Encoding</Header>"), "stop"],
  [503, xml("SlowDown"), "retry"],
  [503, xml("ServiceUnavailable"), "retry"],
  [307, xml("TemporaryRedirect"), "retry"],
  [301, xml("PermanentRedirect"), "stop"],
  // The code comes first, whatever status stands in front of it.
  [200, xml("InternalError"), "retry"],
  [400, xml("SlowDown"), "retry"],
  [500, xml("ExpiredToken"), "new URL"],
  // A code that no table knows: the status decides.
  [503, xml("Busy"), "retry"],
  [500, xml("SomethingNew"), "retry"],
  [429, xml("TooManyRequests"), "retry"],
  [400, xml("SomethingNew"), "stop"],
  [501, xml("SomethingNew"), "stop"],
  // Without a code some box in between has answered.
  [502, "", "retry"],
  [503, "", "retry"],
  [504, "", "retry"],
  [500, "", "retry"],
  [501, "", "stop"],
  [403, "", "retry"],
  [403, HTML, "retry"],
  [407, HTML, "retry"],
  [408, "", "retry"],
  [429, "", "retry"],
  [511, HTML, "retry"],
  [302, HTML, "retry"],
  [200, HTML, "retry"],
  [400, "", "stop"],
  [404, HTML, "stop"],
  [411, "", "stop"],
  [413, HTML, "stop"],
];

Deno.test("storageError() gives each answer of the storage the class of its remedy", () => {
  for (const [status, text, remedy] of TABLE) {
    const error = storageError(7, status, text);
    const row = `${status} ${text.slice(0, 80)}`;
    assertEquals(error.name, NAMES[remedy], row);
    if (error instanceof Rejected) assertEquals(error.status, status, row);
    assertMatch(error.message, /^Cannot store part 7: /);
  }
});

Deno.test("storageError() names status and code, and nothing else of the answer", () => {
  const secret = "<StringToSign>AWS4 X-Amz-Signature=abc</StringToSign>";
  const error = storageError(3, 403, xml("SignatureDoesNotMatch", "https://s3/?X-Amz-", secret));
  assertEquals(
    error.message,
    "Cannot store part 3: the storage answered 403 SignatureDoesNotMatch",
  );
  assertNotMatch(storageError(3, 403, HTML).message, /log in/);
});

Deno.test("storageError() reads a code with space around it, and of any place in the document", () => {
  const error = storageError(1, 403, "<Error>\n <Message>x</Message>\n <Code> SlowDown </Code>");
  assertInstanceOf(error, Unavailable);
});

Deno.test("storageError() names the remedy of a wrong clock", () => {
  const error = storageError(1, 403, xml("RequestTimeTooSkewed"));
  assert(error instanceof Unavailable && error.outage === "storage");
  assertMatch(error.message, /Set this machine's clock/);
});

Deno.test("storageError() calls a page that came as 200 what it is", () => {
  const error = storageError(1, 200, HTML);
  assert(error instanceof Unavailable && error.outage === "network");
  assertMatch(error.message, /answered with a page of its own/);
});

Deno.test("storageError() takes a denial without words for an expired URL, if it is over by the storage's clock", () => {
  // So answers Ceph's radosgw.
  const text = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>AccessDenied</Code>' +
    "<Message></Message><RequestId>tx0</RequestId><HostId>100e-default-default</HostId></Error>";
  const end = Date.parse("2026-11-21T12:00:00Z");
  const nameAt = (answeredAtMs: number | undefined, url = URL_OF_A_DAY, said = text) => {
    const answer = { status: 403, text: said };
    return errorOf(7, answeredAtMs === undefined ? answer : { ...answer, answeredAtMs }, url).name;
  };
  assertEquals(nameAt(end), "UrlExpired");
  assertEquals(nameAt(end + 86_400_000), "UrlExpired");
  assertEquals(nameAt(end - 1), "Rejected", "it is not over");
  assertEquals(nameAt(undefined), "Rejected", "nobody says what time it is");
  assertEquals(nameAt(end, "https://s3.test/parts/a/part_7"), "Rejected", "without an end");
  assertEquals(nameAt(end, URL_OF_A_DAY, xml("SignatureDoesNotMatch")), "Rejected", "other code");
  assertEquals(nameAt(end, URL_OF_A_DAY, ""), "Unavailable", "some box in between");
});
