import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import { Rejected, TokenExpired, Unavailable } from "../../src/errors.ts";
import {
  statusWords,
  type UploadStatus,
  v2Status,
  v4Status,
} from "../../src/frameio/asset_status.ts";
import { ACCOUNT } from "../../src/sandbox/world.ts";
import { put, type SandboxClient, someBytes } from "../sandbox/sandbox_client.ts";
import {
  lineOf,
  type Said,
  signal,
  v2Error,
  v4Error,
  withAnswers,
  withFrameio,
} from "./service.ts";

const AT = "2026-11-20T12:00:00Z";
const LATER = "2026-11-20T12:01:00Z";

/** The status by these fields of the V4 status route. */
async function byV4(data: unknown): Promise<UploadStatus> {
  let status: UploadStatus;
  const answer = (path: string): Said =>
    path.endsWith("/status")
      ? { json: { data } }
      : { json: { data: { id: "f1", name: "a.mov", view_url: "https://next.frame.io/f1" } } };
  await withAnswers((request) => answer(lineOf(request)), async ({ call }, { requests }) => {
    status = await v4Status(call, "acc/1")("f/1", signal);
    assertEquals(requests.map(lineOf), [
      "GET /v4/accounts/acc%2F1/files/f%2F1",
      "GET /v4/accounts/acc%2F1/files/f%2F1/status",
    ]);
  });
  return status!;
}

Deno.test("v4Status() reads each state of the status route, with the file's name and link", async () => {
  const cases: readonly [data: unknown, is: UploadStatus["is"], words: RegExp][] = [
    [{ uploaded_at: null, upload_complete: false, upload_failed: false }, "waiting", /not begun/],
    [{ uploaded_at: AT, upload_complete: false }, "under_way", /under way since 2026-11-20T12:00/],
    [
      { uploaded_at: AT, upload_complete: true, upload_completed_at: LATER },
      "complete",
      /^complete: Frame\.io has every byte since 2026-11-20T12:01:00Z$/,
    ],
    [{ uploaded_at: AT, upload_complete: false, upload_failed: true }, "failed", /^failed: delete/],
    [{ upload_complete: true, upload_failed: true }, "failed", /upload the file again/],
    [{}, "waiting", /not complete/],
    [{ upload_complete: "true", uploaded_at: 7 }, "waiting", /not complete/],
  ];
  for (const [data, is, words] of cases) {
    const status = await byV4(data);
    assertEquals([status.is, status.name, status.viewUrl], [
      is,
      "a.mov",
      "https://next.frame.io/f1",
    ]);
    assertMatch(statusWords(status), words);
  }
});

Deno.test("v2Status() reads the state from the asset's own times", async () => {
  const cases: readonly [answer: Record<string, unknown>, is: UploadStatus["is"]][] = [
    [{ upload_completed_at: null, upload_failed_at: null }, "under_way"],
    [{ upload_completed_at: LATER, upload_failed_at: null }, "complete"],
    [{ upload_completed_at: null, upload_failed_at: LATER }, "failed"],
    [{ upload_completed_at: AT, upload_failed_at: LATER }, "failed"],
    [{ status: "uploaded" }, "under_way"],
  ];
  for (const [answer, is] of cases) {
    const json = { id: "a1", name: "a.mov", type: "file", ...answer };
    await withAnswers(() => ({ json }), async ({ call }, { requests }) => {
      const status = await v2Status(call)("a/1", signal);
      assertEquals([status.id, status.name, status.is, status.viewUrl], ["a1", "a.mov", is, null]);
      assertEquals(lineOf(requests[0]), "GET /v2/assets/a%2F1");
    });
  }
  await withAnswers(() => ({ json: { id: "f", type: "folder" } }), async ({ call }) => {
    await assertRejects(() => v2Status(call)("f", signal), Rejected, "f is a folder");
  });
});

Deno.test("a status shows no link that is no web address", async () => {
  for (const view_url of ["javascript:alert(1)", "", 7, null, "next.frame.io/x"]) {
    const json = { id: "a1", view_url };
    await withAnswers(() => ({ json }), async ({ call }) => {
      assertEquals((await v2Status(call)("a1", signal)).viewUrl, null);
    });
  }
});

Deno.test("a status that cannot be had says why", async () => {
  await withAnswers(() => v2Error(404, "none"), async ({ call }) => {
    await assertRejects(() => v2Status(call)("a1", signal), Rejected, "Check the id");
  });
  await withAnswers(() => v2Error(401, "no"), async ({ call }) => {
    await assertRejects(() => v2Status(call)("a1", signal), TokenExpired);
  });
  for (const odd of ["null", "[]", {}, { id: 7 }]) {
    await withAnswers(() => ({ json: odd }), async ({ call }) => {
      await assertRejects(() => v2Status(call)("a1", signal), Unavailable, "no id");
    });
  }
  const shown: Said = { json: { data: { id: "f1", name: "a.mov" } } };
  for (const odd of ["null", "[]", {}, { data: null }, { data: [] }, { data: "x" }]) {
    await withAnswers(() => ({ json: odd }), async ({ call }) => {
      await assertRejects(() => v4Status(call, "a")("f1", signal), Unavailable, "no data");
    });
    await withAnswers((_, count) => count === 1 ? shown : { json: odd }, async ({ call }) => {
      await assertRejects(() => v4Status(call, "a")("f1", signal), Unavailable, "no data");
    });
  }
  await withAnswers(() => v4Error(404, "none"), async ({ call }) => {
    await assertRejects(() => v4Status(call, "a")("f1", signal), Rejected, "it is no file that");
  });
  await withAnswers(() => v4Error(403, "not yours"), async ({ call }) => {
    await assertRejects(() => v4Status(call, "a")("f1", signal), Rejected, "not yours");
  });
  await withAnswers(() => v4Error(429, "slow"), async ({ call }) => {
    await assertRejects(() => v4Status(call, "a")("f1", signal), Unavailable);
  });
});

Deno.test("both APIs tell the status of one and the same upload to the sandbox", async () => {
  await withFrameio(async ({ call }, sandbox: SandboxClient) => {
    const id = await sandbox.create("take 🎬.mov");
    const reads = [v4Status(call, null), v4Status(call, ACCOUNT.id), v2Status(call)];
    const states = () => Promise.all(reads.map(async (read) => (await read(id, signal)).is));
    assertEquals(await states(), ["waiting", "waiting", "under_way"]);
    const bytes = someBytes(1000, 1);
    const [url] = await sandbox.register(id, [{ number: 1, size: 1000, is_final: true }], 1000);
    await (await put(url!, bytes)).body?.cancel();
    await sandbox.completed(id);
    assertEquals(await states(), ["complete", "complete", "complete"]);
    const [status] = await Promise.all(reads.map((read) => read(id, signal)));
    assertEquals(status!.viewUrl, `${sandbox.baseUrl}/sandbox/assets/${id}/file`);
    assertMatch(statusWords(status!), /^complete: Frame\.io has every byte since \d{4}-/);
    for (const read of reads) await assertRejects(() => read("no such", signal), Rejected);
  });
});
