import { assert, assertEquals } from "@std/assert";
import { Validator } from "@seriousme/openapi-schema-validator";
import { createHash } from "node:crypto";
import { pageAssets } from "../../src/control/page/assets.ts";
import * as schemas from "../../src/control/schemas.ts";
import { controlWorld } from "./control_world.ts";
import { finalizedView, stripRuns, takeView } from "./views.ts";

/** The document as it is served. */
async function documentText(): Promise<string> {
  return await (await controlWorld().ask("/openapi.json")).text();
}

Deno.test("GET /openapi.json is a valid OpenAPI 3.1 document", async () => {
  const document = JSON.parse(await documentText());
  assertEquals(document.openapi, "3.1.0");
  const result = await new Validator().validate(document);
  assertEquals(result, { valid: true });
});

Deno.test("GET /openapi.json describes every route of the API, and no other", async () => {
  const { app } = controlWorld();
  const beside = new Set([...pageAssets.map(({ path }) => path), "/login", "/logout", "/*"]);
  const served = app.routes
    .filter(({ path, method }) => !beside.has(path) && method !== "ALL" && path !== "/openapi.json")
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  const { paths } = JSON.parse(await documentText());
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods as object).map((method) => `${method.toUpperCase()} ${path}`)
  );
  assertEquals(described.sort(), [...new Set(served)].sort());
  assert(described.length >= 10, described.join());
});

Deno.test("answers are what their schemas promise, to the last member", async () => {
  const { ask, send, takes, finishedTakes, events } = controlWorld();
  takes[0] = takeView({
    formerAssets: [{ assetId: "a0", reason: "cut" }],
    strip: [...stripRuns(["stored", 3, 30]), {
      ...{ from: 4, to: 5, state: "changed", sizeBytes: 20, resent: true } as const,
    }],
  });
  takes.push(finalizedView({ id: "t2" }));
  finishedTakes.push({
    ...{ id: "t0", name: "a.mov", assetId: null, assetUrl: null, sizeBytes: 1, tailSeconds: 1 },
    ...{ finalizedAt: "2024-06-11T10:00:00.000Z", endedBy: "idle", endedByWords: "", proof: "" },
    ...{ finishedByRecorder: false, verified: true, completed: false },
  });
  events.publish("t1", { type: "take.warned", message: "careful" });
  const rows = [
    [schemas.takeList, await ask("/api/takes")],
    [schemas.takeDetail, await ask("/api/takes/t1")],
    [schemas.takeState, await ask("/api/takes/t1/pause", "POST")],
    [schemas.takeState, await send("/api/takes", "POST", { path: "/card/x.mov" })],
    [schemas.limits, await ask("/api/limits")],
    [schemas.health, await ask("/api/health")],
    [schemas.history, await ask("/api/history")],
    [schemas.problem, await ask("/nope")],
  ] as const;
  for (const [schema, response] of rows) {
    const answer = await response.json();
    assertEquals(schema.parse(answer) as unknown, answer); // parse drops what it does not know
  }
});

/**
 * The client's types in api_types.ts are made from the document by the command in their first lines; so
 * is this number, by which they are known to be those of today's document.
 */
const TYPES_OF = "2296e94f0571ceb4";

Deno.test("the client's types are those of this document", async () => {
  const text = (await documentText()).replace('"version":"1.2.3"', '"version":"*"');
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  assertEquals(
    hash,
    TYPES_OF,
    "the document changed: make api_types.ts anew (its first lines tell how), then write this hash here",
  );
});
