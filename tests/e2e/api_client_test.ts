import { assert, assertEquals, assertMatch } from "@std/assert";
import createClient, { type Client } from "openapi-fetch";
import { MIB } from "../../src/parts/limits.ts";
import type { paths } from "../control/api_types.ts";
import { createMov } from "../support/mov_writer.ts";
import { ANY_PORT, openDesk, pageOf } from "./desk.ts";
import { until } from "./program.ts";
import { startSandbox } from "./sandbox.ts";

const TOKEN = "a-token-of-the-set-0123456789";

/** The take's state as the client sees it. */
async function phaseOf(client: Client<paths>, id: string) {
  const { data } = await client.GET("/api/takes/{id}", { params: { path: { id } } });
  return data?.phase;
}

Deno.test("a client that was generated from /openapi.json drives a take of the real program", async () => {
  await using sandbox = await startSandbox();
  await using desk = await openDesk(sandbox.url);
  const path = desk.path(`Take "1" 🎬.mov`);
  await using mov = await createMov(path);
  await mov.roll(11 * MIB);
  await Deno.writeTextFile(desk.path("token"), `${TOKEN}\n`);
  const program = desk.watch(path, [
    ...[...ANY_PORT, "--stay", "--control-token-file", desk.path("token")],
  ]);
  const baseUrl = await pageOf(program);

  const stranger = createClient<paths>({ baseUrl });
  const refused = await stranger.GET("/api/takes");
  assertEquals(refused.response.status, 401);
  assertEquals(refused.error?.type, "urn:reeltime:login-required");

  const client = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${TOKEN}` } });
  let id = "";
  await until("the take shows", async () => {
    const { data } = await client.GET("/api/takes");
    id = data?.takes[0]?.id ?? "";
    return data?.takes[0]?.phase === "recording";
  });
  const one = { params: { path: { id } } };
  const operate = async (operation: "pause" | "resume" | "cancel" | "retry" | "finish") => {
    const { response } = await client.POST("/api/takes/{id}/{operation}", {
      params: { path: { id, operation } },
    });
    return response.status;
  };

  const { data: slow } = await client.PATCH("/api/limits", {
    body: { bytesPerSecond: 50_000_000, lanes: 2 },
  });
  assertEquals(slow, { bytesPerSecond: 50_000_000, lanes: 2 });
  assertEquals((await client.PATCH("/api/limits", { body: { lanes: 99 } })).response.status, 422);

  assertEquals(await operate("pause"), 202);
  await until("it is paused", async () => await phaseOf(client, id) === "paused");
  assertEquals(await operate("pause"), 200);
  assertEquals(await operate("resume"), 202);
  await until("it goes on", async () => await phaseOf(client, id) === "recording");
  assertEquals(await operate("retry"), 409, "it has not failed");

  const outside = await client.POST("/api/takes", { body: { path: "/etc/hostname.mov" } });
  assertEquals(outside.response.status, 403);
  const climbing = await client.POST("/api/takes", { body: { path: `${desk.folder}/../x.mov` } });
  assertEquals(climbing.response.status, 403);
  await Deno.symlink("/etc/passwd", desk.path("link.mov"));
  const linked = await client.POST("/api/takes", { body: { path: desk.path("link.mov") } });
  assertEquals(linked.response.status, 403);
  const known = await client.POST("/api/takes", { body: { path } });
  assertEquals([known.response.status, known.data?.id], [200, id]);

  await using second = await createMov(desk.path("second.mov"));
  const added = await client.POST("/api/takes", { body: { path: desk.path("second.mov") } });
  assertEquals(added.response.status, 202);
  await second.roll(6 * MIB);
  await second.stop();
  await until("the second take arrives", async () => {
    const { data } = await client.GET("/api/history");
    return data?.takes.some(({ name, verified }) => name === "second.mov" && verified);
  });

  const metrics = await client.GET("/metrics", { parseAs: "text" });
  assertMatch(metrics.data!, /^reeltime_takes\{state="finalized"\} 1$/m);
  assertMatch(metrics.data!, /^reeltime_part_seconds_count [1-9]/m);
  assertMatch(metrics.data!, /^reeltime_stored_bytes_total [1-9]\d{6}/m);

  assertEquals(await operate("finish"), 202);
  await until("the first take arrives", async () => await phaseOf(client, id) === "finalized");
  const { data: detail } = await client.GET("/api/takes/{id}", one);
  assertEquals([detail?.verified, detail?.endedBy], [true, "operator"]);
  assert(detail!.timeline.some(({ words }) => words.includes("A person pressed finish")));
  assert(detail!.timeline.every(({ id }) => id !== null));
  assertEquals(detail?.finishedByRecorder, false);
  program.signal("SIGINT");
  assertEquals((await program.ended()).code, 130);
});
