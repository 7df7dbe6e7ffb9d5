import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { controlWorld } from "./control_world.ts";
import { takeView } from "./views.ts";

Deno.test("createApp() serves the takes whole, and one by its id", async () => {
  const { ask, takes } = controlWorld();
  takes.push(takeView({ id: "a/b c", name: "second.mov" }));
  assertEquals(await (await ask("/api/takes")).json(), { takes });
  const one = await ask(`/api/takes/${encodeURIComponent("a/b c")}`);
  assertEquals(await one.json(), takes[1]);
});

Deno.test("createApp() answers finish with 202 and the state the take is in then", async () => {
  const world = controlWorld({
    finish(id) {
      world.finished.push(id);
      world.takes[0] = takeView({ phase: "verifying" });
      return "accepted";
    },
  });
  const response = await world.ask("/api/takes/t1/finish", "POST");
  assertEquals(response.status, 202);
  assertEquals(await response.json(), { id: "t1", state: "verifying" });
  assertEquals(world.finished, ["t1"]);
});

for (
  const { answer, status, state } of [
    { answer: "unknown", status: 404, state: undefined },
    { answer: "ended", status: 409, state: "recording" },
    { answer: "empty", status: 409, state: "recording" },
  ] as const
) {
  Deno.test(`createApp() answers finish of a take that is ${answer} with a problem and its remedy`, async () => {
    const { ask } = controlWorld({ finish: () => answer });
    const response = await ask("/api/takes/t1/finish", "POST");
    assertEquals(response.status, status);
    assertEquals(response.headers.get("Content-Type"), "application/problem+json");
    const problem = await response.json();
    assertEquals(problem.status, status);
    assertEquals(problem.state, state);
    assertEquals(problem.type, `urn:reeltime:take-${answer}`);
    assertStringIncludes(problem.detail, '"t1"');
    if (state) assertStringIncludes(problem.detail, state);
    assertMatch(problem.remedy, /\w+ .+\.$/);
  });
}

Deno.test("createApp() answers what it does not know with problem details", async () => {
  const { ask, finished } = controlWorld();
  const wrong = [
    ["/api/takes/nope", "GET"],
    ["/nope", "GET"],
    ["/api/takes/t1/finish", "GET"],
  ] as const;
  for (const [path, method] of wrong) {
    const response = await ask(path, method);
    assertEquals(response.status, 404, path);
    assertEquals(response.headers.get("Content-Type"), "application/problem+json");
    await response.body?.cancel();
  }
  assertEquals(finished, []);
});

Deno.test("createApp() answers a fault of its own with problem details, not with a stack", async () => {
  const { ask } = controlWorld({
    takes() {
      throw new Error("no views today");
    },
  });
  const response = await ask("/api/takes");
  assertEquals(response.status, 500);
  assertEquals((await response.json()).detail, "Cannot answer GET /api/takes: no views today");
  assertEquals(response.headers.get("X-Content-Type-Options"), "nosniff");
});
