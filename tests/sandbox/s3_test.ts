import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as net from "node:net";
import {
  connectRaw,
  FIVE_MIB,
  incomingCount,
  put,
  putHead,
  putStatus,
  type SandboxClient,
  someBytes,
  until,
  withSandbox,
} from "./sandbox_client.ts";

const BYTES = someBytes(FIVE_MIB, 1);

/** An asset with part 1 of 5 MiB registered: its id and the part's URL. */
async function oneAwaited(client: SandboxClient): Promise<{ id: string; url: string }> {
  const id = await client.create();
  const [url] = await client.register(id, [{ number: 1, size: FIVE_MIB, is_final: false }]);
  return { id, url: url! };
}

/** Checks an S3 error and that nothing was stored; returns the XML. */
async function refused(response: Response, status: number, code: string): Promise<string> {
  const xml = await response.text();
  assertEquals(response.status, status, xml);
  assertEquals(response.headers.get("content-type"), "application/xml");
  assertMatch(response.headers.get("x-amz-request-id") ?? "", /./);
  assertMatch(
    xml,
    new RegExp(`<Error><Code>${code}</Code><Message>.+</Message>.*<RequestId>.+</HostId></Error>$`),
  );
  return xml;
}

async function assertNothingStored(client: SandboxClient, id: string, dir: string): Promise<void> {
  const [part] = (await client.shown(id)).parts;
  assertEquals([part!.storedAt, part!.putCount], [null, 0]);
  assertEquals(incomingCount(dir), 0);
}

Deno.test("PUT stores a part and answers 200 with a quoted ETag and no body", () =>
  withSandbox(async (client) => {
    const { id, url } = await oneAwaited(client);
    const before = Date.now();
    const response = await put(url, BYTES);
    assertEquals([response.status, await response.text()], [200, ""]);
    assertMatch(response.headers.get("etag") ?? "", /^"[0-9a-f]+"$/);
    const { status, parts: [part] } = await client.shown(id);
    assertEquals([status, part!.number, part!.size, part!.putCount], ["uploading", 1, FIVE_MIB, 1]);
    const storedAt = new Date(part!.storedAt!);
    assertEquals(storedAt.toISOString(), part!.storedAt);
    assert(storedAt.getTime() >= before && storedAt.getTime() <= Date.now());
  }));

Deno.test("PUT refuses another Content-Type, ACL or URL with SignatureDoesNotMatch", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    for (
      const headers of [
        { "content-type": "video/mp4" },
        { "content-type": "" },
        { "x-amz-acl": "public-read" },
        { "x-amz-acl": "" },
      ]
    ) {
      const response = await put(url, BYTES, headers as Record<string, string>);
      await refused(response, 403, "SignatureDoesNotMatch");
    }
    const changes = [["part_1", "part_2"], ["86400", "99999"], ["127.0.0.1", "localhost"]] as const;
    for (const [from, to] of changes) {
      const changed = url.replace(from, to);
      await refused(await put(changed, BYTES), 403, "SignatureDoesNotMatch");
    }
    const read = await fetch(url, { headers: { "x-amz-acl": "private" } });
    await refused(read, 403, "SignatureDoesNotMatch");
    await assertNothingStored(client, id, dir);
  }));

Deno.test("PUT refuses an x-amz header that is not signed, and names it, as S3 does", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    const more = { "x-amz-meta-scene": "7" };
    const xml = await refused(await put(url, BYTES, more), 403, "AccessDenied");
    assertStringIncludes(xml, "<HeadersNotSigned>x-amz-meta-scene</HeadersNotSigned>");
    await assertNothingStored(client, id, dir);
  }));

Deno.test("PUT refuses a URL past its life with AccessDenied, Request has expired", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    const xml = await refused(await put(url, BYTES), 403, "AccessDenied");
    assertStringIncludes(xml, "<Message>Request has expired</Message>");
    assertMatch(
      xml,
      /<X-Amz-Expires>0<\/X-Amz-Expires><Expires>[\d-]+T[\d:]+Z<\/Expires><ServerTime>[\d-]+T[\d:]+Z</,
    );
    await assertNothingStored(client, id, dir);
  }, { urlLifeSeconds: 0 }));

Deno.test("PUT refuses a request without signature with AccessDenied", () =>
  withSandbox(async (client) => {
    const { url } = await oneAwaited(client);
    const xml = await refused(await put(url.split("?")[0]!, BYTES), 403, "AccessDenied");
    assertStringIncludes(xml, "<Message>Access Denied</Message>");
  }));

Deno.test("PUT refuses a signature with a parameter missing", () =>
  withSandbox(async (client) => {
    const { url } = await oneAwaited(client);
    const changed = url.replace(/&X-Amz-Date=[^&]+/, "");
    await refused(await put(changed, BYTES), 400, "AuthorizationQueryParametersError");
  }));

Deno.test("PUT refuses an Authorization header beside the signature with InvalidArgument", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    const response = await put(url, BYTES, { authorization: "Bearer sandbox" });
    await refused(response, 400, "InvalidArgument");
    await assertNothingStored(client, id, dir);
  }));

Deno.test("PUT refuses Transfer-Encoding: chunked with 501 NotImplemented", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    const response = await fetch(url, {
      method: "PUT",
      headers: { "content-type": "video/quicktime", "x-amz-acl": "private" },
      body: new Blob([BYTES]).stream(),
    });
    const xml = await refused(response, 501, "NotImplemented");
    assertStringIncludes(xml, "<Header>Transfer-Encoding</Header>");
    await assertNothingStored(client, id, dir);
  }));

Deno.test("PUT refuses a request without length with 411 MissingContentLength", () =>
  withSandbox(async (client) => {
    const { url } = await oneAwaited(client);
    using raw = await connectRaw(url);
    await raw.send(putHead(url));
    const answer = await raw.answer("</Error>");
    assertMatch(answer, /^HTTP\/1.1 411 [^]*<Code>MissingContentLength<\/Code>/);
  }));

Deno.test("PUT refuses another length than was registered, and names both", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    const short = await put(url, BYTES.subarray(1));
    assertStringIncludes(
      await refused(short, 400, "EntityTooSmall"),
      "5242879 bytes, but the part was registered with 5242880",
    );
    await refused(await put(url, new Uint8Array(0)), 400, "EntityTooSmall");
    await refused(await put(url, new Uint8Array(FIVE_MIB + 1)), 400, "EntityTooLarge");
    await assertNothingStored(client, id, dir);
  }));

Deno.test("PUT refuses before it reads a byte of the body", () =>
  withSandbox(async (client) => {
    const { url } = await oneAwaited(client);
    using raw = await connectRaw(url);
    await raw.send(putHead(url, "Content-Length: 5368709120"));
    const answer = await raw.answer("</Error>");
    assertMatch(answer, /^HTTP\/1.1 400 [^]*connection: close[^]*<Code>EntityTooLarge<\/Code>/);
  }));

Deno.test("PUT answers a body that ends early with IncompleteBody and stores nothing", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    using raw = await connectRaw(url);
    await raw.send(putHead(url, `Content-Length: ${FIVE_MIB}`));
    await raw.send(BYTES.subarray(1));
    await raw.endSending();
    const answer = await raw.answer("</Error>");
    assertMatch(answer, /^HTTP\/1.1 400 [^]*<Code>IncompleteBody<\/Code>/);
    await assertNothingStored(client, id, dir);
  }));

Deno.test("PUT survives a connection reset inside the body and stores nothing", () =>
  withSandbox(async (client, dir) => {
    const { id, url } = await oneAwaited(client);
    const { hostname, port } = new URL(url);
    const socket = net.connect(Number(port), hostname);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    socket.on("error", () => {}); // the reset itself
    socket.write(putHead(url, `Content-Length: ${FIVE_MIB}`));
    await new Promise((sent) => socket.write(BYTES.subarray(0, 1024 * 1024), sent));
    await until(() => incomingCount(dir) === 1);
    socket.resetAndDestroy();
    await closed;
    await until(() => incomingCount(dir) === 0);
    await assertNothingStored(client, id, dir);
    assertEquals(await putStatus(url, BYTES), 200);
  }));

Deno.test("PUT counts a repetition and keeps its bytes instead of the earlier ones", () =>
  withSandbox(async (client) => {
    const { id, url } = await oneAwaited(client);
    assertEquals(await putStatus(url, BYTES), 200);
    const first = (await client.shown(id)).parts[0]!;
    assertEquals(await putStatus(url, someBytes(FIVE_MIB, 2)), 200);
    const second = (await client.shown(id)).parts[0]!;
    assertEquals([first.putCount, second.putCount], [1, 2]);
    assert(second.storedAt! >= first.storedAt!);
    const [end] = await client.register(id, [{ number: 2, size: 1, is_final: true }], FIVE_MIB + 1);
    assertEquals(await putStatus(end!, someBytes(1, 3)), 200);
    await client.completed(id);
    const response = await fetch(`${client.baseUrl}/sandbox/assets/${id}/file`);
    const file = new Uint8Array(await response.arrayBuffer());
    assertEquals(file.subarray(0, FIVE_MIB), someBytes(FIVE_MIB, 2));
  }));

Deno.test("PUT answers a failure of the disk with 500 InternalError and stores nothing", () =>
  withSandbox(async (client) => {
    const { id, url } = await oneAwaited(client);
    const xml = await refused(await put(url, BYTES), 500, "InternalError");
    assertStringIncludes(xml, "disk &lt;full&gt; &amp; more");
    assertEquals((await client.shown(id)).parts[0]!.storedAt, null);
  }, {
    parts: {
      write: () => Promise.reject(new Error("disk <full> & more")),
      read: () => Promise.resolve(null),
    },
  }));
